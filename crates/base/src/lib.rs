//! The words everybody shares: codes, dates, holidays, the clock, chance, text, coordinates and ids.
//!
//! A closed list of plain types and pure functions. Nothing here reads a file, a clock, the
//! environment or a database, and every other crate may lean on it.

pub mod chance;
pub mod clock;
pub mod code;
pub mod date;
pub mod geo;
pub mod holiday;
pub mod id;
pub mod text;
