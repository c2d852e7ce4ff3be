//! Handovers between the invented persons, one in each state, and the messages of their cases.

use keniki_base::chance::SeededChance;
use keniki_base::id::{CaseId, HandoverId};
use sea_orm::DatabaseTransaction;

use super::{Desk, Shared, WorkError, organization};
use crate::account::By;
use crate::attachment::Sealing;
use crate::attachment::key::KeyFile;
use crate::case::handover::stage::At;
use crate::case::handover::{self, OTHER, Sending};
use crate::message::{self, NewMessage};

/// How far each goes, from the hospital; the last two go to it.
const STATES: [(At, bool); 8] = [
    (At::Sent, true),
    (At::Read, true),
    (At::Accepted, true),
    (At::Returned, true),
    (At::Done, true),
    (At::Cancelled, true),
    (At::Sent, false),
    (At::Returned, false),
];

const SUBJECTS: [(&str, &str); 4] = [
    (
        "内服の変更について",
        "入院中に血圧の薬が変わりました。朝1回になり、飲み忘れはありません。ご自宅での服薬の確認をお願いします。",
    ),
    (
        "食事と飲み込みについて",
        "とろみをつけた水分で、むせずに飲めています。主食は軟飯です。配食のときに同じ形にしてください。",
    ),
    (
        "歩行と住まいについて",
        "杖で病棟内を歩けます。玄関の段差に手すりが要りそうです。退院前に家屋を一緒に見ていただけますか。",
    ),
    (
        "ご家族の介護について",
        "長女さんが週末に泊まれるそうです。平日の夜の見守りが課題です。サービスの組み方を相談させてください。",
    ),
];

const MESSAGES: [(&str, &str); 3] = [
    (
        "schedule",
        "退院前の話し合いは、来週の火曜か木曜の午後でいかがでしょうか。",
    ),
    ("wishes", "ご本人は、家の畑を見に帰りたいと話しています。"),
    (
        "condition",
        "昨夜は38度の熱がありましたが、今朝は下がっています。",
    ),
];

impl Desk<'_> {
    /// What the cases share.
    pub(super) async fn hand_over(
        &self,
        tx: &DatabaseTransaction,
        cases: &[Shared],
    ) -> Result<(), WorkError> {
        let (keys, chance) = (KeyFile::of(None, ""), SeededChance::of(1));
        let sealing = Sealing {
            rule: self.definitions.attachments(),
            keys: &keys,
            chance: &chance,
        };
        let (hospital, manager) = (&self.people.hospital, &self.people.care_manager);
        for (number, (shared, (state, is_out))) in cases.iter().zip(STATES).enumerate() {
            let case = shared.case;
            let (from, to) = match is_out {
                true => (hospital, manager),
                false => (manager, hospital),
            };
            let (subject, words) = SUBJECTS[number % SUBJECTS.len()];
            let sending = Sending {
                purpose: OTHER.to_owned(),
                to: Some(organization(to)),
                subject: subject.to_owned(),
                words: words.to_owned(),
                ..Sending::default()
            };
            let sent = (sending, sealing);
            let id = handover::send(tx, self.house(), from, case, sent, self.at(20)).await?;
            self.go_on(tx, (from, to), (id, state)).await?;
            self.talk(tx, (from, to), (case, number, sealing)).await?;
        }
        Ok(())
    }

    async fn go_on(
        &self,
        tx: &DatabaseTransaction,
        (from, to): (&By, &By),
        (id, state): (HandoverId, At),
    ) -> Result<(), WorkError> {
        let house = self.house();
        match state {
            At::Sent => return Ok(()),
            At::Cancelled => {
                let why = "相手を間違えました";
                handover::cancel(tx, house, from, (id, why), self.at(30)).await?;
                return Ok(());
            }
            At::Read | At::Accepted | At::Returned | At::Done => {
                handover::read(tx, house, to, id, self.at(30)).await?;
            }
        }
        match state {
            At::Returned => {
                let why = "この方は、先月から別の担当に替わっています。担当者の名前を添えて送り直してください。";
                handover::return_back(tx, house, to, (id, why), self.at(40)).await?;
            }
            At::Accepted | At::Done => {
                handover::accept(tx, house, to, id, self.at(40)).await?;
            }
            At::Sent | At::Read | At::Cancelled => {}
        }
        if state == At::Done {
            handover::done(tx, house, to, id, self.at(60)).await?;
        }
        Ok(())
    }

    /// Some words of either side; of every third case all is read.
    async fn talk(
        &self,
        tx: &DatabaseTransaction,
        (from, to): (&By, &By),
        (case, number, sealing): (CaseId, usize, Sealing<'_>),
    ) -> Result<(), WorkError> {
        let house = message::House {
            topics: self.definitions.topics(),
            sealing,
        };
        let talk = [(45, to), (50, from), (55, &self.people.care_manager)];
        for (said, (at, by)) in talk.into_iter().enumerate() {
            let (topic, text) = MESSAGES[(number + said) % MESSAGES.len()];
            let new = NewMessage {
                topic: topic.to_owned(),
                text: text.to_owned(),
                phone: String::new(),
                former: None,
                files: Vec::new(),
                form_key: None,
            };
            message::write(tx, by, (case, new, house), self.at(at)).await?;
        }
        if number % 3 == 2 {
            for by in [from, to] {
                message::mark_read(tx, by, case, self.at(70)).await?;
            }
        }
        Ok(())
    }
}
