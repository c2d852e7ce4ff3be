//! Whether the files about accounts hold together.

use super::super::account::{MailboxKind, SignInRule};
use super::super::fault::Fault;
use super::super::read::Entries;
use super::{code_and_texts, twice};
use crate::account::policy::Role;

/// A role stands once, has a name, and says with whose objects each of its deeds may be done.
pub fn roles(roles: &Entries<'_, Role>) -> Vec<Fault> {
    let mut faults = twice(roles, "コード", |role| vec![role.code.clone()]);
    for (line, role) in &roles.list {
        if role.name.trim().is_empty() {
            let reason = format!("役割「{}」の名前（name）が空です。", role.code);
            faults.push(roles.fault(*line, "name", reason));
        }
        for (deed, relations) in &role.may {
            if relations.is_empty() {
                let reason = format!(
                    "「{}」の範囲が空です。許さないときは、行ごと消してください。",
                    deed.code()
                );
                faults.push(roles.fault(*line, deed.code(), reason));
            }
        }
    }
    faults
}

/// No limit that would lock everybody out, and no password shorter than the guideline has it.
pub fn sign_in(rule: &SignInRule) -> Vec<Fault> {
    let too_small = rule.least().into_iter().filter(|(_, is, least)| is < least);
    let fault = |(name, is, least)| {
        let reason = format!("{name} は{least}以上です: {is}");
        Fault::of_file("sign_in.toml", reason)
    };
    too_small.map(fault).collect()
}

/// A mailbox stands once, has a name, and is answered by roles that exist.
pub fn mailboxes(mailboxes: &Entries<'_, MailboxKind>, roles: &Entries<'_, Role>) -> Vec<Fault> {
    let mut faults = twice(mailboxes, "コード", |mailbox| vec![mailbox.code.clone()]);
    for (line, mailbox) in &mailboxes.list {
        let texts = [&mailbox.code, &mailbox.name];
        faults.extend(code_and_texts(mailboxes.file, *line, &mailbox.code, &texts));
        let is_known = |code: &String| roles.list.iter().any(|(_, role)| role.code == *code);
        for role in mailbox.roles.iter().filter(|role| !is_known(role)) {
            let reason = format!("役割「{role}」は roles.toml にありません。");
            faults.push(mailboxes.fault(*line, "roles", reason));
        }
    }
    faults
}
