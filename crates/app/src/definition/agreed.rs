//! What the files say of people who are cared for: programs, fees, care teams, what is attached, written and asked.

use chrono::NaiveDate;

use super::Definitions;
use super::attachment::AttachmentRule;
use super::fee::Fees;
use super::inquiry::Inquiries;
use super::office::Offices;
use super::patient::PatientRule;
use super::program::Program;
use super::topic::Topics;

/// A version of a program, and the words of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramFile {
    /// As it is read.
    pub program: Program,
    /// As it is written: kept with the first case that begins under it.
    pub text: String,
}

impl Definitions {
    /// People who are cared for: their care teams, consent, look-up, emergencies.
    pub fn patients(&self) -> &PatientRule {
        &self.patients
    }

    /// Whether somebody in an account's role works in a part of a care team: answers its mailbox, or helps who does.
    pub fn works_in(&self, role: &str, team_role: &str) -> bool {
        let Some(part) = self.patients.team_role(team_role) else {
            return false;
        };
        let mailbox = self.mailboxes.iter().find(|it| it.code == part.mailbox);
        let answers = mailbox.is_some_and(|it| it.roles.iter().any(|it| it == role));
        answers || part.held_by.contains(role)
    }

    /// What may be attached.
    pub fn attachments(&self) -> &AttachmentRule {
        &self.attachments
    }

    /// What messages on a case are about.
    pub fn topics(&self) -> &Topics {
        &self.topics
    }

    /// How somebody is asked for without a name.
    pub fn inquiries(&self) -> &Inquiries {
        &self.inquiries
    }

    /// Fees with a deadline of their own.
    pub fn fees(&self) -> &Fees {
        &self.fees
    }

    /// Windows with hours of their own.
    pub fn offices(&self) -> &Offices {
        &self.offices
    }

    /// Every version of every program, in the order of code and day.
    pub fn programs(&self) -> &[ProgramFile] {
        &self.programs
    }

    /// The version of a program under which a case begins on `day`: the newest that holds.
    pub fn program_on(&self, code: &str, day: NaiveDate) -> Option<&ProgramFile> {
        let holds = |it: &&ProgramFile| it.program.code == code && it.program.holds_on(day);
        self.programs.iter().rfind(holds)
    }

    /// A certain version of a program.
    pub fn program_version(&self, code: &str, version: &str) -> Option<&ProgramFile> {
        let is_it = |it: &&ProgramFile| it.program.code == code && it.program.version == version;
        self.programs.iter().find(is_it)
    }
}
