//! A full-text condition, and how each engine wants it written.
//!
//! Words, filters and map cells stand in one condition, so that the engine counts the whole of it.

/// A condition on one service's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    /// The token occurs: a filter such as `m31202`.
    Token(String),
    /// The bigrams occur one after the other, in the name only where `in_name`.
    Phrase { bigrams: Vec<String>, in_name: bool },
    /// A token begins so: the one character that somebody typed.
    Prefix { start: String, in_name: bool },
    /// Every one of them holds; not empty.
    All(Vec<Expression>),
    /// One of them holds; not empty.
    Any(Vec<Expression>),
    /// The first holds and the second does not.
    Without(Box<Expression>, Box<Expression>),
}

/// The token that every document holds: an empty condition.
pub(super) const EVERY: &str = "every";
/// A token that no document holds: an impossible condition.
const NEVER: &str = "never";

impl Expression {
    pub(super) fn token(token: impl Into<String>) -> Self {
        Self::Token(token.into())
    }

    /// All of `parts`; with no parts every document.
    pub(super) fn all(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::token(EVERY),
            1 => parts.remove(0),
            _ => Self::All(parts),
        }
    }

    /// One of `parts`; with no parts no document.
    pub(super) fn any(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            0 => Self::token(NEVER),
            1 => parts.remove(0),
            _ => Self::Any(parts),
        }
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self::Without(Box::new(self), Box::new(other))
    }

    /// As the right side of `match` of an FTS5 table with the columns `name` and `other`.
    pub(super) fn to_fts5(&self) -> String {
        let column = |in_name: &bool| if *in_name { "name : " } else { "" };
        match self {
            Self::Token(token) => format!("\"{token}\""),
            Self::Phrase { bigrams, in_name } => {
                format!("{}\"{}\"", column(in_name), bigrams.join(" "))
            }
            Self::Prefix { start, in_name } => format!("{}\"{start}\" *", column(in_name)),
            Self::All(parts) => joined(parts, " AND ", Self::to_fts5),
            Self::Any(parts) => joined(parts, " OR ", Self::to_fts5),
            Self::Without(one, other) => format!("({} NOT {})", one.to_fts5(), other.to_fts5()),
        }
    }

    /// As a `tsquery` over a `tsvector` whose name tokens have weight A.
    pub(super) fn to_tsquery(&self) -> String {
        let weight = |in_name: &bool| if *in_name { ":A" } else { "" };
        match self {
            Self::Token(token) => format!("'{token}'"),
            Self::Phrase { bigrams, in_name } => {
                let lexemes: Vec<String> = bigrams
                    .iter()
                    .map(|bigram| format!("'{bigram}'{}", weight(in_name)))
                    .collect();
                format!("({})", lexemes.join(" <-> "))
            }
            Self::Prefix {
                start,
                in_name: true,
            } => format!("'{start}':*A"),
            Self::Prefix {
                start,
                in_name: false,
            } => format!("'{start}':*"),
            Self::All(parts) => joined(parts, " & ", Self::to_tsquery),
            Self::Any(parts) => joined(parts, " | ", Self::to_tsquery),
            Self::Without(one, other) => {
                format!("({} & !{})", one.to_tsquery(), other.to_tsquery())
            }
        }
    }
}

fn joined(parts: &[Expression], by: &str, write: impl Fn(&Expression) -> String) -> String {
    format!("({})", parts.iter().map(write).collect::<Vec<_>>().join(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Expression {
        Expression::all(vec![
            Expression::Phrase {
                bigrams: vec!["訪問".into(), "問看".into()],
                in_name: true,
            },
            Expression::any(vec![Expression::token("p31"), Expression::token("p32")]),
        ])
        .without(Expression::Prefix {
            start: "歯".into(),
            in_name: false,
        })
    }

    #[test]
    fn fts5_reads_it_with_its_words() {
        assert_eq!(
            example().to_fts5(),
            r#"((name : "訪問 問看" AND ("p31" OR "p32")) NOT "歯" *)"#
        );
    }

    #[test]
    fn postgres_reads_it_with_its_signs() {
        assert_eq!(
            example().to_tsquery(),
            "((('訪問':A <-> '問看':A) & ('p31' | 'p32')) & !'歯':*)"
        );
    }

    #[test]
    fn no_parts_mean_everything_or_nothing() {
        assert_eq!(Expression::all(vec![]), Expression::token("every"));
        assert_eq!(Expression::any(vec![]), Expression::token("never"));
    }
}
