//! What an answer is: text, number, day, choice, table, scale or attachment.

/// What an answer is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Words.
    Text {
        /// So high is its field.
        lines: u16,
        /// Characters at most.
        length: usize,
    },
    /// A number.
    Number(Measure),
    /// A day.
    Date,
    /// A day and a time of day.
    DateTime,
    /// One of several.
    Choice(Vec<Choice>),
    /// Any of several.
    Many(Vec<Choice>),
    /// Rows of the same questions.
    Table {
        /// What each row asks.
        columns: Vec<Column>,
        /// Rows at most.
        most: usize,
    },
    /// Points by the number of a question: the questions of a scale belong to its authors.
    Scale(Vec<Part>),
    /// A file, by what it is called where it is kept.
    Attachment,
}

impl Kind {
    /// What may be chosen.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Choice(choices) | Self::Many(choices) => choices,
            Self::Text { .. }
            | Self::Number(_)
            | Self::Date
            | Self::DateTime
            | Self::Table { .. }
            | Self::Scale(_)
            | Self::Attachment => &[],
        }
    }
}

/// How a number is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// cm, kg, 回.
    pub unit: Option<String>,
    /// No less.
    pub min: Option<f64>,
    /// No more.
    pub max: Option<f64>,
    /// Places behind the point.
    pub decimals: u8,
}

/// Something to choose, written `code:word` in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Stable.
    pub code: String,
    /// What is read.
    pub word: String,
}

/// What each row of a table asks: text, number, day or choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Stable.
    pub code: String,
    /// Its head.
    pub label: String,
    /// What an answer is.
    pub kind: Kind,
    /// Not to be left empty in a row in which anything stands.
    pub required: bool,
}

/// A question of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number.
    pub code: String,
    /// The points it can have.
    pub scores: Vec<i64>,
}
