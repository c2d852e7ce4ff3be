//! Every rule, query and migration of Keniki, in folders by subject.
//!
//! `app` knows nothing of HTML, FHIR, SVG or the process environment. State changes only through
//! actions (`verb(tx, by, input, now)`), SQL stands only in files called `queries.rs` and in
//! `migrations/`.

pub mod account;
pub mod area;
pub mod attachment;
pub mod audit;
pub mod bundle;
pub mod case;
pub mod check;
pub mod database;
pub mod definition;
mod digest;
pub mod directory;
pub mod draft;
pub mod form;
pub mod import;
pub mod job;
pub mod mail;
pub mod message;
pub mod patient;
pub mod retention;
pub mod sample;
pub mod sheet;
pub mod upload;
