//! Importing public lists: what comes of real and of invented files, on both engines.

mod again;
mod fixture;
mod open_days;
mod refused;
mod rows;
mod same_place;
mod standard;
mod undo;
