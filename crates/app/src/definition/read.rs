//! Reads every file into its entries, and hands them on only when all of them hold together.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::account::{MailboxKind, SignInRule};
use super::attachment::AttachmentRule;
use super::check::Check;
use super::confirmation::ConfirmationRule;
use super::fault::{Fault, line_at, of_toml};
use super::fee::Fees;
use super::filing::FilingKinds;
use super::form::{self, Form};
use super::inquiry::Inquiries;
use super::limit::LimitRule;
use super::office::Offices;
use super::patient::PatientRule;
use super::program::{Beside, Program};
use super::retention::Retention;
use super::topic::Topics;
use super::tree::Tree;
use super::vocabulary::{Capability, Category, CoverageRule, Group, Publisher, Source, View};
use super::{ProgramFile, whole};
use crate::account::policy::Role;

/// The entries of all files.
pub struct Files {
    pub views: Vec<View>,
    pub sources: Vec<Source>,
    pub categories: Vec<Category>,
    pub groups: Vec<Group>,
    pub capabilities: Vec<Capability>,
    pub checks: Vec<Check>,
    pub coverage: CoverageRule,
    pub publisher: Publisher,
    pub roles: Vec<Role>,
    pub sign_in: SignInRule,
    pub mailboxes: Vec<MailboxKind>,
    pub confirmation: ConfirmationRule,
    pub filings: FilingKinds,
    pub limits: LimitRule,
    pub patients: PatientRule,
    pub retention: Vec<Retention>,
    pub attachments: AttachmentRule,
    pub topics: Topics,
    pub inquiries: Inquiries,
    pub fees: Fees,
    pub offices: Offices,
    pub programs: Vec<ProgramFile>,
    pub forms: Vec<Form>,
}

/// The entries of one file, each with the line on which it begins.
pub struct Entries<'a, T> {
    pub file: &'static str,
    pub text: &'a str,
    pub list: Vec<(usize, T)>,
}

/// All files of the tree as one checked whole.
pub fn all(tree: &Tree) -> Result<Files, Vec<Fault>> {
    let mut faults = Vec::new();
    let views = file::<ViewFile>(tree, "views.toml", &mut faults);
    let sources = file::<SourceFile>(tree, "sources.toml", &mut faults);
    let categories = file::<CategoryFile>(tree, "categories.toml", &mut faults);
    let capabilities = file::<CapabilityFile>(tree, "capabilities.toml", &mut faults);
    let checks = each(tree, "checks/", Check::parse, &mut faults);
    let forms = each(tree, "forms/", Form::parse, &mut faults);
    faults.extend(form::among_each_other(&forms));
    let coverage = file::<CoverageRule>(tree, "coverage.toml", &mut faults);
    let publisher = file::<Publisher>(tree, "publisher.toml", &mut faults);
    let roles = file::<RoleFile>(tree, "roles.toml", &mut faults);
    let sign_in = file::<SignInRule>(tree, "sign_in.toml", &mut faults);
    let mailboxes = file::<MailboxFile>(tree, "mailboxes.toml", &mut faults);
    let confirmation = file::<ConfirmationRule>(tree, "confirmation.toml", &mut faults);
    let filings = file::<FilingKinds>(tree, "filings.toml", &mut faults);
    let limits = file::<LimitRule>(tree, "limits.toml", &mut faults);
    let patients = file::<PatientRule>(tree, "patients.toml", &mut faults);
    let retention = file::<RetentionFile>(tree, "retention.toml", &mut faults);
    let attachments = file::<AttachmentRule>(tree, "attachments.toml", &mut faults);
    let topics = file::<Topics>(tree, "topics.toml", &mut faults);
    let inquiries = file::<Inquiries>(tree, "inquiry.toml", &mut faults);
    let fees = file::<Fees>(tree, "fees.toml", &mut faults);
    let offices = file::<Offices>(tree, "offices.toml", &mut faults);
    let programs = programs(tree, &mut faults);
    unknown_files(tree, &mut faults);
    let (Some(views), Some(sources), Some(categories)) = (views, sources, categories) else {
        return Err(faults);
    };
    let (Some(capabilities), Some(coverage), Some(publisher)) = (capabilities, coverage, publisher)
    else {
        return Err(faults);
    };
    let (Some(roles), Some((_, sign_in)), Some(mailboxes)) = (roles, sign_in, mailboxes) else {
        return Err(faults);
    };
    let (Some((_, confirmation)), Some((_, filings))) = (confirmation, filings) else {
        return Err(faults);
    };
    let (Some((_, limits)), Some((_, patients)), Some(retention)) = (limits, patients, retention)
    else {
        return Err(faults);
    };
    let (Some((_, fees)), Some((_, inquiries)), Some((_, offices))) = (fees, inquiries, offices)
    else {
        return Err(faults);
    };
    let (Some((_, attachments)), Some((_, topics))) = (attachments, topics) else {
        return Err(faults);
    };
    let retention = entries("retention.toml", retention.0, retention.1.retention);
    let mailboxes = entries("mailboxes.toml", mailboxes.0, mailboxes.1.mailbox);
    let roles = entries("roles.toml", roles.0, roles.1.role);
    let views = entries("views.toml", views.0, views.1.view);
    let sources = entries("sources.toml", sources.0, sources.1.source);
    let categories = entries("categories.toml", categories.0, categories.1.category);
    let groups = entries("capabilities.toml", capabilities.0, capabilities.1.group);
    let capabilities = entries(
        "capabilities.toml",
        capabilities.0,
        capabilities.1.capability,
    );
    faults.extend(whole::views(&views));
    faults.extend(whole::sources(&sources));
    faults.extend(whole::categories(&categories, &views, &sources));
    faults.extend(whole::groups(&groups));
    faults.extend(whole::capabilities(
        &capabilities,
        &groups,
        &categories,
        &sources,
    ));
    faults.extend(whole::account::roles(&roles));
    faults.extend(whole::account::sign_in(&sign_in));
    faults.extend(whole::account::mailboxes(&mailboxes, &roles));
    let scopes = patients.consent_scopes().iter();
    let scopes = scopes.map(|it| &*it.code).collect();
    let known = categories.list.iter().map(|(_, it)| &*it.code).collect();
    let team_roles: BTreeSet<&str> = patients.team_roles().iter().map(|it| &*it.code).collect();
    for (name, wrong) in [
        ("confirmation.toml", confirmation.faults()),
        ("filings.toml", filings.faults()),
        ("limits.toml", limits.faults()),
        ("attachments.toml", attachments.faults()),
        ("topics.toml", topics.faults()),
        ("fees.toml", fees.faults()),
        ("inquiry.toml", inquiries.faults(&scopes)),
        ("offices.toml", offices.faults(&team_roles)),
        (
            "patients.toml",
            patients.faults(&values_of(&mailboxes), &values_of(&roles), &known),
        ),
    ] {
        faults.extend(wrong.into_iter().map(|reason| Fault::of_file(name, reason)));
    }
    faults.extend(whole::retention(&retention));
    let beside = Beside {
        team_roles,
        mailboxes: mailboxes.list.iter().map(|(_, it)| &*it.code).collect(),
        forms: forms.iter().map(|it| (&*it.code, it)).collect(),
        fees: fees.codes(),
        categories: known,
    };
    faults.extend(of_programs(tree, &programs, &beside));
    faults.extend(whole::coverage(&coverage.1, &categories, &capabilities));
    if !faults.is_empty() {
        faults.sort();
        return Err(faults);
    }
    let mut files = Files {
        views: values(views),
        sources: values(sources),
        categories: values(categories),
        groups: values(groups),
        capabilities: values(capabilities),
        checks,
        coverage: coverage.1,
        publisher: publisher.1,
        roles: values(roles),
        sign_in,
        mailboxes: values(mailboxes),
        confirmation,
        filings,
        limits,
        patients,
        retention: values(retention),
        attachments,
        topics,
        inquiries,
        fees,
        offices,
        programs: programs.into_iter().map(|(_, it)| it).collect(),
        forms,
    };
    files.views.sort_by_key(|view| view.order);
    files.groups.sort_by_key(|group| group.order);
    Ok(files)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewFile {
    view: Vec<Spanned<View>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    source: Vec<Spanned<Source>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryFile {
    category: Vec<Spanned<Category>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleFile {
    role: Vec<Spanned<Role>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailboxFile {
    mailbox: Vec<Spanned<MailboxKind>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionFile {
    retention: Vec<Spanned<Retention>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapabilityFile {
    group: Vec<Spanned<Group>>,
    capability: Vec<Spanned<Capability>>,
}

fn file<'a, F: DeserializeOwned>(
    tree: &'a Tree,
    path: &str,
    faults: &mut Vec<Fault>,
) -> Option<(&'a str, F)> {
    let Some(text) = tree.text(path) else {
        faults.push(Fault::of_file(path, "ファイルがありません。"));
        return None;
    };
    match toml::from_str(text) {
        Ok(file) => Some((text, file)),
        Err(error) => {
            faults.push(of_toml(path, text, &error));
            None
        }
    }
}

/// What `parse` makes of every file in `folder`.
fn each<'a, T>(
    tree: &'a Tree,
    folder: &str,
    parse: impl Fn(&'a str, &'a str) -> Result<T, Vec<Fault>>,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let mut read = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| path.starts_with(folder)) {
        match parse(path, text) {
            Ok(one) => read.push(one),
            Err(found) => faults.extend(found),
        }
    }
    read
}

/// Every version of every program with the path of its file, in the order of code and day.
fn programs<'a>(tree: &'a Tree, faults: &mut Vec<Fault>) -> Vec<(&'a str, ProgramFile)> {
    let parse = |path: &'a str, text: &str| {
        let program = Program::parse(path, text)?;
        let text = text.to_owned();
        Ok((path, ProgramFile { program, text }))
    };
    let mut programs = each(tree, "programs/", parse, faults);
    let order = |it: &Program| (it.code.clone(), it.valid_from, it.version.clone());
    programs.sort_by_key(|(_, it)| order(&it.program));
    programs
}

/// A version stands in one file, and everything it names in other files is there.
fn of_programs(tree: &Tree, programs: &[(&str, ProgramFile)], beside: &Beside<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, (path, it)) in programs.iter().enumerate() {
        let id = |it: &ProgramFile| (it.program.code.clone(), it.program.version.clone());
        if let Some((other, _)) = programs[..at].iter().find(|(_, other)| id(other) == id(it)) {
            let (code, version) = id(it);
            let reason = format!(
                "「{code}」の版「{version}」は {other} にもあります。版（version）を変えてください。"
            );
            faults.push(Fault::of_file(path, reason));
        }
        let text = tree.text(path).unwrap_or_default();
        faults.extend(Program::faults_beside(path, text, beside));
    }
    faults
}

/// The folders of which every file is read.
const FOLDERS: [&str; 3] = ["checks/", "forms/", "programs/"];

fn unknown_files(tree: &Tree, faults: &mut Vec<Fault>) {
    const KNOWN: [&str; 19] = [
        "views.toml",
        "sources.toml",
        "categories.toml",
        "capabilities.toml",
        "coverage.toml",
        "publisher.toml",
        "roles.toml",
        "sign_in.toml",
        "mailboxes.toml",
        "confirmation.toml",
        "filings.toml",
        "limits.toml",
        "patients.toml",
        "retention.toml",
        "attachments.toml",
        "topics.toml",
        "inquiry.toml",
        "fees.toml",
        "offices.toml",
    ];
    for (path, _) in tree.files() {
        let is_one_of_many = FOLDERS.iter().any(|folder| path.starts_with(folder));
        if !KNOWN.contains(&path) && !is_one_of_many {
            let reason = format!(
                "この名前の定義ファイルは使われません。{}、checks/名前.toml、forms/名前.toml、programs/名前.toml のどれかとしてください。",
                KNOWN.join("、")
            );
            faults.push(Fault::of_file(path, reason));
        }
    }
}

fn entries<'a, T>(file: &'static str, text: &'a str, list: Vec<Spanned<T>>) -> Entries<'a, T> {
    let list = list
        .into_iter()
        .map(|entry| (line_at(text, entry.span().start), entry.into_inner()))
        .collect();
    Entries { file, text, list }
}

fn values_of<'a, T>(entries: &'a Entries<'_, T>) -> Vec<&'a T> {
    entries.list.iter().map(|(_, value)| value).collect()
}

fn values<T>(entries: Entries<'_, T>) -> Vec<T> {
    entries.list.into_iter().map(|(_, value)| value).collect()
}
