//! Names of invented people: a family name that is the name of no place and of hardly anybody, and a given name of their years.

use crate::patient::name::{Name, Use};
use crate::patient::record::Sex;
use crate::sample::dice::Dice;
use crate::sample::name::{Part, all_stems};

/// Given names of men: of those born before the war, and of the younger ones.
const MEN: [[Part; 16]; 2] = [
    [
        ("清", "キヨシ"),
        ("実", "ミノル"),
        ("正雄", "マサオ"),
        ("茂", "シゲル"),
        ("勇", "イサム"),
        ("昭二", "ショウジ"),
        ("三郎", "サブロウ"),
        ("幸一", "コウイチ"),
        ("武", "タケシ"),
        ("久雄", "ヒサオ"),
        ("義夫", "ヨシオ"),
        ("進", "ススム"),
        ("勝", "マサル"),
        ("貞夫", "サダオ"),
        ("春男", "ハルオ"),
        ("留吉", "トメキチ"),
    ],
    [
        ("誠", "マコト"),
        ("隆", "タカシ"),
        ("浩", "ヒロシ"),
        ("哲也", "テツヤ"),
        ("修", "オサム"),
        ("和彦", "カズヒコ"),
        ("大輔", "ダイスケ"),
        ("健", "ケン"),
        ("達也", "タツヤ"),
        ("翔", "ショウ"),
        ("直樹", "ナオキ"),
        ("亮", "リョウ"),
        ("学", "マナブ"),
        ("秀樹", "ヒデキ"),
        ("剛", "ツヨシ"),
        ("拓", "タク"),
    ],
];

/// Given names of women, in the same way.
const WOMEN: [[Part; 16]; 2] = [
    [
        ("静江", "シズエ"),
        ("ハル", "ハル"),
        ("キヨ", "キヨ"),
        ("和子", "カズコ"),
        ("美代子", "ミヨコ"),
        ("節子", "セツコ"),
        ("トメ", "トメ"),
        ("千代", "チヨ"),
        ("文子", "フミコ"),
        ("ツル", "ツル"),
        ("八重子", "ヤエコ"),
        ("芳江", "ヨシエ"),
        ("フサ", "フサ"),
        ("久子", "ヒサコ"),
        ("敏子", "トシコ"),
        ("ウメ", "ウメ"),
    ],
    [
        ("恵", "メグミ"),
        ("由美", "ユミ"),
        ("直美", "ナオミ"),
        ("真理", "マリ"),
        ("陽子", "ヨウコ"),
        ("香織", "カオリ"),
        ("愛", "アイ"),
        ("明美", "アケミ"),
        ("智子", "トモコ"),
        ("久美", "クミ"),
        ("さくら", "サクラ"),
        ("舞", "マイ"),
        ("典子", "ノリコ"),
        ("奈緒", "ナオ"),
        ("千春", "チハル"),
        ("葉月", "ハヅキ"),
    ],
];

/// A family name.
pub(super) fn family(dice: &mut Dice) -> crate::sample::name::Name {
    let stems = all_stems();
    let at = dice.whole(0, stems.len() as i64 - 1) as usize;
    stems[at].clone()
}

/// The name of somebody born in `year`.
pub(super) fn draw(dice: &mut Dice, sex: Sex, year: i32) -> Name {
    let family = family(dice);
    let given = match sex {
        Sex::Male => &MEN,
        Sex::Female | Sex::Other | Sex::Unknown => &WOMEN,
    };
    let given = dice.pick(&given[usize::from(year > 1955)]);
    Name {
        used_as: Use::Official,
        family: family.text,
        given: given.0.to_owned(),
        family_kana: family.kana,
        given_kana: given.1.to_owned(),
    }
}
