//! Takes one chunk of records into the database: unchanged, changed, repeated, or new and to be matched.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{DatabaseTransaction, DbErr};

use super::content::{CHANGES_TOLD, Changed};
use super::fold::{self, Keys, SaidBy};
use super::queries::{self, KnownRecord, NewRecord};
use super::report::{self, NEW_TOLD, Taken, add_rows};
use super::write::{self, Ids, Written};
use crate::database::Writer;
use crate::directory::search::index::Indexer;
use crate::directory::source::locate::Places;
use crate::directory::source::said::is_same_service;
use crate::directory::source::{Cause, Finding, Format, Record, Said};

mod candidates;
mod place;
mod told;

use candidates::Slot;
pub(super) use told::Told;

/// The state of one file's import.
pub(super) struct Importer<'t> {
    pub writer: Writer,
    pub places: &'t Places,
    pub batch: i64,
    pub ids: Ids,
    pub indexer: Indexer,
    /// The last site that was there before the file.
    pub last_site: i64,
    /// Sites that have their one row in this file, where a facility has no more.
    pub had_their_row: HashSet<i64>,
    /// Rows of each scope met so far.
    pub scopes: BTreeMap<String, u64>,
    pub tally: Tally,
}

/// Counts for the report.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub new_rows: u64,
    pub changed_rows: u64,
    pub unchanged_rows: u64,
    pub repeated_rows: u64,
    pub outside_rows: u64,
    pub records: u64,
    pub matched: u64,
    pub in_file: u64,
    pub new_sites: u64,
    pub new_services: u64,
    pub to_review: u64,
    pub new_records: Vec<report::NewRecord>,
    pub n_new: u64,
    pub n_changed: u64,
    pub taken: Taken,
    pub changes: Vec<Changed>,
}

/// A told record with the site it goes to.
struct Placed {
    record: Record,
    json: String,
    keys: Keys,
    slot: Slot,
    /// The site's service of this kind is its own, though the list speaks of it already.
    is_edition: bool,
}

impl Importer<'_> {
    /// Writes the chunk; answers the repeated rows.
    pub async fn take(&mut self, told: Vec<Told>) -> Result<Vec<Finding>, DbErr> {
        let keys = told.iter().map(|told| told.record.key.as_str()).collect();
        let known = queries::known_records(self.writer.settled().await?, keys).await?;
        let mut in_chunk = HashSet::new();
        let mut findings = Vec::new();
        let mut seen = Vec::new();
        let mut changed = Vec::new();
        let mut fresh = Vec::new();
        for told in told {
            let record = &told.record;
            *self.scopes.entry(record.scope.clone()).or_default() += record.rows.len() as u64;
            self.tally.records += 1;
            if self
                .places
                .home
                .as_ref()
                .is_some_and(|home| home.is_outside(record))
            {
                self.tally.outside_rows += record.rows.len() as u64;
            }
            let name = (record.scope.clone(), record.key.clone());
            let before = known.get(&name);
            let is_repeated = before.is_some_and(|known| known.seen_batch_id == self.batch);
            if is_repeated || !in_chunk.insert(name) {
                self.tally.repeated_rows += record.rows.len() as u64;
                findings.extend(repeated(record));
                continue;
            }
            let rows = record.rows.len() as u64;
            if let Some(known) = before {
                self.had_its_row(record, known.site_id);
            }
            match before {
                Some(known) if known.content == told.json => {
                    self.tally.unchanged_rows += rows;
                    add_rows(&mut self.tally.taken.unchanged, &record.rows);
                    seen.push(known.clone());
                }
                Some(known) => {
                    self.tally.changed_rows += rows;
                    add_rows(&mut self.tally.taken.changed, &record.rows);
                    changed.push((known.clone(), told));
                }
                None => {
                    let other = Format::other_edition(&record.scope)
                        .and_then(|scope| known.get(&(scope, record.key.clone())))
                        .map(|known| known.site_id);
                    fresh.push(Told {
                        other_edition: other,
                        ..told
                    });
                }
            }
        }
        self.see(&seen).await?;
        let mut touched = self.change(&changed).await?;
        let (sites, again) = self.add(fresh).await?;
        touched.extend(sites);
        findings.extend(again);
        write::refresh_sites(
            &mut self.writer,
            self.batch,
            self.places,
            &mut self.ids,
            &mut self.indexer,
            &touched,
        )
        .await?;
        if self.indexer.has_many() {
            let documents = self.indexer.take().await?;
            self.writer.write(|engine| documents.inserts(engine)).await;
        }
        Ok(findings)
    }

    /// Writes what still waits; answers the transaction, the counts and the rows of each list.
    pub async fn end(
        mut self,
    ) -> Result<(DatabaseTransaction, Tally, BTreeMap<String, u64>), DbErr> {
        self.indexer.flush(self.writer.settled().await?).await?;
        Ok((self.writer.end().await?, self.tally, self.scopes))
    }

    /// Marks unchanged records as met.
    async fn see(&mut self, seen: &[KnownRecord]) -> Result<(), DbErr> {
        if seen.is_empty() {
            return Ok(());
        }
        self.keep_sightings(seen.iter()).await?;
        let ids: Vec<i64> = seen.iter().map(|known| known.id).collect();
        queries::mark_seen(self.writer.settled().await?, self.batch, &ids).await
    }

    /// Keeps for undo which batch had met the records before.
    async fn keep_sightings(
        &mut self,
        records: impl Iterator<Item = &KnownRecord>,
    ) -> Result<(), DbErr> {
        let mut by_batch: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for known in records {
            by_batch
                .entry(known.seen_batch_id)
                .or_default()
                .push(known.id);
        }
        let tx = self.writer.settled().await?;
        for (before, ids) in by_batch {
            let change_id = self.ids.batch_change.next();
            queries::insert_sighting(tx, self.batch, change_id, before, &ids).await?;
        }
        Ok(())
    }

    /// Keeps the new text of changed records and the old one for undo; answers their sites.
    async fn change(&mut self, changed: &[(KnownRecord, Told)]) -> Result<BTreeSet<i64>, DbErr> {
        if changed.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.keep_sightings(changed.iter().map(|(known, _)| known))
            .await?;
        let tx = self.writer.settled().await?;
        for (known, Told { record, json, .. }) in changed {
            let change_id = self.ids.batch_change.next();
            queries::change_record(tx, self.batch, change_id, known, record, json).await?;
            self.tally.n_changed += 1;
            if self.tally.changes.len() < CHANGES_TOLD {
                self.tally.changes.push(Changed::of(&known.content, json));
            }
        }
        let told = changed.iter();
        let codes: Vec<(i64, &Said)> = told
            .map(|(known, told)| (known.site_id, &told.record.said))
            .collect();
        queries::add_codes(&mut self.writer, self.batch, &codes).await;
        Ok(changed.iter().map(|(known, _)| known.site_id).collect())
    }

    /// Places and writes new records; answers the sites that were there before, and the rows that say what an earlier one says.
    async fn add(&mut self, fresh: Vec<Told>) -> Result<(BTreeSet<i64>, Vec<Finding>), DbErr> {
        if fresh.is_empty() {
            return Ok(Default::default());
        }
        let (placed, reviews, findings) = self.place(fresh).await?;
        let new_sites = self.write_new_sites(&placed).await?;
        let touched = placed
            .iter()
            .filter_map(|placed| match placed.slot {
                Slot::Existing(id) => Some(id),
                Slot::New(_) => None,
            })
            .collect();
        let services = self.services_of(&placed, &new_sites).await?;
        self.write_records(&placed, &services).await;
        self.write_reviews(&reviews).await?;
        Ok((touched, findings))
    }

    fn had_its_row(&mut self, record: &Record, site_id: i64) {
        if Format::has_one_row_each(&record.scope) {
            self.had_their_row.insert(site_id);
        }
    }

    /// New sites of this chunk, each folded from all its records here.
    async fn write_new_sites(&mut self, placed: &[Placed]) -> Result<HashMap<i64, Written>, DbErr> {
        let mut by_site: BTreeMap<i64, Vec<&Placed>> = BTreeMap::new();
        for placed in placed {
            if let Slot::New(id) = placed.slot {
                by_site.entry(id).or_default().push(placed);
            }
        }
        let fields = |placed: &[&Placed]| {
            let said: Vec<&Said> = placed.iter().map(|placed| &placed.record.said).collect();
            match placed {
                [alone] => fold::site(&said, Some(alone.keys.clone())),
                _ => fold::site(&said, None),
            }
        };
        let sites = by_site.into_iter();
        let sites = sites.map(|(id, placed)| (id, fields(&placed))).collect();
        write::insert_sites(
            &mut self.writer,
            self.batch,
            self.places,
            &mut self.ids,
            sites,
        )
        .await
    }

    /// For each placed record its service: one of the site's own of the same kind, else a new one.
    async fn services_of(
        &mut self,
        placed: &[Placed],
        new_sites: &HashMap<i64, Written>,
    ) -> Result<Vec<i64>, DbErr> {
        let existing: Vec<i64> = placed
            .iter()
            .filter_map(|placed| placed.slot.existing())
            .collect();
        let (mut open, mut taken) = match existing.is_empty() {
            true => Default::default(),
            false => {
                let tx = self.writer.settled().await?;
                let open = queries::services_of_sites(tx, &existing).await?;
                (open, queries::scopes_of_services(tx, &existing).await?)
            }
        };
        let mut fresh: Vec<(i64, i64, Vec<&Said>)> = Vec::new();
        let mut out = Vec::with_capacity(placed.len());
        for placed in placed {
            let record = &placed.record;
            let site_id = placed.slot.id();
            let services = open.entry(site_id).or_default();
            let fitting = services.iter().find(|(id, code)| {
                is_same_service(code, &record.said.category)
                    && (placed.is_edition || !taken.contains(&(*id, record.scope.clone())))
            });
            let id = match fitting {
                Some((id, _)) => *id,
                None => {
                    let id = self.ids.service.next();
                    self.tally.new_services += 1;
                    services.push((id, record.said.category.clone()));
                    fresh.push((id, site_id, Vec::new()));
                    id
                }
            };
            if let Some((_, _, said)) = fresh.iter_mut().rfind(|(fresh, _, _)| *fresh == id) {
                said.push(&record.said);
            }
            taken.insert((id, record.scope.clone()));
            out.push(id);
        }
        write::insert_services(
            &mut self.writer,
            self.batch,
            &fresh,
            new_sites,
            &mut self.indexer,
        )
        .await;
        Ok(out)
    }

    async fn write_records(&mut self, placed: &[Placed], services: &[i64]) {
        self.tell_new(placed, services);
        let rows: Vec<NewRecord<'_>> = placed
            .iter()
            .zip(services)
            .map(|(placed, service_id)| NewRecord {
                id: self.ids.source_record.next(),
                record: &placed.record,
                json: &placed.json,
                site_id: placed.slot.id(),
                service_id: *service_id,
            })
            .collect();
        queries::insert_records(&mut self.writer, self.batch, &rows).await;
        let codes: Vec<(i64, &Said)> = placed
            .iter()
            .map(|placed| (placed.slot.id(), &placed.record.said))
            .collect();
        queries::add_codes(&mut self.writer, self.batch, &codes).await;
    }

    /// Tells the first new records by name, each row once.
    fn tell_new(&mut self, placed: &[Placed], services: &[i64]) {
        let of_rows = placed.iter().zip(services);
        for (placed, service) in of_rows.filter(|(placed, _)| !placed.record.rows.is_empty()) {
            self.tally.n_new += 1;
            if self.tally.new_records.len() < NEW_TOLD {
                self.tally.new_records.push(report::NewRecord {
                    name: placed.record.said.name.clone(),
                    service: *service,
                });
            }
        }
    }
}

fn repeated(record: &Record) -> impl Iterator<Item = Finding> + '_ {
    record
        .rows
        .iter()
        .map(|at| at.finding("番号", &record.key, Cause::DuplicateRow))
}

/// Groups what the lists say of some sites by site, best list first.
pub(super) fn by_site(rows: Vec<(i64, SaidBy)>) -> HashMap<i64, Vec<SaidBy>> {
    let mut out: HashMap<i64, Vec<SaidBy>> = HashMap::new();
    for (site_id, said) in rows {
        out.entry(site_id).or_default().push(said);
    }
    out.values_mut().for_each(|records| fold::in_order(records));
    out
}
