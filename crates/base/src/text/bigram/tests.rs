//! Tokens of the index and of the query agree.

use proptest::prelude::*;

use super::*;

/// What a full-text index does: every phrase stands somewhere, its tokens side by side, the last token of a
/// one-character word as a prefix.
fn finds(text: &str, query: &str) -> bool {
    let index = index_tokens(text);
    let tokens: Vec<&str> = index.split(' ').collect();
    query_phrases(query)
        .iter()
        .all(|phrase| match phrase.as_slice() {
            [one] if one.chars().count() == 1 => {
                tokens.iter().any(|token| token.starts_with(one.as_str()))
            }
            _ => tokens
                .windows(phrase.len())
                .any(|window| window == phrase.as_slice()),
        })
}

#[test]
fn a_text_is_cut_into_windows_of_two() {
    assert_eq!(bigrams("元町病院"), ["元町", "町病", "病院"]);
    assert_eq!(bigrams("元"), ["元"]);
    assert!(bigrams("").is_empty());
    assert_eq!(
        index_tokens("元町病院（本館）"),
        "元町 町病 病院 院 本館 館"
    );
    assert_eq!(index_tokens("あ\nい"), "あ い");
    assert_eq!(index_tokens(" 、 "), "");
}

#[test]
fn a_query_is_a_phrase_per_word() {
    assert_eq!(
        query_phrases("米子　訪問看護、院"),
        [vec!["米子"], vec!["訪問", "問看", "看護"], vec!["院"]]
    );
    assert!(query_phrases(" 　・ ").is_empty());
}

#[test]
fn people_find_what_they_type() {
    let text = "医療法人社団　髙島会　関ヶ原リハビリテーション病院\nイリョウホウジンシャダン\n米子市西町６番地";
    for query in [
        "関ケ原",
        "りはびりてーしょん",
        "ﾘﾊﾋﾞﾘ",
        "高島会関ヶ原",
        "病院 米子",
        "院",
        "髙",
        "西町6",
        "テ－ション",
    ] {
        assert!(finds(text, query), "{query}");
    }
    for query in ["関が丘", "病院イリョウ", "団米子", "7"] {
        assert!(!finds(text, query), "{query}");
    }
}

proptest! {
    #[test]
    fn every_part_of_a_word_is_found(word in "[一-龥ァ-ヶぁ-んー]{1,12}", from in 0_usize..12, len in 1_usize..12) {
        let chars: Vec<char> = fold(&word).chars().collect();
        prop_assume!(from < chars.len());
        let part: String = chars[from..chars.len().min(from + len)].iter().collect();
        prop_assume!(fold(&part) == part);
        prop_assert!(finds(&format!("前、{word}"), &part), "{} in {}", part, word);
    }
}
