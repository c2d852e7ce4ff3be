//! Reads every file into its entries, and hands them on only when all of them hold together.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::account::{MailboxKind, SignInRule};
use super::check::Check;
use super::confirmation::ConfirmationRule;
use super::fault::{Fault, line_at, of_toml};
use super::filing::FilingKinds;
use super::limit::LimitRule;
use super::retention::Retention;
use super::tree::Tree;
use super::vocabulary::{Capability, Category, CoverageRule, Group, Publisher, Source, View};
use super::whole;
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
    pub retention: Vec<Retention>,
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
    let checks = checks(tree, &mut faults);
    let coverage = file::<CoverageRule>(tree, "coverage.toml", &mut faults);
    let publisher = file::<Publisher>(tree, "publisher.toml", &mut faults);
    let roles = file::<RoleFile>(tree, "roles.toml", &mut faults);
    let sign_in = file::<SignInRule>(tree, "sign_in.toml", &mut faults);
    let mailboxes = file::<MailboxFile>(tree, "mailboxes.toml", &mut faults);
    let confirmation = file::<ConfirmationRule>(tree, "confirmation.toml", &mut faults);
    let filings = file::<FilingKinds>(tree, "filings.toml", &mut faults);
    let limits = file::<LimitRule>(tree, "limits.toml", &mut faults);
    let retention = file::<RetentionFile>(tree, "retention.toml", &mut faults);
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
    let (Some((_, limits)), Some(retention)) = (limits, retention) else {
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
    for (name, wrong) in [
        ("confirmation.toml", confirmation.faults()),
        ("filings.toml", filings.faults()),
        ("limits.toml", limits.faults()),
    ] {
        faults.extend(wrong.into_iter().map(|reason| Fault::of_file(name, reason)));
    }
    faults.extend(whole::retention(&retention));
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
        retention: values(retention),
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

fn checks(tree: &Tree, faults: &mut Vec<Fault>) -> Vec<Check> {
    let files = tree.files().filter(|(path, _)| path.starts_with("checks/"));
    files
        .filter_map(|(path, text)| match Check::parse(path, text) {
            Ok(check) => Some(check),
            Err(found) => {
                faults.extend(found);
                None
            }
        })
        .collect()
}

fn unknown_files(tree: &Tree, faults: &mut Vec<Fault>) {
    const KNOWN: [&str; 13] = [
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
        "retention.toml",
    ];
    for (path, _) in tree.files() {
        if !KNOWN.contains(&path) && !path.starts_with("checks/") {
            let reason = format!(
                "この名前の定義ファイルは使われません。{} または checks/名前.toml としてください。",
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

fn values<T>(entries: Entries<'_, T>) -> Vec<T> {
    entries.list.into_iter().map(|(_, value)| value).collect()
}
