//! Normal forms.

use proptest::prelude::*;

use super::*;

#[test]
fn texts_that_mean_the_same_fold_alike() {
    for (a, b) in [
        ("ｶﾀｶﾅ", "かたかな"),
        ("ＡＢＣクリニック", "abcくりにっく"),
        ("関ヶ原", "関ケ原"),
        ("霞が関", "霞ヶ関"),
        ("茅ヶ崎", "茅が崎"),
        ("尾﨑病院", "尾崎病院"),
        ("髙島", "高島"),
        ("𠮷田", "吉田"),
        ("齋藤", "斉藤"),
        ("渡邊", "渡邉"),
        ("柳澤", "柳沢"),
        ("檮原", "梼原"),
        ("リハビリテーション", "リハビリテ－ション"),
        ("リハビリテーション", "リハビリテション"),
        (
            "ミオ・ファティリティ・クリニック",
            "ミオファティリティクリニック",
        ),
        ("鳥取医療生協　鹿野温泉病院", "鳥取医療生協鹿野温泉病院"),
        ("仲ノ町", "仲の町"),
        ("がぎぐ", "か\u{3099}き\u{3099}ぐ"),
        ("神\u{fe00}", "神"),
        ("葛\u{e0100}城", "葛城"),
        ("1‐2－3", "123"),
    ] {
        assert_eq!(fold(a), fold(b), "{a} {b}");
    }
}

#[test]
fn texts_that_differ_stay_apart() {
    for (a, b) in [
        ("か", "が"),
        ("佐々木", "佐木"),
        ("はな", "はま"),
        ("埼玉", "崎玉"),
        ("私が", "私け"),
    ] {
        assert_ne!(fold(a), fold(b), "{a} {b}");
    }
}

#[test]
fn a_folded_text_has_no_marks_left() {
    assert_eq!(
        fold("（医）元町病院・第２〔別館〕　A-1！"),
        "医元町病院第2別館a1"
    );
    assert_eq!(fold("佐々木ヴィラ"), "佐々木ゔぃら");
    assert_eq!(fold("　・ー"), "");
}

#[test]
fn a_shown_text_keeps_its_variants() {
    assert_eq!(
        squeeze("　髙島　　クリニック\u{200b}\t１Ｆ\n"),
        "髙島 クリニック 1F"
    );
    assert_eq!(squeeze("  "), "");
}

#[test]
fn no_target_of_the_variants_is_a_source() {
    for c in '\u{3400}'..='\u{9fff}' {
        assert_eq!(variant(variant(c)), variant(c), "{c}");
    }
}

#[test]
fn everyday_characters_are_what_nfkc_makes_of_them() {
    use unicode_normalization::char::is_combining_mark;
    for c in ('\0'..=char::MAX).filter(|c| everyday(*c).is_some()) {
        assert_eq!(String::from_iter(everyday(c)), c.nfkc().to_string(), "{c}");
        assert!(!is_combining_mark(c), "{c}");
    }
}

proptest! {
    #[test]
    fn everyday_texts_need_no_tables(text in "[ -~ぁ-ゖァ-ー一-龥々、-。〈-】！-～　]{0,24}") {
        prop_assert!(text.chars().all(|c| everyday(c).is_some()));
        prop_assert_eq!(nfkc(&text), text.nfkc().collect::<String>());
        let by_tables = kept(text.nfkc().flat_map(char::to_lowercase).nfkc());
        prop_assert_eq!(fold_once(&text), marked(&by_tables));
    }

    #[test]
    fn folding_twice_changes_nothing(text in "\\PC{0,24}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folding_japanese_twice_changes_nothing(text in "[ァ-ヶぁ-んー゛゜一-龥々ヶケがヵA-Zａ-ｚ０-９ 　・ｱ-ﾝﾞ‐－()]{0,24}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn squeezing_twice_changes_nothing(text in "\\PC{0,24}") {
        let once = squeeze(&text);
        prop_assert_eq!(squeeze(&once), once);
    }
}
