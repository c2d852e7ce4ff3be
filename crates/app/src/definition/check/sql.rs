//! Lets through one `select` over the views `v_*` and nothing else.
//!
//! A wall in front of two others (a read-only transaction, a timeout): words that write, statements in a
//! row, comments, quoted names, other tables and functions off the list are refused by name.

const FUNCTIONS: &[&str] = &[
    "abs", "avg", "cast", "coalesce", "count", "exists", "length", "lower", "max", "min", "nullif",
    "replace", "round", "substr", "sum", "trim", "upper",
];

/// Words that may stand before a bracket without being a function.
const BEFORE_BRACKET: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "between",
    "by",
    "case",
    "distinct",
    "else",
    "except",
    "from",
    "having",
    "in",
    "intersect",
    "is",
    "join",
    "like",
    "not",
    "on",
    "or",
    "over",
    "select",
    "then",
    "union",
    "when",
    "where",
];

/// Words of statements and clauses that are no plain reading; who runs a check limits its rows.
const REFUSED: &[&str] = &[
    "alter", "analyze", "attach", "begin", "call", "commit", "copy", "create", "delete", "detach",
    "do", "drop", "execute", "fetch", "for", "grant", "insert", "into", "lateral", "limit", "load",
    "lock", "merge", "offset", "pragma", "reindex", "revoke", "rollback", "set", "table",
    "truncate", "update", "vacuum", "with",
];

/// Words that end the list of tables of a `select`.
const AFTER_TABLES: &[&str] = &[
    "except",
    "group",
    "having",
    "intersect",
    "order",
    "union",
    "where",
];

/// Why a text is not let through. `Display` is a Japanese sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It does not begin with `select`.
    #[error("select で始まる文を一つだけ書いてください。")]
    NoSelect,
    /// A sign that is not part of a plain `select`.
    #[error(
        "「{0}」は使えません。文は一つだけ、注釈・引用符付きの名前・パラメーターなしで書いてください。"
    )]
    Sign(String),
    /// A word that does not belong into a plain `select`.
    #[error("「{0}」は使えません。読むだけの select 文にしてください。")]
    Word(String),
    /// A table that is not one of the documented views.
    #[error("「{0}」は読めません。読めるのは v_ で始まるビューだけです。")]
    Table(String),
    /// A function off the list.
    #[error("関数「{0}」は使えません。使える関数: {list}", list = FUNCTIONS.join("、"))]
    Function(String),
    /// Brackets or quotes left open.
    #[error("括弧か引用符が閉じていません。")]
    Open,
}

/// How many columns the `select` returns, if it is let through.
pub fn select_columns(sql: &str) -> Result<usize, Refused> {
    let tokens = tokens(sql)?;
    if tokens.first() != Some(&Token::Word("select".to_owned())) {
        return Err(Refused::NoSelect);
    }
    let mut walk = Walk {
        scopes: vec![Scope::default()],
        n_columns: 1,
        is_first_list: true,
    };
    for (at, token) in tokens.iter().enumerate() {
        walk.step(
            token,
            tokens.get(at + 1),
            at.checked_sub(1).map(|before| &tokens[before]),
        )?;
    }
    if walk.scopes.len() == 1 {
        Ok(walk.n_columns)
    } else {
        Err(Refused::Open)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text,
    Number,
    Sign(char),
}

/// One pair of brackets: whether its list of tables is being read, and whether a table must come next.
#[derive(Default)]
struct Scope {
    is_in_tables: bool,
    expects_table: bool,
}

struct Walk {
    scopes: Vec<Scope>,
    n_columns: usize,
    is_first_list: bool,
}

impl Walk {
    fn step(
        &mut self,
        token: &Token,
        next: Option<&Token>,
        before: Option<&Token>,
    ) -> Result<(), Refused> {
        match token {
            Token::Word(word) => self.word(word, next, before),
            Token::Sign('(') => {
                let opens_tables = self.scope().expects_table;
                self.scope().expects_table = false;
                self.scopes.push(Scope {
                    is_in_tables: opens_tables,
                    expects_table: opens_tables,
                });
                Ok(())
            }
            Token::Sign(')') => {
                self.scopes.pop();
                if self.scopes.is_empty() {
                    Err(Refused::Open)
                } else {
                    Ok(())
                }
            }
            Token::Sign(',') => {
                if self.scopes.len() == 1 && self.is_first_list {
                    self.n_columns += 1;
                }
                let scope = self.scope();
                scope.expects_table = scope.is_in_tables;
                Ok(())
            }
            Token::Sign(_) | Token::Text | Token::Number => {
                if self.scope().expects_table {
                    Err(Refused::Table(format!("{token:?}")))
                } else {
                    Ok(())
                }
            }
        }
    }

    fn word(
        &mut self,
        word: &str,
        next: Option<&Token>,
        before: Option<&Token>,
    ) -> Result<(), Refused> {
        if REFUSED.contains(&word) {
            return Err(Refused::Word(word.to_owned()));
        }
        if before == Some(&Token::Sign('.')) {
            return if next == Some(&Token::Sign('(')) {
                Err(Refused::Function(word.to_owned()))
            } else {
                Ok(())
            };
        }
        if self.scope().expects_table {
            return self.table(word, next);
        }
        // SQLite reads `x in t` as a look into the table t.
        if word == "in" && next != Some(&Token::Sign('(')) {
            return Err(Refused::Word(word.to_owned()));
        }
        if next == Some(&Token::Sign('('))
            && !FUNCTIONS.contains(&word)
            && !BEFORE_BRACKET.contains(&word)
        {
            return Err(Refused::Function(word.to_owned()));
        }
        if word == "from" || word == "join" {
            let scope = self.scope();
            scope.is_in_tables = true;
            scope.expects_table = true;
            if self.scopes.len() == 1 {
                self.is_first_list = false;
            }
        } else if AFTER_TABLES.contains(&word) || word == "select" {
            self.scope().is_in_tables = false;
        }
        Ok(())
    }

    fn table(&mut self, word: &str, next: Option<&Token>) -> Result<(), Refused> {
        let scope = self.scope();
        scope.expects_table = false;
        if word == "select" {
            scope.is_in_tables = false;
            return Ok(());
        }
        let is_plain = !matches!(next, Some(Token::Sign('.' | '(')));
        if word.starts_with("v_") && is_plain {
            Ok(())
        } else {
            Err(Refused::Table(word.to_owned()))
        }
    }

    fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect(
            "the outermost scope is left only at a closing bracket too many, which is refused",
        )
    }
}

fn tokens(sql: &str) -> Result<Vec<Token>, Refused> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '\'' => text_length(rest)?,
            '{' => rest.find('}').ok_or(Refused::Open)? + 1,
            _ if first.is_ascii_alphabetic() || first == '_' => {
                length_while(rest, |c| c.is_ascii_alphanumeric() || c == '_')
            }
            _ if first.is_ascii_digit() => length_while(rest, |c| c.is_ascii_digit() || c == '.'),
            '(' | ')' | ',' | '.' | '*' | '+' | '/' | '<' | '>' | '=' | '|' | '%' => 1,
            '-' if !rest.starts_with("--") => 1,
            '!' if rest.starts_with("!=") => 1,
            _ => return Err(Refused::Sign(first.to_string())),
        };
        if rest.starts_with("/*") {
            return Err(Refused::Sign("/*".to_owned()));
        }
        let token = &rest[..length];
        match first {
            _ if first.is_whitespace() => {}
            '\'' | '{' => tokens.push(Token::Text),
            _ if first.is_ascii_alphabetic() || first == '_' => {
                tokens.push(Token::Word(token.to_ascii_lowercase()))
            }
            _ if first.is_ascii_digit() => tokens.push(Token::Number),
            _ => tokens.push(Token::Sign(first)),
        }
        rest = &rest[length..];
    }
    Ok(tokens)
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

/// The length of a text in quotes, `''` being a quote inside it. A backslash would end it elsewhere in
/// PostgreSQL's `E'…'`, a placeholder brings quotes of its own: neither may stand inside.
fn text_length(text: &str) -> Result<usize, Refused> {
    let mut from = 1;
    loop {
        let end = from + text[from..].find('\'').ok_or(Refused::Open)?;
        if let Some(sign) = text[from..end]
            .chars()
            .find(|sign| matches!(sign, '\\' | '{'))
        {
            return Err(Refused::Sign(sign.to_string()));
        }
        if !text[end + 1..].starts_with('\'') {
            return Ok(end + 1);
        }
        from = end + 2;
    }
}

#[cfg(test)]
mod tests;
