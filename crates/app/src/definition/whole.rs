//! Whether the files hold together: no code twice, no reference into nothing, no text left empty.

use std::collections::HashMap;
use std::hash::Hash;

use super::fault::Fault;
use super::key;
use super::read::Entries;
use super::retention::{Kept, Retention};
use super::vocabulary::{Capability, Category, CoverageRule, Group, Source, View};

pub mod account;

/// The five views must differ in code, order and marker.
pub fn views(views: &Entries<'_, View>) -> Vec<Fault> {
    let mut faults = twice(views, "コード", |view| vec![view.code.clone()]);
    faults.extend(twice(views, "順番（order）", |view| vec![view.order]));
    faults.extend(twice(views, "地図の記号（marker）", |view| {
        vec![view.marker]
    }));
    for (line, view) in &views.list {
        let texts = [&view.code, &view.name, &view.plain, &view.sentence];
        faults.extend(code_and_texts(views.file, *line, &view.code, &texts));
        if view.marker > 4 {
            let reason = format!("地図の記号（marker）は0から4までです: {}", view.marker);
            faults.push(views.fault(*line, "marker", reason));
        }
    }
    faults
}

/// Sources must differ in code.
pub fn sources(sources: &Entries<'_, Source>) -> Vec<Fault> {
    let mut faults = twice(sources, "コード", |source| vec![source.code.clone()]);
    for (line, source) in &sources.list {
        let texts = [&source.code, &source.name, &source.publisher, &source.how];
        faults.extend(code_and_texts(sources.file, *line, &source.code, &texts));
    }
    faults
}

/// Groups must differ in code and order.
pub fn groups(groups: &Entries<'_, Group>) -> Vec<Fault> {
    let mut faults = twice(groups, "コード", |group| vec![group.code.clone()]);
    faults.extend(twice(groups, "順番（order）", |group| {
        vec![group.order]
    }));
    for (line, group) in &groups.list {
        faults.extend(code_and_texts(
            groups.file,
            *line,
            &group.code,
            &[&group.code, &group.name],
        ));
    }
    faults
}

/// Every table has a line, one a day, and each says what it rests on.
pub fn retention(lines: &Entries<'_, Retention>) -> Vec<Fault> {
    let mut faults = twice(lines, "表（table）と日（valid_from）の組", |line| {
        vec![format!("{} {}", line.table.table(), line.valid_from)]
    });
    for (line, retention) in &lines.list {
        if retention.source.trim().is_empty() {
            let reason = format!("{} の根拠（source）が空です。", retention.table.table());
            faults.push(lines.fault(*line, "source", reason));
        }
        if retention.at_least.is_some() && retention.table != Kept::Account {
            let reason = "at_least は account にだけ書けます。".to_owned();
            faults.push(lines.fault(*line, "at_least", reason));
        }
    }
    let has_none = |table: &Kept| !lines.list.iter().any(|(_, line)| line.table == *table);
    for table in Kept::ALL.into_iter().filter(has_none) {
        let reason = format!("table = \"{}\" の保存期間がありません。", table.table());
        faults.push(Fault::of_file(lines.file, reason));
    }
    faults
}

/// A distance that can be reached, and what it rests on.
pub fn coverage(
    rule: &CoverageRule,
    categories: &Entries<'_, Category>,
    capabilities: &Entries<'_, Capability>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let is_known = |code: &&String| {
        categories.list.iter().any(|(_, it)| it.code == **code)
            || capabilities.list.iter().any(|(_, it)| it.code == **code)
    };
    for code in rule.applies_to.iter().filter(|code| !is_known(code)) {
        let reason = format!("applies_to の「{code}」という種類・できることは定義されていません。");
        faults.push(Fault::of_file("coverage.toml", reason));
    }
    if !(rule.km > 0.0 && rule.km <= 100.0) {
        let reason = format!("距離（km）は0より大きく100以下です: {}", rule.km);
        faults.push(Fault::of_file("coverage.toml", reason));
    }
    for (name, text) in [("basis", &rule.basis), ("otherwise", &rule.otherwise)] {
        if text.trim().is_empty() {
            let reason = format!("根拠（{name}）が空です。");
            faults.push(Fault::of_file("coverage.toml", reason));
        }
    }
    faults
}

/// A printed kind of service belongs to one category only; view and sources must exist.
pub fn categories(
    categories: &Entries<'_, Category>,
    views: &Entries<'_, View>,
    sources: &Entries<'_, Source>,
) -> Vec<Fault> {
    let mut faults = twice(categories, "コード", |category| {
        vec![category.code.clone()]
    });
    faults.extend(twice(categories, "サービスの種類", |category| {
        category
            .care_service_names
            .iter()
            .map(|name| key(name))
            .collect()
    }));
    faults.extend(twice(categories, "3桁のコード", |category| {
        category
            .care_service_codes
            .iter()
            .map(|code| key(code))
            .collect()
    }));
    faults.extend(twice(categories, "医療機関の種類", |category| {
        let kinds = category.institution_kinds.iter();
        kinds
            .flat_map(|(source, kinds)| {
                kinds
                    .iter()
                    .map(move |kind| format!("{source} {}", key(kind)))
            })
            .collect()
    }));
    for (line, category) in &categories.list {
        let texts = [
            &category.code,
            &category.name,
            &category.plain,
            &category.sentence,
        ];
        faults.extend(code_and_texts(
            categories.file,
            *line,
            &category.code,
            &texts,
        ));
        let named = std::iter::once(&category.view);
        faults.extend(unknown(
            categories,
            *line,
            "視点（view）",
            named,
            |code| views.list.iter().any(|(_, view)| view.code == code),
        ));
        let named = category
            .sources
            .iter()
            .chain(category.institution_kinds.keys());
        faults.extend(unknown_sources(categories, *line, named, sources));
        faults.extend(without_source(
            categories.file,
            *line,
            &category.code,
            &category.sources,
        ));
        for code in &category.care_service_codes {
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                let reason = format!("サービスのコードは数字3桁です: 「{code}」");
                faults.push(categories.fault(*line, code, reason));
            }
        }
    }
    faults
}

/// Group, categories and sources must exist; a filing needs the source that brings it.
pub fn capabilities(
    capabilities: &Entries<'_, Capability>,
    groups: &Entries<'_, Group>,
    categories: &Entries<'_, Category>,
    sources: &Entries<'_, Source>,
) -> Vec<Fault> {
    let mut faults = twice(capabilities, "コード", |capability| {
        vec![capability.code.clone()]
    });
    faults.extend(twice(
        capabilities,
        "病床機能報告の印（bed_report_mark）",
        |capability| {
            capability
                .bed_report_mark
                .iter()
                .map(|mark| key(mark))
                .collect()
        },
    ));
    for (line, capability) in &capabilities.list {
        let Capability {
            code,
            name,
            plain,
            sentence,
            ..
        } = capability;
        faults.extend(code_and_texts(
            capabilities.file,
            *line,
            code,
            &[code, name, plain, sentence],
        ));
        let named = std::iter::once(&capability.group);
        faults.extend(unknown(
            capabilities,
            *line,
            "分類（group）",
            named,
            |code| groups.list.iter().any(|(_, group)| group.code == code),
        ));
        let named = capability.applies_to.iter();
        faults.extend(unknown(
            capabilities,
            *line,
            "サービス（applies_to）",
            named,
            |code| {
                categories
                    .list
                    .iter()
                    .any(|(_, category)| category.code == code)
            },
        ));
        faults.extend(unknown_sources(
            capabilities,
            *line,
            capability.sources.iter(),
            sources,
        ));
        faults.extend(without_source(
            capabilities.file,
            *line,
            code,
            &capability.sources,
        ));
        faults.extend(needs_source(capabilities, *line, capability));
        faults.extend(overlapping_rules(capabilities, *line, capability));
    }
    faults
}

fn needs_source(
    capabilities: &Entries<'_, Capability>,
    line: usize,
    capability: &Capability,
) -> Vec<Fault> {
    let needed = [
        ("filings", !capability.filings.is_empty()),
        ("bed_report", capability.bed_report_mark.is_some()),
    ];
    needed
        .into_iter()
        .filter(|(source, is_used)| {
            *is_used && !capability.sources.iter().any(|code| code == source)
        })
        .map(|(source, _)| {
            let reason = format!(
                "「{}」の sources に「{source}」がありません。",
                capability.code
            );
            capabilities.fault(line, "sources", reason)
        })
        .collect()
}

/// A symbol may have several rules in one capability, but only one on any day.
fn overlapping_rules(
    capabilities: &Entries<'_, Capability>,
    line: usize,
    capability: &Capability,
) -> Vec<Fault> {
    let rules = &capability.filings;
    let pairs = rules
        .iter()
        .enumerate()
        .flat_map(|(at, rule)| rules[at + 1..].iter().map(move |other| (rule, other)));
    pairs
        .filter(|(rule, other)| key(&rule.symbol) == key(&other.symbol) && rule.overlaps(other))
        .map(|(rule, _)| {
            let reason = format!(
                "受理記号「{}」の決まりが同じ日に二つあります。valid_from と valid_to で期間を分けてください。",
                rule.symbol
            );
            capabilities.fault(line, &rule.symbol, reason)
        })
        .collect()
}

impl<T> Entries<'_, T> {
    /// A fault on the first line, from the entry's own, that holds `word`.
    fn fault(&self, entry_line: usize, word: &str, reason: String) -> Fault {
        let lines = self.text.lines().enumerate().skip(entry_line - 1);
        let line = lines
            .take_while(|(at, text)| *at < entry_line || !text.starts_with("[["))
            .find(|(_, text)| text.contains(word));
        Fault::on_line(self.file, line.map_or(entry_line, |(at, _)| at + 1), reason)
    }
}

fn twice<T, K: Eq + Hash + ToString>(
    entries: &Entries<'_, T>,
    what: &str,
    keys: impl Fn(&T) -> Vec<K>,
) -> Vec<Fault> {
    let mut first = HashMap::new();
    let mut faults = Vec::new();
    for (line, entry) in &entries.list {
        for key in keys(entry) {
            let text = key.to_string();
            if let Some(before) = first.insert(key, *line) {
                let reason = format!(
                    "{what}「{text}」は{before}行目からの項目にもあります。どちらかを直してください。"
                );
                faults.push(Fault::on_line(entries.file, *line, reason));
            }
        }
    }
    faults
}

/// Small letters, digits and underscores: codes stand in URLs and in the API.
pub(super) fn is_code(code: &str) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !code.is_empty() && code.bytes().all(is_of_it)
}

/// Codes stand in URLs and in the API; texts are read by people.
fn code_and_texts(file: &str, line: usize, code: &str, texts: &[&String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !is_code(code) {
        let reason = format!("コード「{code}」は英小文字・数字・下線で書いてください。");
        faults.push(Fault::on_line(file, line, reason));
    }
    if texts.iter().any(|text| text.trim().is_empty()) {
        let reason = format!("「{code}」に空の文があります。書き入れてください。");
        faults.push(Fault::on_line(file, line, reason));
    }
    faults
}

fn without_source(file: &str, line: usize, code: &str, sources: &[String]) -> Option<Fault> {
    sources.is_empty().then(|| {
        let reason = format!(
            "「{code}」の sources が空です。公表された名簿がなければ [\"survey\"] としてください。"
        );
        Fault::on_line(file, line, reason)
    })
}

fn unknown_sources<'a, T>(
    entries: &Entries<'_, T>,
    line: usize,
    named: impl Iterator<Item = &'a String>,
    sources: &Entries<'_, Source>,
) -> Vec<Fault> {
    unknown(entries, line, "取込元（sources）", named, |code| {
        sources.list.iter().any(|(_, source)| source.code == code)
    })
}

fn unknown<'a, T>(
    entries: &Entries<'_, T>,
    line: usize,
    what: &str,
    named: impl Iterator<Item = &'a String>,
    is_known: impl Fn(&str) -> bool,
) -> Vec<Fault> {
    named
        .filter(|code| !is_known(code))
        .map(|code| {
            let reason =
                format!("{what}「{code}」はどこにも定義されていません。綴りを確かめてください。");
            entries.fault(line, code, reason)
        })
        .collect()
}
