//! Pairs of names as the book of filings, 医療情報ネット and the bed reports spell them.

use proptest::prelude::*;

use super::*;

#[test]
fn one_house_in_two_lists_has_one_key() {
    for (a, b) in [
        ("医療法人　元町病院", "医療法人元町病院"),
        ("医療法人　養和会　養和病院", "医療法人養和会養和病院"),
        ("社会医療法人同愛会　博愛病院", "博愛病院"),
        ("医療法人共済会清水病院", "清水病院"),
        ("医療法人社団尾﨑病院", "尾崎病院"),
        (
            "独立行政法人労働者健康安全機構　山陰労災病院",
            "山陰労災病院",
        ),
        (
            "独立行政法人地域医療機能推進機構　山梨病院",
            "独立行政法人地域医療機能推進機構山梨病院",
        ),
        ("日南町国民健康保険　日南病院", "日南病院"),
        ("日野病院組合日野病院", "日野病院"),
        (
            "医療法人　社団　創健会　松江記念病院",
            "医療法人社団創健会　松江記念病院",
        ),
        ("（株）さくら薬局", "さくら薬局株式会社"),
        ("(医)幸会 みなと歯科", "みなと歯科"),
        ("消化器クリニック米川医院", "消化器クリニック　米川医院"),
    ] {
        assert_eq!(name_key(a), name_key(b), "{a} / {b}");
        assert_eq!(name_similarity(a, b), 1.0, "{a} / {b}");
    }
}

#[test]
fn an_owner_is_kept_apart_from_the_name() {
    let key = NameKey::of("医療法人共済会清水病院");
    assert_eq!(
        (
            key.owner.as_deref(),
            key.proper.as_str(),
            key.whole.as_str()
        ),
        (Some("共済会"), "清水病院", "共済会清水病院")
    );
    let key = NameKey::of("医療法人会津病院");
    assert_eq!((key.owner, key.proper.as_str()), (None, "会津病院"));
    let key = NameKey::of("医療法人徳洲会病院");
    assert_eq!((key.owner, key.proper.as_str()), (None, "徳洲会病院"));
    assert_eq!(
        name_key("医療法人"),
        "医療法人",
        "nothing else is there to compare"
    );
    assert_eq!(name_key("　"), "");
}

#[test]
fn the_end_of_a_longer_name_is_likely_the_same_house() {
    for (long, short) in [
        ("社会医療法人明和会医療福祉センター渡辺病院", "渡辺病院"),
        (
            "医療法人社団脇田ウィメンズヘルスケアセンター脇田産婦人科医院",
            "脇田産婦人科医院",
        ),
        (
            "山梨県立あけぼの医療福祉センター",
            "あけぼの医療福祉センター",
        ),
        ("甲州市立勝沼病院", "勝沼病院"),
        ("地域医療機能推進機構山梨病院", "山梨病院"),
        (
            "公益社団法人　益田市医師会立　益田地域医療センター医師会病院",
            "益田地域医療センター医師会病院",
        ),
    ] {
        let alike = name_similarity(long, short);
        assert!((0.75..1.0).contains(&alike), "{long} / {short}: {alike}");
    }
}

#[test]
fn another_house_of_the_same_town_is_clearly_less_alike() {
    for (a, b) in [
        (
            "社会医療法人明和会医療福祉センター渡辺病院",
            "ウェルフェア北園渡辺病院",
        ),
        ("独立行政法人国立病院機構甲府病院", "市立甲府病院"),
        ("独立行政法人国立病院機構甲府病院", "恵信甲府病院"),
        ("渡辺病院", "ウェルフェア北園渡辺病院"),
        ("甲府病院", "東甲府病院"),
        ("米子病院", "米子東病院"),
        (
            "東部島根医療福祉センター",
            "社会福祉法人　島根整肢学園　西部島根医療福祉センター",
        ),
        ("医療法人茗山会清水眼科", "たわやま清水眼科"),
        ("高島病院", "高橋病院"),
        ("田中内科", "田中歯科"),
        ("", "米子病院"),
    ] {
        let alike = name_similarity(a, b);
        assert!(alike < 0.75, "{a} / {b}: {alike}");
    }
}

#[test]
fn the_same_name_under_two_owners_is_a_little_less_than_sure() {
    assert_eq!(
        name_similarity("医療法人東会中央病院", "医療法人西会中央病院"),
        0.9
    );
}

proptest! {
    #[test]
    fn likeness_is_symmetric_and_between_0_and_1(
        a in "(医療法人|社団|（株）)?[東西清水会病院医歯科クリニク 　]{0,10}",
        b in "(医療法人|社団|（株）)?[東西清水会病院医歯科クリニク 　]{0,10}",
    ) {
        let alike = name_similarity(&a, &b);
        prop_assert!((0.0..=1.0).contains(&alike));
        prop_assert_eq!(alike, name_similarity(&b, &a));
        prop_assert_eq!(name_similarity(&a, &a), 1.0);
    }

    #[test]
    fn any_text_has_a_key(name in "\\PC{0,20}") {
        let key = NameKey::of(&name);
        prop_assert_eq!(key.proper.is_empty(), fold(&name).is_empty());
    }
}
