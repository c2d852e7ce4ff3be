//! Decides for each new record which site it goes to, what a person is asked, and which row only says again what another said.

use std::collections::HashMap;

use sea_orm::DbErr;

use super::candidates::{Candidates, Slot};
use super::{Importer, Placed, Told};
use crate::directory::source::{Cause, Finding, Record};
use crate::import::matching::{CERTAIN, SameNumber, Verdict, WORTH_ASKING};
use crate::import::queries;
use crate::import::report::add_rows;

/// What a row by hand is to one that its list has already, with the same name and address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// The same row, further up in the file.
    Row,
    /// The same place, written otherwise in an earlier edition.
    Edition,
    /// Another telephone number: a person is asked. Whether the other row is in the file, too.
    OtherNumber { in_file: bool },
}

/// The lists that speak of a site, and whether they do so in this file.
type Lists = HashMap<(i64, String), bool>;

/// Two sites that may be one.
pub(super) type Review = (i64, i64, Verdict);

impl Importer<'_> {
    /// Places new records; answers what a person is asked, and what is to be said of their rows.
    pub(super) async fn place(
        &mut self,
        fresh: Vec<Told>,
    ) -> Result<(Vec<Placed>, Vec<Review>, Vec<Finding>), DbErr> {
        let batch = self.batch;
        let tx = self.writer.settled().await?;
        let mut candidates = Candidates::load(tx, &fresh).await?;
        let mut lists = match fresh.iter().any(Told::is_by_hand) {
            true => queries::lists_of_sites(tx, batch, &candidates.existing()).await?,
            false => Lists::new(),
        };
        let mut placed = Vec::with_capacity(fresh.len());
        let (mut reviews, mut findings) = (Vec::new(), Vec::new());
        for told in fresh {
            let is_by_hand = told.is_by_hand();
            let (category, others) = (told.record.said.category.as_str(), &self.had_their_row);
            let best = candidates.best(&told.identity, category, others);
            let again = again(&told, best.as_ref(), &candidates, &lists);
            findings.extend(said_again(&told.record, again));
            let rows = told.record.rows.len() as u64;
            if again == Some(Again::Row) {
                self.tally.repeated_rows += rows;
                continue;
            }
            self.tally.new_rows += rows;
            add_rows(&mut self.tally.taken.new, &told.record.rows);
            let slot = self.slot(&told, best, again, &mut candidates, &mut reviews);
            if is_by_hand {
                lists.insert((slot.id(), told.record.scope.clone()), true);
            }
            self.had_its_row(&told.record, slot.id());
            placed.push(Placed {
                record: told.record,
                json: told.json,
                keys: told.keys,
                slot,
                is_edition: again == Some(Again::Edition),
            });
        }
        Ok((placed, reviews, findings))
    }

    /// The site of a record: one that is there, or a new one, with what a person is asked.
    fn slot(
        &mut self,
        told: &Told,
        best: Option<(Slot, Verdict)>,
        again: Option<Again>,
        candidates: &mut Candidates,
        reviews: &mut Vec<Review>,
    ) -> Slot {
        let (category, others) = (told.record.said.category.as_str(), &self.had_their_row);
        let certain = best.as_ref().and_then(|(slot, verdict)| match again {
            Some(Again::OtherNumber { .. }) => None,
            Some(Again::Row | Again::Edition) => Some(*slot),
            None => (verdict.confidence >= CERTAIN).then_some(*slot),
        });
        if let Some(slot) = certain.or(told.other_edition.map(Slot::Existing)) {
            match slot.id() > self.last_site {
                true => self.tally.in_file += 1,
                false => self.tally.matched += 1,
            }
            // The record is what two lists have in common that had nothing to be joined by.
            let twin =
                certain.and_then(|slot| candidates.twin(&told.identity, category, slot, others));
            reviews.extend(twin.map(|(other, verdict)| (other.id(), slot.id(), verdict)));
            candidates.learn(slot, &told.identity);
            return slot;
        }
        let slot = Slot::New(self.ids.site.next());
        self.tally.new_sites += 1;
        candidates.add(slot, told.identity.clone(), category);
        let doubt = match again {
            Some(Again::OtherNumber { .. }) => {
                best.map(|(other, verdict)| (other, verdict.asked("電話番号は違う")))
            }
            Some(Again::Row | Again::Edition) | None => {
                best.filter(|(_, verdict)| verdict.confidence >= WORTH_ASKING)
            }
        };
        reviews.extend(doubt.map(|(other, verdict)| (slot.id(), other.id(), verdict)));
        slot
    }

    /// Keeps what a person is asked; the sites are written.
    pub(super) async fn write_reviews(&mut self, reviews: &[Review]) -> Result<(), DbErr> {
        for (site_id, candidate_id, verdict) in reviews {
            self.tally.to_review += 1;
            let id = self.ids.match_review.next();
            let reasons = verdict.reasons.join("、");
            queries::insert_review(
                self.writer.settled().await?,
                self.batch,
                id,
                (*site_id, *candidate_id),
                verdict.confidence,
                &reasons,
            )
            .await?;
        }
        Ok(())
    }
}

/// What a row by hand is to the row of its list that made the site most like it.
fn again(
    told: &Told,
    best: Option<&(Slot, Verdict)>,
    candidates: &Candidates,
    lists: &Lists,
) -> Option<Again> {
    let (slot, _) = best.filter(|_| told.is_by_hand())?;
    let in_file = *lists.get(&(slot.id(), told.record.scope.clone()))?;
    Some(
        match (
            told.identity.says_again(candidates.identity(*slot)?)?,
            in_file,
        ) {
            (SameNumber::No, in_file) => Again::OtherNumber { in_file },
            (SameNumber::Yes, true) => Again::Row,
            (SameNumber::Yes, false) => Again::Edition,
        },
    )
}

fn said_again(record: &Record, again: Option<Again>) -> Vec<Finding> {
    let cause = match again {
        Some(Again::Row) => Cause::SameRow,
        Some(Again::OtherNumber { in_file: true }) => Cause::SimilarRow,
        Some(Again::OtherNumber { in_file: false } | Again::Edition) | None => return Vec::new(),
    };
    let rows = record.rows.iter();
    rows.map(|at| at.finding("名称", &record.said.name, cause))
        .collect()
}
