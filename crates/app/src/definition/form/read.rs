//! Reads the file of a form, and refuses it with all that is wrong and where.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::condition::{Computed, Condition, RawComputed, RawCondition};
use super::kind::Kind;
use super::{Form, Item, Prefill, Section};
use crate::definition::fault::{Fault, line_at, of_toml};
use crate::definition::whole;

mod answer;

use answer::RawAnswer;

/// The forms lie here.
const FOLDER: &str = "forms/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    name: String,
    version: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    from: String,
    to: String,
    source: String,
    /// Choices that several items share.
    #[serde(default)]
    lists: HashMap<String, Vec<String>>,
    section: Vec<Spanned<RawSection>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    code: String,
    title: String,
    help: Option<String>,
    item: Vec<Spanned<RawItem>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    code: String,
    label: String,
    short: Option<String>,
    help: Option<String>,
    #[serde(default)]
    required: bool,
    required_when: Option<RawCondition>,
    shown_when: Option<RawCondition>,
    computed: Option<RawComputed>,
    prefill: Option<Prefill>,
    carried: Option<bool>,
    kind: answer::Word,
    lines: Option<u16>,
    length: Option<usize>,
    unit: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    decimals: Option<u8>,
    choices: Option<Vec<String>>,
    choices_of: Option<String>,
    columns: Option<Vec<answer::RawColumn>>,
    most: Option<usize>,
    parts: Option<Vec<answer::RawPart>>,
}

/// Gathers what is wrong.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    lists: HashMap<String, Vec<String>>,
    faults: Vec<Fault>,
}

pub(super) fn form(file: &str, text: &str) -> Result<Form, Vec<Fault>> {
    let raw: RawForm = toml::from_str(text).map_err(|error| vec![of_toml(file, text, &error)])?;
    let mut reader = Reader {
        file,
        text,
        lists: raw.lists,
        faults: Vec::new(),
    };
    let code = reader.code_of_file();
    let texts = [
        ("name", &raw.name),
        ("version", &raw.version),
        ("from", &raw.from),
        ("to", &raw.to),
        ("source", &raw.source),
    ];
    for (key, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
        reader.fault(1, key, format!("{key} が空です。書き入れてください。"));
    }
    if raw.valid_to.is_some_and(|last| last < raw.valid_from) {
        let reason = "終わりの日（valid_to）が、始まりの日（valid_from）より前です。".to_owned();
        reader.fault(1, "valid_to", reason);
    }
    let sections = reader.sections(raw.section);
    if !reader.faults.is_empty() {
        reader.faults.sort();
        return Err(reader.faults);
    }
    Ok(Form {
        code,
        name: raw.name,
        version: raw.version,
        valid_from: raw.valid_from,
        valid_to: raw.valid_to,
        from: raw.from,
        to: raw.to,
        source: raw.source,
        sections,
        file: file.to_owned(),
        text: text.to_owned(),
    })
}

impl Reader<'_> {
    /// A fault on the first line of the entry that holds `word`.
    fn fault(&mut self, entry_line: usize, word: &str, reason: String) {
        let lines = self.text.lines().enumerate().skip(entry_line - 1);
        let mut of_it = lines.take_while(|(at, text)| *at < entry_line || !text.starts_with("[["));
        let line = of_it.find(|(_, text)| text.contains(word));
        let line = line.map_or(entry_line, |(at, _)| at + 1);
        self.faults.push(Fault::on_line(self.file, line, reason));
    }

    fn code_of_file(&mut self) -> String {
        let stem = self.file.strip_prefix(FOLDER);
        let stem = stem.and_then(|name| name.strip_suffix(".toml"));
        let code = stem.map_or("", |stem| stem.split('.').next().unwrap_or(stem));
        if !is_code(code) {
            let reason = "ファイル名は 英小文字・数字・下線.toml または 同じ名前.版.toml にし、forms の直下に置いてください。";
            self.faults.push(Fault::of_file(self.file, reason));
        }
        code.to_owned()
    }

    /// A code may stand once, and is written so that it can stand in names of fields.
    fn code(&mut self, line: usize, code: &str, met: &mut HashSet<String>, what: &str) {
        if !is_code(code) {
            let reason =
                format!("{what}のコード「{code}」は英小文字・数字・下線で書いてください。");
            self.fault(line, "code", reason);
        } else if !met.insert(code.to_owned()) {
            let reason =
                format!("{what}のコード「{code}」が二度あります。どちらかを変えてください。");
            self.fault(line, "code", reason);
        }
    }

    fn sections(&mut self, raw: Vec<Spanned<RawSection>>) -> Vec<Section> {
        let (mut codes, mut items) = (HashSet::new(), HashSet::new());
        let mut sections: Vec<Section> = Vec::new();
        let mut conditions = Vec::new();
        for section in raw {
            let line = line_at(self.text, section.span().start);
            let section = section.into_inner();
            self.code(line, &section.code, &mut codes, "見出し");
            if section.title.trim().is_empty() {
                let reason = format!("見出し「{}」の title が空です。", section.code);
                self.fault(line, "title", reason);
            }
            sections.push(Section {
                code: section.code,
                title: section.title,
                help: section.help,
                items: Vec::new(),
            });
            for item in section.item {
                let line = line_at(self.text, item.span().start);
                let item = self.item(line, item.into_inner(), &mut items);
                self.looks_back(line, &item, &sections);
                conditions.extend(item.required_when.clone().map(|it| (line, it)));
                if let Some(section) = sections.last_mut() {
                    section.items.push(item);
                }
            }
        }
        for (line, condition) in conditions {
            self.condition(line, "required_when", &condition, &sections);
        }
        sections
    }

    fn item(&mut self, line: usize, raw: RawItem, met: &mut HashSet<String>) -> Item {
        self.code(line, &raw.code, met, "項目");
        if raw.label.trim().is_empty() {
            let reason = format!("項目「{}」の label が空です。", raw.code);
            self.fault(line, "label", reason);
        }
        let required_when = self.read_condition(line, "required_when", raw.required_when);
        let shown_when = self.read_condition(line, "shown_when", raw.shown_when);
        let computed = self.read_computed(line, raw.computed);
        let answer = RawAnswer {
            kind: raw.kind,
            lines: raw.lines,
            length: raw.length,
            unit: raw.unit,
            min: raw.min,
            max: raw.max,
            decimals: raw.decimals,
            choices: raw.choices,
            choices_of: raw.choices_of,
            columns: raw.columns,
            most: raw.most,
            parts: raw.parts,
        };
        let item = Item {
            kind: self.kind(line, &raw.code, answer),
            code: raw.code,
            label: raw.label,
            short: raw.short,
            help: raw.help,
            required: raw.required,
            required_when,
            shown_when,
            computed,
            prefill: raw.prefill,
            carried: raw.carried.unwrap_or(true),
        };
        self.fits_together(line, &item);
        item
    }

    /// What a file may write of an item, and of what kind it is.
    fn fits_together(&mut self, line: usize, item: &Item) {
        let is_one = !matches!(
            item.kind,
            Kind::Many(_) | Kind::Table { .. } | Kind::Scale(_) | Kind::Attachment
        );
        if item.prefill.is_some() && !is_one {
            let reason = format!(
                "項目「{}」は複数選択・表・尺度・添付なので、prefill は使えません。",
                item.code
            );
            self.fault(line, "prefill", reason);
        }
        let is_asked = item.required || item.required_when.is_some() || item.prefill.is_some();
        if item.computed.is_some() && (is_asked || !matches!(item.kind, Kind::Number(_))) {
            let reason = format!(
                "計算する項目「{}」は kind = \"number\" にし、required と prefill を付けないでください。",
                item.code
            );
            self.fault(line, "computed", reason);
        }
    }

    fn read_condition(
        &mut self,
        line: usize,
        key: &str,
        raw: Option<RawCondition>,
    ) -> Option<Condition> {
        let raw = raw?;
        let read = raw.read();
        if read.is_none() {
            let reason = format!(
                "{key} は {{ item = \"…\", is = [\"…\"] }}、{{ item = \"…\", filled = true }}、{{ any = […] }}、{{ all = […] }} のどれかで書いてください。"
            );
            self.fault(line, key, reason);
        }
        read
    }

    fn read_computed(&mut self, line: usize, raw: Option<RawComputed>) -> Option<Computed> {
        let read = raw?.read();
        if read.is_none() {
            let reason = "computed は { sum = [\"…\"] }、{ count = \"…\" }、{ age_of = \"…\", on = \"…\" }、{ days_from = \"…\", until = \"…\" }、{ bmi_of = \"…\", height = \"…\" } のどれか一つで書いてください。";
            self.fault(line, "computed", reason.to_owned());
        }
        read
    }

    /// What decides whether an item is asked, and what it is reckoned from, stands before it: so nothing goes round.
    fn looks_back(&mut self, line: usize, item: &Item, before: &[Section]) {
        if let Some(condition) = &item.shown_when {
            self.condition(line, "shown_when", condition, before);
        }
        let Some(computed) = &item.computed else {
            return;
        };
        for code in computed.items() {
            let fits = find(before, code).map(|found| match computed {
                Computed::Sum(_) => matches!(found.kind, Kind::Number(_) | Kind::Scale(_)),
                Computed::Count(_) => matches!(found.kind, Kind::Many(_)),
                Computed::Age { .. } | Computed::Days { .. } => matches!(found.kind, Kind::Date),
                Computed::Bmi { .. } => matches!(found.kind, Kind::Number(_)),
            });
            let why = match fits {
                Some(true) => continue,
                Some(false) => "この計算に使えない種類です",
                None => "この項目より前にありません",
            };
            let reason = format!("計算（computed）の項目「{code}」は、{why}。");
            self.fault(line, "computed", reason);
        }
    }

    fn condition(&mut self, line: usize, key: &str, condition: &Condition, among: &[Section]) {
        let place = match key {
            "shown_when" => "この項目より前に",
            _ => "この様式に",
        };
        for code in condition.items() {
            if find(among, code).is_none() {
                let reason = format!("{key} の項目「{code}」は、{place}ありません。");
                self.fault(line, key, reason);
            }
        }
        for (code, choice) in condition.choices() {
            let Some(item) = find(among, code) else {
                continue;
            };
            if !item.kind.choices().iter().any(|it| it.code == choice) {
                let reason =
                    format!("{key} の「{choice}」は、項目「{code}」の選択肢にありません。");
                self.fault(line, key, reason);
            }
        }
    }
}

fn find<'a>(sections: &'a [Section], code: &str) -> Option<&'a Item> {
    let mut items = sections.iter().flat_map(|section| &section.items);
    items.find(|item| item.code == code)
}

fn is_code(code: &str) -> bool {
    code.len() <= 60 && whole::is_code(code)
}
