//! Two-character tokens, with which a plain full-text index finds any part of a Japanese word.

use unicode_normalization::UnicodeNormalization;

use super::fold::{divides, fold};

/// Every window of two characters of a folded text, in order; a single character by itself.
pub fn bigrams(folded: &str) -> Vec<String> {
    let chars: Vec<char> = folded.chars().collect();
    match chars.len() {
        1 => vec![folded.to_owned()],
        _ => chars.windows(2).map(String::from_iter).collect(),
    }
}

/// What the index stores for a text: the tokens of each run, separated by blanks.
///
/// Brackets, sentence marks and line breaks end a run, so that no phrase crosses them: join fields by
/// `'\n'`. Blanks and dashes inside a name do not. Each run ends with its last character as a token of its
/// own, so that the prefix search for one character finds every place where it stands.
pub fn index_tokens(text: &str) -> String {
    let mut tokens = Vec::new();
    for run in runs(text, divides) {
        tokens.extend(bigrams(&run));
        if let Some((_, last)) = run.char_indices().last().filter(|(at, _)| *at > 0) {
            tokens.push(last.to_string());
        }
    }
    tokens.join(" ")
}

/// What a person typed: one phrase per word (parted by blanks or punctuation), each the sequence of tokens
/// that must stand side by side. A word of one character gives that character: search it as a prefix.
pub fn query_phrases(query: &str) -> Vec<Vec<String>> {
    runs(query, |c| c.is_whitespace() || divides(c))
        .map(|run| bigrams(&run))
        .collect()
}

/// The folded runs of a text between the characters that divide it.
fn runs(text: &str, divides: impl Fn(char) -> bool) -> impl Iterator<Item = String> {
    let text: String = text.nfkc().collect();
    let runs: Vec<String> = text
        .split(divides)
        .map(fold)
        .filter(|run| !run.is_empty())
        .collect();
    runs.into_iter()
}

#[cfg(test)]
mod tests;
