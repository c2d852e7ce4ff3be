//! Whether words that many will read tell who somebody is: their name, reading, telephone number, any number, birth or address.

use chrono::Datelike;
use keniki_base::date::{wareki, wareki_short};
use keniki_base::text::{fold, phone_key, squeeze};

use crate::patient::record::Record;

/// What of the person stands in the words; none: nothing that is known of.
#[must_use]
pub fn gives_away(words: &str, record: &Record) -> Option<&'static str> {
    let plain = squeeze(words);
    let folded = fold(words);
    let has_name = |part: &str| has_name(&plain, &folded, part);
    for name in &record.names {
        let parts = [
            (&name.family, "姓"),
            (&name.given, "名"),
            (&name.family_kana, "姓のふりがな"),
            (&name.given_kana, "名のふりがな"),
        ];
        if let Some((_, what)) = parts.into_iter().find(|(part, _)| has_name(part)) {
            return Some(what);
        }
    }
    let runs = runs(&plain);
    let phone = record.home.phone.as_deref().and_then(phone_key);
    if phone.is_some_and(|phone| runs.iter().any(|run| run.contains(&phone))) {
        return Some("電話番号");
    }
    let numbers = record.identifiers.iter().map(|it| it.number());
    if numbers
        .into_iter()
        .any(|number| has_number(&folded, &runs, number))
    {
        return Some("被保険者番号・患者番号");
    }
    if record
        .birth
        .born
        .day()
        .is_some_and(|day| has_day(&folded, day))
    {
        return Some("生年月日");
    }
    let address = record.home.address.as_deref().map(fold);
    let is_there = |address: &String| address.chars().count() > 3 && folded.contains(address);
    address.filter(is_there).map(|_| "住所")
}

/// A name of one kanji, or a reading of one or two kana, is part of many words: it counts where it stands by itself.
fn has_name(plain: &str, folded: &str, part: &str) -> bool {
    let name = fold(part);
    let n = name.chars().count();
    let is_kana = name.chars().all(is_kana);
    match n {
        0 => false,
        1 | 2 if is_kana => stands_alone(plain, &name, is_kana_or_mark),
        1 => stands_alone(plain, &name, is_kanji),
        _ => folded.contains(&name),
    }
}

fn is_kana(c: char) -> bool {
    ('ぁ'..='ん').contains(&c)
}

fn is_kana_or_mark(c: char) -> bool {
    ('ぁ'..='ー').contains(&c)
}

fn is_kanji(c: char) -> bool {
    ('一'..='\u{9fff}').contains(&c) || ('\u{f900}'..='\u{faff}').contains(&c) || c == '々'
}

/// Whether `name`, folded, stands in a text with nothing of its own script beside it, or with a title behind it.
fn stands_alone(plain: &str, name: &str, is_same_script: fn(char) -> bool) -> bool {
    let chars: Vec<char> = plain.chars().collect();
    let n = name.chars().count();
    let title = |rest: &[char]| {
        let rest: String = rest.iter().take(3).collect();
        [
            "さん",
            "サン",
            "様",
            "さま",
            "サマ",
            "氏",
            "殿",
            "君",
            "ちゃん",
        ]
        .iter()
        .any(|title| rest.starts_with(title))
    };
    (0..chars.len().saturating_sub(n - 1)).any(|at| {
        let here: String = chars[at..at + n].iter().collect();
        if fold(&here) != name {
            return false;
        }
        let is_first = at == 0 || !is_same_script(chars[at - 1]);
        let rest = &chars[at + n..];
        is_first && (title(rest) || rest.first().is_none_or(|next| !is_same_script(*next)))
    })
}

/// Digits that stand together, with nothing but marks of a number between them.
fn runs(plain: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for c in plain.chars() {
        if c.is_ascii_digit() {
            if let Some(run) = runs.last_mut() {
                run.push(c);
            }
        } else if !matches!(
            c,
            '-' | '(' | ')' | ' ' | '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | '.'
        ) {
            runs.push(String::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// A long number anywhere; a short one, as hospitals have them, where it is all of the digits there.
fn has_number(folded: &str, runs: &[String], number: &str) -> bool {
    let number = fold(number);
    let bare = number.trim_start_matches('0');
    match bare.len() {
        0..=2 => false,
        3..=5 => runs.iter().any(|run| run.trim_start_matches('0') == bare),
        _ => folded.contains(bare),
    }
}

fn has_day(folded: &str, day: chrono::NaiveDate) -> bool {
    let (y, m, d) = (day.year(), day.month(), day.day());
    [
        wareki(day),
        wareki_short(day),
        day.to_string(),
        format!("{y}年{m}月{d}日"),
        format!("{y}/{m}/{d}"),
    ]
    .iter()
    .any(|written| folded.contains(&fold(written)))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::patient::birth::Birth;
    use crate::patient::identifier::Identifier;
    use crate::patient::name::{Name, Use};
    use crate::patient::record::{Home, Sex};

    fn record(kanji: (&str, &str), kana: (&str, &str)) -> Record {
        let today: NaiveDate = "2026-11-24".parse().unwrap();
        Record {
            names: vec![Name::parse(Use::Official, kanji, kana).unwrap()],
            sex: Sex::Female,
            birth: Birth::parse("昭和15年3月4日", today).unwrap(),
            died_on: None,
            home: Home {
                phone: Some("0859-34-0001".to_owned()),
                address: Some("鳥取県米子市糀町一丁目2".to_owned()),
                ..Home::default()
            },
            identifiers: vec![Identifier::medical_record(1.into(), "000456").unwrap()],
            levels: Vec::new(),
        }
    }

    #[test]
    fn what_tells_who_it_is_is_found_however_it_is_written() {
        let hanako = record(("髙橋", "花子"), ("タカハシ", "ハナコ"));
        for (words, what) in [
            ("高橋さんは痰の吸引が必要", "姓"),
            ("髙 橋", "姓"),
            ("花子", "名"),
            ("たかはし様", "姓のふりがな"),
            ("ﾊﾅｺ", "名のふりがな"),
            ("家 ０８５９－３４－０００１", "電話番号"),
            ("0859340001へ", "電話番号"),
            ("ID 456", "被保険者番号・患者番号"),
            ("No.000456", "被保険者番号・患者番号"),
            ("昭和15年3月4日生", "生年月日"),
            ("1940/03/04", "生年月日"),
            ("S15.3.4", "生年月日"),
            ("鳥取県米子市糀町1丁目2 鳥取県米子市糀町一丁目2", "住所"),
        ] {
            assert_eq!(gives_away(words, &hanako), Some(what), "{words}");
        }
        for words in [
            "",
            "痰の吸引 1日4〜5回。酸素2L、SpO2 94%",
            "週3回の透析、4560円まで",
            "橋の近く",
        ] {
            assert_eq!(gives_away(words, &hanako), None, "{words}");
        }
    }

    #[test]
    fn a_short_name_counts_where_it_stands_by_itself() {
        let short = record(("林", "愛"), ("ハヤシ", "アイ"));
        for words in ["林さん", "林 愛", "患者は林。", "アイさん", "あい"] {
            assert!(gives_away(words, &short).is_some(), "{words}");
        }
        for words in [
            "森林浴が好き",
            "愛犬と暮らす",
            "会いたい人がいる",
            "アイスノン",
        ] {
            assert_eq!(gives_away(words, &short), None, "{words}");
        }
    }

    proptest! {
        #[test]
        fn a_name_of_two_kanji_never_gets_through(
            family in "[一-龠]{2,3}", before in "[ぁ-んァ-ン、。 0-9一-龠]{0,12}", after in "\\PC{0,12}",
        ) {
            let record = record((&family, ""), ("フメイ", ""));
            prop_assume!(!before.ends_with('が') && !after.starts_with('が'));
            let words = format!("{before}{family}{after}");
            prop_assert!(gives_away(&words, &record).is_some());
        }
    }
}
