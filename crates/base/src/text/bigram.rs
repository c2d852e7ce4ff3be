//! Two-character tokens, with which a plain full-text index finds any part of a Japanese word.

use super::fold::{divides, fold, nfkc};

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
    let mut tokens = String::with_capacity(text.len() * 3);
    for run in runs(text, divides) {
        let mut chars = run.chars();
        let mut before = chars.next();
        for c in chars {
            tokens.extend(before);
            tokens.push(c);
            tokens.push(' ');
            before = Some(c);
        }
        tokens.extend(before);
        tokens.push(' ');
    }
    tokens.pop();
    tokens
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
    let runs: Vec<String> = nfkc(text)
        .split(divides)
        .map(fold)
        .filter(|run| !run.is_empty())
        .collect();
    runs.into_iter()
}

#[cfg(test)]
mod tests;
