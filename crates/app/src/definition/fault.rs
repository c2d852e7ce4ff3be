//! What is wrong with a definition file, and where.

/// One fault. `Display` is a Japanese sentence with file and line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Path within the folder of definitions (`checks/no_address.toml`).
    pub file: String,
    /// Line, from 1, where it can be told.
    pub line: Option<usize>,
    /// A Japanese sentence: what is wrong and what to do.
    pub reason: String,
}

impl Fault {
    /// A fault of a whole file.
    pub fn of_file(file: &str, reason: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            reason: reason.into(),
        }
    }

    /// A fault on a line.
    pub fn on_line(file: &str, line: usize, reason: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: Some(line),
            reason: reason.into(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} の {line} 行目: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

impl std::error::Error for Fault {}

/// The line of a byte offset, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.as_bytes()[..offset.min(text.len())]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
}

/// The fault of a text that is no TOML or does not have the expected keys.
pub(super) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Fault {
    Fault {
        file: file.to_owned(),
        line: error.span().map(|span| line_at(text, span.start)),
        reason: in_japanese(error.message()),
    }
}

fn in_japanese(message: &str) -> String {
    let named = |start: &str| {
        let rest = message.strip_prefix(start)?.strip_prefix(" `")?;
        rest.split_once('`')
            .map(|(name, after)| (name.to_owned(), after.to_owned()))
    };
    if let Some((name, after)) = named("unknown field") {
        let known = after
            .trim_start_matches(", expected one of ")
            .trim_start_matches(", expected ");
        format!(
            "項目「{name}」は使えません。使える項目: {}",
            known.replace('`', "")
        )
    } else if let Some((name, _)) = named("missing field") {
        format!("項目「{name}」がありません。書き加えてください。")
    } else if let Some((name, after)) = named("unknown variant") {
        let known = after.trim_start_matches(", expected one of ");
        format!(
            "「{name}」は使えません。使える値: {}",
            known.replace('`', "")
        )
    } else if message.starts_with("duplicate key") {
        "同じ項目が二度書かれています。一つにしてください。".to_owned()
    } else if message.starts_with("invalid type") {
        format!(
            "値の種類が違います。文字は \"…\"、一覧は […]、はい・いいえは true/false で書いてください（{message}）。"
        )
    } else {
        format!(
            "TOMLとして読めません。引用符や括弧の閉じ忘れがないか確かめてください（{message}）。"
        )
    }
}
