//! What an area decides as files: views, categories, capabilities, sources of data, data checks and forms.
//!
//! The files of `/definitions` are embedded; an installation lays whole files of its own over them by
//! relative path. A wrong file is refused by name and line: nothing is half loaded.

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveDate;
use keniki_base::text::squeeze;

use crate::account::policy::{Policy, Role};
use account::{MailboxKind, SignInRule};
pub use agreed::ProgramFile;
use attachment::AttachmentRule;
use check::Check;
use confirmation::ConfirmationRule;
use fault::Fault;
use fee::Fees;
pub use filed::FiledCapability;
use filing::FilingKinds;
use form::Form;
use inquiry::Inquiries;
use limit::LimitRule;
use office::Offices;
use patient::PatientRule;
use retention::{Kept, Period, Retention};
use topic::Topics;
use vocabulary::{Capability, Category, CoverageRule, Group, Publisher, Source, View};

pub mod account;
mod agreed;
pub mod attachment;
pub mod check;
pub mod confirmation;
pub mod fault;
pub mod fee;
mod filed;
pub mod filing;
pub mod form;
pub mod inquiry;
pub mod limit;
pub mod office;
pub mod patient;
pub mod program;
mod read;
pub mod retention;
pub mod topic;
mod tree;
pub mod vocabulary;
mod whole;

/// Everything the files say, checked as a whole: every code that one entry names exists. Read only.
#[derive(Debug)]
pub struct Definitions {
    views: Vec<View>,
    sources: Vec<Source>,
    categories: Vec<Category>,
    groups: Vec<Group>,
    capabilities: Vec<Capability>,
    checks: Vec<Check>,
    coverage: CoverageRule,
    publisher: Publisher,
    roles: Vec<Role>,
    sign_in: SignInRule,
    mailboxes: Vec<MailboxKind>,
    confirmation: ConfirmationRule,
    filings: FilingKinds,
    limits: LimitRule,
    patients: PatientRule,
    retention: Vec<Retention>,
    attachments: AttachmentRule,
    topics: Topics,
    inquiries: Inquiries,
    fees: Fees,
    offices: Offices,
    programs: Vec<ProgramFile>,
    forms: Vec<Form>,
    category_by_code: HashMap<String, usize>,
    category_by_care_service: HashMap<String, usize>,
    category_by_name: HashMap<String, usize>,
    category_by_institution: HashMap<(String, String), usize>,
    capability_by_code: HashMap<String, usize>,
    /// 受理記号 → (capability, rule of its `filings`).
    filing_rules: HashMap<String, Vec<(usize, usize)>>,
}

impl Definitions {
    /// The built-in files, with those of the folder `overlay` laid over them.
    ///
    /// # Errors
    /// Every fault found, each with its file and line.
    pub fn load(overlay: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let mut tree = tree::Tree::embedded();
        if let Some(folder) = overlay {
            tree.lay_over(folder)?;
        }
        Ok(Self::index(read::all(&tree)?))
    }

    /// The five views in their order.
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// The view of this code.
    pub fn view(&self, code: &str) -> Option<&View> {
        self.views.iter().find(|view| view.code == code)
    }

    /// Who runs this installation.
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// What people do in organizations, and what they may.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role of this code.
    pub fn role(&self, code: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.code == code)
    }

    /// Who may do what.
    pub fn policy(&self) -> Policy<'_> {
        Policy::of(&self.roles)
    }

    /// How people prove who they are.
    pub fn sign_in(&self) -> &SignInRule {
        &self.sign_in
    }

    /// How offices are asked whether what is said of them is right.
    pub fn confirmation(&self) -> &ConfirmationRule {
        &self.confirmation
    }

    /// The kinds of filings and inspections.
    pub fn filings(&self) -> &FilingKinds {
        &self.filings
    }

    /// How much one client may ask for.
    pub fn limits(&self) -> &LimitRule {
        &self.limits
    }

    /// The functions to which work is addressed.
    pub fn mailboxes(&self) -> &[MailboxKind] {
        &self.mailboxes
    }

    /// How long what is written is kept.
    pub fn retention(&self) -> &[Retention] {
        &self.retention
    }

    /// For how long rows of `table` are kept on `today`; none: nothing of it is erased.
    pub fn kept(&self, table: Kept, today: NaiveDate) -> Option<Period> {
        retention::in_force(&self.retention, table, today).map(|line| line.keep)
    }

    /// For how long an account is kept on `today` though somebody asks for it to be erased, and why.
    pub fn account_at_least(&self, today: NaiveDate) -> Option<(Period, &str)> {
        let line = retention::in_force(&self.retention, Kept::Account, today)?;
        Some((line.at_least?, &line.source))
    }

    /// How far a service reaches.
    pub fn coverage(&self) -> &CoverageRule {
        &self.coverage
    }

    /// Where services come from.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The source (import format) of this code.
    pub fn source(&self, code: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.code == code)
    }

    /// The categories in the order of their file.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The categories of one view.
    pub fn categories_of_view<'a>(&'a self, view: &'a str) -> impl Iterator<Item = &'a Category> {
        self.categories
            .iter()
            .filter(move |category| category.view == view)
    }

    /// The category of this code.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.category_by_code
            .get(code)
            .map(|&at| &self.categories[at])
    }

    /// The category of a サービスの種類 as printed in the public lists, or of its 3-digit code. A name with a
    /// remark in brackets that no file lists falls back to the name before the brackets.
    pub fn category_of_care_service(&self, name_or_code: &str) -> Option<&Category> {
        let name = key(name_or_code);
        let plain_name = name.split('(').next().unwrap_or_default();
        [name.as_str(), plain_name]
            .iter()
            .find_map(|name| self.category_by_care_service.get(*name))
            .map(|&at| &self.categories[at])
    }

    /// The category of 実施サービス in 介護サービス事業所一覧: a サービスの種類, else the name or the plain words of a
    /// category. So an area's own list brings what nobody publishes.
    pub fn category_called(&self, word: &str) -> Option<&Category> {
        let by_name = || self.category_by_name.get(&key(word));
        self.category_of_care_service(word)
            .or_else(|| by_name().map(|&at| &self.categories[at]))
    }

    /// Whether the list `format` is, or has the form of, one of these sources.
    pub fn is_brought_by(&self, sources: &[String], format: &str) -> bool {
        let form = |code: &String| {
            let source = self.source(code)?;
            Some(source.form.as_deref().unwrap_or(&source.code) == format)
        };
        sources.iter().filter_map(form).any(|is_it| is_it)
    }

    /// The category of an institution's kind as the list `source` prints it (`filings`: 区分/種別, such as `医科/病院`).
    pub fn category_of_institution(&self, source: &str, kind: &str) -> Option<&Category> {
        self.category_by_institution
            .get(&(source.to_owned(), key(kind)))
            .map(|&at| &self.categories[at])
    }

    /// The groups of capabilities in their order, as filters show them.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The capabilities in the order of their file.
    pub fn capabilities(&self) -> &[Capability] {
        &self.capabilities
    }

    /// The capability of this code.
    pub fn capability(&self, code: &str) -> Option<&Capability> {
        self.capability_by_code
            .get(code)
            .map(|&at| &self.capabilities[at])
    }

    /// The capability that a mark of the bed-function reports (三次, 二次, 地, 特, 在支) tells.
    pub fn capability_of_bed_report(&self, mark: &str) -> Option<&Capability> {
        let mark = key(mark);
        self.capabilities
            .iter()
            .find(|capability| capability.bed_report_mark.as_deref() == Some(mark.as_str()))
    }

    /// The data checks in the order of their file names.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The data check of this file name without `.toml`.
    pub fn check(&self, code: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.code == code)
    }

    fn index(files: read::Files) -> Self {
        let read::Files {
            views,
            sources,
            categories,
            groups,
            capabilities,
            checks,
            coverage,
            publisher,
            roles,
            sign_in,
            mailboxes,
            confirmation,
            filings,
            limits,
            patients,
            retention,
            attachments,
            topics,
            inquiries,
            fees,
            offices,
            programs,
            forms,
        } = files;
        let mut category_by_care_service = HashMap::new();
        let mut category_by_name = HashMap::new();
        let mut category_by_institution = HashMap::new();
        for (at, category) in categories.iter().enumerate() {
            let names = category.care_service_names.iter();
            for name in names.chain(&category.care_service_codes) {
                category_by_care_service.insert(key(name), at);
            }
            if category.institution_kinds.is_empty() {
                category_by_name.insert(key(&category.plain), at);
            }
            for (source, kinds) in &category.institution_kinds {
                for kind in kinds {
                    category_by_institution.insert((source.clone(), key(kind)), at);
                }
            }
        }
        // The name counts before another category's plain words.
        for (at, category) in categories.iter().enumerate() {
            if category.institution_kinds.is_empty() {
                category_by_name.insert(key(&category.name), at);
            }
        }
        let mut filing_rules: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (at, capability) in capabilities.iter().enumerate() {
            for (rule_at, rule) in capability.filings.iter().enumerate() {
                filing_rules
                    .entry(key(&rule.symbol))
                    .or_default()
                    .push((at, rule_at));
            }
        }
        Self {
            category_by_code: by_code(categories.iter().map(|category| &category.code)),
            capability_by_code: by_code(capabilities.iter().map(|capability| &capability.code)),
            category_by_care_service,
            category_by_name,
            category_by_institution,
            filing_rules,
            views,
            sources,
            categories,
            groups,
            capabilities,
            checks,
            coverage,
            publisher,
            roles,
            sign_in,
            mailboxes,
            confirmation,
            filings,
            limits,
            patients,
            retention,
            attachments,
            topics,
            inquiries,
            fees,
            offices,
            programs,
            forms,
        }
    }
}

/// Printed texts compared without regard to width and blanks.
fn key(text: &str) -> String {
    squeeze(text).replace(' ', "")
}

fn by_code<'a>(codes: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    codes
        .enumerate()
        .map(|(at, code)| (code.clone(), at))
        .collect()
}

#[cfg(test)]
mod tests;
