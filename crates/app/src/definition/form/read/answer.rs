//! Reads what an answer is: the keys of each kind, and no others.

use std::collections::HashSet;

use serde::Deserialize;

use super::super::kind::{Choice, Column, Kind, Measure, Part};
use super::{Reader, is_code};

/// A text is no longer than this.
const LONGEST: usize = 4_000;
/// A table has no more rows.
const MOST_ROWS: usize = 30;

/// What a file calls a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    Text,
    Number,
    Date,
    DateTime,
    Choice,
    Many,
    Table,
    Scale,
    Attachment,
}

/// What a file writes of an answer.
pub(super) struct RawAnswer {
    pub kind: Word,
    pub lines: Option<u16>,
    pub length: Option<usize>,
    pub unit: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub decimals: Option<u8>,
    pub choices: Option<Vec<String>>,
    pub choices_of: Option<String>,
    pub columns: Option<Vec<RawColumn>>,
    pub most: Option<usize>,
    pub parts: Option<Vec<RawPart>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawColumn {
    code: String,
    label: String,
    kind: Word,
    #[serde(default)]
    required: bool,
    length: Option<usize>,
    unit: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    decimals: Option<u8>,
    choices: Option<Vec<String>>,
    choices_of: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPart {
    code: String,
    scores: Vec<i64>,
}

impl RawAnswer {
    /// The keys that are written, each with the kinds that know it.
    fn keys(&self) -> [(&'static str, bool, &'static [Word]); 11] {
        use Word::{Choice, Many, Number, Scale, Table, Text};
        [
            ("lines", self.lines.is_some(), &[Text]),
            ("length", self.length.is_some(), &[Text]),
            ("unit", self.unit.is_some(), &[Number]),
            ("min", self.min.is_some(), &[Number]),
            ("max", self.max.is_some(), &[Number]),
            ("decimals", self.decimals.is_some(), &[Number]),
            ("choices", self.choices.is_some(), &[Choice, Many]),
            ("choices_of", self.choices_of.is_some(), &[Choice, Many]),
            ("columns", self.columns.is_some(), &[Table]),
            ("most", self.most.is_some(), &[Table]),
            ("parts", self.parts.is_some(), &[Scale]),
        ]
    }
}

impl Reader<'_> {
    pub(super) fn kind(&mut self, line: usize, code: &str, raw: RawAnswer) -> Kind {
        for (key, is_written, kinds) in raw.keys() {
            if is_written && !kinds.contains(&raw.kind) {
                let reason = format!("項目「{code}」の種類（kind）では、{key} は使えません。");
                self.fault(line, key, reason);
            }
        }
        match raw.kind {
            Word::Text => self.words(line, code, raw.lines.unwrap_or(1), raw.length),
            Word::Number => {
                let measure = Measure {
                    unit: raw.unit,
                    min: raw.min,
                    max: raw.max,
                    decimals: raw.decimals.unwrap_or(0),
                };
                self.number(line, code, measure)
            }
            Word::Date => Kind::Date,
            Word::DateTime => Kind::DateTime,
            Word::Choice => Kind::Choice(self.choices(line, code, raw.choices, raw.choices_of)),
            Word::Many => Kind::Many(self.choices(line, code, raw.choices, raw.choices_of)),
            Word::Table => self.table(line, code, raw.columns, raw.most),
            Word::Scale => self.scale(line, code, raw.parts.unwrap_or_default()),
            Word::Attachment => Kind::Attachment,
        }
    }

    fn words(&mut self, line: usize, code: &str, lines: u16, length: Option<usize>) -> Kind {
        let length = length.unwrap_or(if lines > 1 { 1_000 } else { 100 });
        if !(1..=20).contains(&lines) || !(1..=LONGEST).contains(&length) {
            let reason =
                format!("項目「{code}」の lines は1から20、length は1から{LONGEST}までです。");
            self.fault(line, "length", reason);
        }
        Kind::Text { lines, length }
    }

    fn number(&mut self, line: usize, code: &str, measure: Measure) -> Kind {
        let bounds = [measure.min, measure.max];
        let is_number = bounds.iter().flatten().all(|bound| bound.is_finite());
        let in_order = !matches!(bounds, [Some(min), Some(max)] if min > max);
        if !is_number || !in_order {
            let reason = format!("項目「{code}」の min が max より大きいか、数ではありません。");
            self.fault(line, "min", reason);
        }
        if measure.decimals > 4 {
            let reason = format!("項目「{code}」の小数の桁（decimals）は4までです。");
            self.fault(line, "decimals", reason);
        }
        Kind::Number(measure)
    }

    fn choices(
        &mut self,
        line: usize,
        code: &str,
        own: Option<Vec<String>>,
        list: Option<String>,
    ) -> Vec<Choice> {
        let written = match (own, list) {
            (Some(own), None) => own,
            (None, Some(list)) => match self.lists.get(&list) {
                Some(shared) => shared.clone(),
                None => {
                    let reason = format!("選択肢の一覧「{list}」が [lists] にありません。");
                    self.fault(line, "choices_of", reason);
                    return Vec::new();
                }
            },
            _ => Vec::new(),
        };
        if written.is_empty() {
            let reason = format!(
                "項目「{code}」の選択肢を、choices か choices_of のどちらかで書いてください。"
            );
            self.fault(line, "choices", reason);
        }
        let mut met = HashSet::new();
        let mut choices = Vec::new();
        for text in written {
            match text.split_once(':') {
                Some((code, word)) if is_code(code) && !word.trim().is_empty() => {
                    self.code(line, code, &mut met, "選択肢");
                    choices.push(Choice {
                        code: code.to_owned(),
                        word: word.trim().to_owned(),
                    });
                }
                _ => {
                    let reason = format!(
                        "選択肢「{text}」は「コード:ことば」の形で書いてください。例：\"yes:あり\""
                    );
                    self.fault(line, "choices", reason);
                }
            }
        }
        choices
    }

    fn table(
        &mut self,
        line: usize,
        code: &str,
        columns: Option<Vec<RawColumn>>,
        most: Option<usize>,
    ) -> Kind {
        let columns = columns.unwrap_or_default();
        let most = most.unwrap_or(10);
        if columns.is_empty() || !(1..=MOST_ROWS).contains(&most) {
            let reason = format!(
                "表「{code}」には列（columns）が要ります。行の数（most）は1から{MOST_ROWS}までです。"
            );
            self.fault(line, "columns", reason);
        }
        let mut met = HashSet::new();
        let columns = columns
            .into_iter()
            .map(|column| self.column(line, column, &mut met))
            .collect();
        Kind::Table { columns, most }
    }

    fn column(&mut self, line: usize, raw: RawColumn, met: &mut HashSet<String>) -> Column {
        self.code(line, &raw.code, met, "列");
        if raw.label.trim().is_empty() {
            let reason = format!("列「{}」の label が空です。", raw.code);
            self.fault(line, &raw.code, reason);
        }
        if !matches!(
            raw.kind,
            Word::Text | Word::Number | Word::Date | Word::Choice
        ) {
            let reason = format!(
                "列「{}」の種類（kind）は text、number、date、choice のどれかです。",
                raw.code
            );
            self.fault(line, &raw.code, reason);
        }
        let answer = RawAnswer {
            kind: raw.kind,
            lines: None,
            length: raw.length,
            unit: raw.unit,
            min: raw.min,
            max: raw.max,
            decimals: raw.decimals,
            choices: raw.choices,
            choices_of: raw.choices_of,
            columns: None,
            most: None,
            parts: None,
        };
        Column {
            kind: self.kind(line, &raw.code, answer),
            code: raw.code,
            label: raw.label,
            required: raw.required,
        }
    }

    fn scale(&mut self, line: usize, code: &str, raw: Vec<RawPart>) -> Kind {
        if raw.is_empty() || raw.iter().any(|part| part.scores.is_empty()) {
            let reason = format!("尺度「{code}」には項目（parts）と、その点（scores）が要ります。");
            self.fault(line, "parts", reason);
        }
        let mut met = HashSet::new();
        let parts = raw.into_iter().map(|part| {
            self.code(line, &part.code, &mut met, "尺度の項目");
            Part {
                code: part.code,
                scores: part.scores,
            }
        });
        Kind::Scale(parts.collect())
    }
}
