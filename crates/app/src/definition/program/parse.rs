//! Reads the text of a program, and hands it on only where all of it holds together.

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::super::fault::{Fault, line_at, of_toml};
use super::whole;
use super::{
    Access, Branch, Closing, Criterion, EventRule, Fact, InquiryRule, Measure, OfficeRule, Program,
    RoleRule, StageRule, StepRule,
};

/// A program as its file has it, each entry with the place where it begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProgramFile {
    code: String,
    name: String,
    version: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: String,
    preamble: String,
    access: Access,
    #[serde(default)]
    is_example: bool,
    office: OfficeRule,
    role: Vec<Spanned<RoleRule>>,
    #[serde(default)]
    fact: Vec<Spanned<Fact>>,
    #[serde(default)]
    criterion: Vec<Spanned<Criterion>>,
    #[serde(default)]
    branch: Vec<Spanned<Branch>>,
    event: Vec<Spanned<EventRule>>,
    stage: Vec<Spanned<StageRule>>,
    step: Vec<Spanned<StepRule>>,
    closing: Vec<Spanned<Closing>>,
    #[serde(default)]
    measure: Vec<Spanned<Measure>>,
    #[serde(default)]
    inquiry: Vec<Spanned<InquiryRule>>,
}

/// The lines on which the entries of a program begin, list by list.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub roles: Vec<usize>,
    pub facts: Vec<usize>,
    pub criteria: Vec<usize>,
    pub branches: Vec<usize>,
    pub events: Vec<usize>,
    pub stages: Vec<usize>,
    pub steps: Vec<usize>,
    pub closings: Vec<usize>,
    pub measures: Vec<usize>,
    pub inquiries: Vec<usize>,
}

impl Program {
    /// Reads one version of a program; what it names in other files is looked at when all definitions are read.
    ///
    /// # Errors
    /// Every fault found, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let (program, lines) = read(file, text)?;
        let faults = whole::faults(file, &program, &lines);
        match faults.is_empty() {
            true => Ok(program),
            false => Err(faults),
        }
    }

    /// What it names in other files and is not there: mailboxes, forms, fees, categories.
    pub(in super::super) fn faults_beside(
        file: &str,
        text: &str,
        beside: &whole::Beside<'_>,
    ) -> Vec<Fault> {
        match read(file, text) {
            Ok((program, lines)) => whole::faults_beside(file, &program, &lines, beside),
            Err(faults) => faults,
        }
    }
}

fn read(file: &str, text: &str) -> Result<(Program, Lines), Vec<Fault>> {
    let it: ProgramFile =
        toml::from_str(text).map_err(|error| vec![of_toml(file, text, &error)])?;
    let mut lines = Lines::default();
    let program = Program {
        code: it.code,
        name: it.name,
        version: it.version,
        valid_from: it.valid_from,
        valid_to: it.valid_to,
        source: it.source,
        preamble: it.preamble,
        access: it.access,
        is_example: it.is_example,
        office: it.office,
        roles: apart(text, it.role, &mut lines.roles),
        facts: apart(text, it.fact, &mut lines.facts),
        criteria: apart(text, it.criterion, &mut lines.criteria),
        branches: apart(text, it.branch, &mut lines.branches),
        events: apart(text, it.event, &mut lines.events),
        stages: apart(text, it.stage, &mut lines.stages),
        steps: apart(text, it.step, &mut lines.steps),
        closings: apart(text, it.closing, &mut lines.closings),
        measures: apart(text, it.measure, &mut lines.measures),
        inquiries: apart(text, it.inquiry, &mut lines.inquiries),
    };
    Ok((program, lines))
}

/// The entries of a list, and apart from them their lines.
fn apart<T>(text: &str, list: Vec<Spanned<T>>, lines: &mut Vec<usize>) -> Vec<T> {
    lines.extend(list.iter().map(|it| line_at(text, it.span().start)));
    list.into_iter().map(Spanned::into_inner).collect()
}
