//! One binary for all that crosses a crate.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod account;
mod api;
mod area;
mod audit;
mod audit_review;
mod backup;
mod bundle;
mod checks;
mod confirmation;
mod coverage;
mod database;
mod desk;
mod draft;
mod export;
mod filing;
mod filings;
mod hostile;
mod import;
mod jobs;
mod limit;
mod logs;
mod page;
mod proposal;
mod proposal_sheet;
mod provider;
mod published_lists;
mod retention;
mod routes;
mod sample;
mod search;
mod table;
mod tidy;
mod tls;
mod who_sees;
