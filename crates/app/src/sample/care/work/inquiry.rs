//! Inquiries of the invented persons, with answers in each state.

use chrono::Days;
use keniki_base::clock::jst_day;
use keniki_base::id::{CaseId, InquiryId, ServiceId};
use sea_orm::DatabaseTransaction;

use super::{Desk, Shared, WorkError};
use crate::account::By;
use crate::case::inquiry::{self, Answer, Asked, Choice, Incoming, NewInquiry, Reply, candidates};
use crate::definition::patient::Basis;
use crate::directory::search::Thesaurus;
use crate::patient::consent::{self, GivenBy, NewConsent};

/// So many are asked at once.
const N_ASKED: usize = 3;

/// What becomes of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Answered, and waiting for a choice.
    Answered(Answer),
    /// Answered and chosen.
    Chosen,
    /// Taken back.
    Closed,
    /// Nobody has answered yet.
    Asked,
}

/// Of which case, what is asked, and what becomes of it; what nobody answers comes last, so that an answer meets its inquiry.
const INQUIRIES: [(usize, &str, Fate); 6] = [
    (1, "transfer", Fate::Answered(Answer::More)),
    (2, "home_nursing", Fate::Answered(Answer::Can)),
    (3, "home_nursing", Fate::Chosen),
    (4, "transfer", Fate::Answered(Answer::Cannot)),
    (5, "transfer", Fate::Closed),
    (0, "transfer", Fate::Asked),
];

/// Whether the visiting nurses are asked in this case.
pub(super) fn asks_nursing(number: usize) -> bool {
    let mut all = INQUIRIES.iter();
    all.any(|(of, kind, _)| *of == number && *kind == "home_nursing")
}

impl Desk<'_> {
    /// Asks, answers, chooses and takes back.
    pub(super) async fn inquire(
        &self,
        tx: &DatabaseTransaction,
        shared: &[Shared],
    ) -> Result<(), WorkError> {
        let thesaurus = Thesaurus::of(self.definitions);
        for (number, kind, fate) in INQUIRIES {
            let Some(whose) = shared.get(number) else {
                continue;
            };
            let (asking, asked) = match kind {
                "transfer" => (&self.people.hospital, &self.people.clinic),
                _ => (&self.people.care_manager, &self.people.nursing),
            };
            let sent = self.ask(tx, &thesaurus, asking, (whose.case, kind)).await?;
            let Some(id) = sent else {
                continue;
            };
            match fate {
                Fate::Asked => {}
                Fate::Closed => {
                    inquiry::close(tx, self.house(), asking, id, self.at(90)).await?;
                }
                Fate::Answered(answer) => self.reply(tx, asked, answer).await?,
                Fate::Chosen => {
                    self.reply(tx, asked, Answer::Waiting).await?;
                    self.choose(tx, asking, (*whose, id)).await?;
                }
            }
        }
        Ok(())
    }

    /// None: nobody can be asked here.
    async fn ask(
        &self,
        tx: &DatabaseTransaction,
        thesaurus: &Thesaurus,
        by: &By,
        (case, kind): (CaseId, &str),
    ) -> Result<Option<InquiryId>, WorkError> {
        let asked = Asked {
            kind: kind.to_owned(),
            ..Asked::default()
        };
        let tools = (self.house(), thesaurus);
        let found = candidates(tx, tools, by, (case, &asked), self.at(75)).await?;
        let is_here = found.found.first().is_some_and(|it| it.is_reached);
        if found.through.is_some() || !is_here {
            return Ok(None);
        }
        let services = found.found.iter().take(N_ASKED);
        let new = NewInquiry {
            kind: kind.to_owned(),
            from_on: Some(jst_day(self.now) + Days::new(7)),
            note: "杖で歩けます。夜は見守りが要ります。".to_owned(),
            phone: "0409-20-0001".to_owned(),
            services: services.map(|it| ServiceId::new(it.service.id)).collect(),
            ..NewInquiry::default()
        };
        let id = inquiry::send(tx, self.house(), by, (case, &new), self.at(75)).await?;
        Ok(Some(id))
    }

    /// Answers the oldest that waits.
    async fn reply(
        &self,
        tx: &DatabaseTransaction,
        by: &By,
        answer: Answer,
    ) -> Result<(), WorkError> {
        let (_, waiting) = inquiry::received(tx, by, (Incoming::Waiting, 1)).await?;
        let Some(target) = waiting.first().map(|it| it.id) else {
            return Ok(());
        };
        let notice = inquiry::read(tx, by, target, self.at(80)).await?;
        let words = match answer {
            Answer::More => "吸引と夜間の付き添いがあるかを教えてください。",
            Answer::Can | Answer::Waiting | Answer::Cannot | Answer::Forwarded => "",
        };
        let reply = Reply {
            answer,
            reason: match answer {
                Answer::Cannot => "full".to_owned(),
                Answer::Can | Answer::Waiting | Answer::More | Answer::Forwarded => String::new(),
            },
            words: words.to_owned(),
            free_from: answer
                .can_be_chosen()
                .then(|| jst_day(self.now) + Days::new(10)),
            phone: "0409-20-0002".to_owned(),
            seen: notice.version,
        };
        inquiry::answer(tx, self.house(), by, (target, &reply), self.at(85)).await?;
        Ok(())
    }

    /// The user agrees, and chooses whoever can.
    async fn choose(
        &self,
        tx: &DatabaseTransaction,
        by: &By,
        (whose, id): (Shared, InquiryId),
    ) -> Result<(), WorkError> {
        let shown = inquiry::show(tx, self.house(), by, id, self.at(90)).await?;
        let can = |it: &&inquiry::Target| it.answer.is_some_and(Answer::can_be_chosen);
        let Some(target) = shown.targets.iter().find(can) else {
            return Ok(());
        };
        let agreed = NewConsent {
            patient: whose.patient,
            given_by: GivenBy::User,
            giver: String::new(),
            scope: self.definitions.inquiries().consent_scope.clone(),
            purpose: "訪問看護の調整".to_owned(),
            basis: Basis::Consent,
            valid_from: jst_day(self.now),
            valid_to: None,
        };
        let rule = self.definitions.patients();
        consent::record(tx, rule, by, (&agreed, None), self.at(90)).await?;
        let choice = Choice {
            users_choice: "家から近く、夜も電話がつながるところを本人が選んだ".to_owned(),
            seen: target.version,
        };
        inquiry::choose(tx, self.house(), by, (target.id, &choice), self.at(95)).await?;
        Ok(())
    }
}
