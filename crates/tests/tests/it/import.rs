//! Importing public lists: what comes of real and of invented files, on both engines.

mod again;
mod by_hand;
mod command;
mod fixture;
mod open_days;
mod published;
mod refused;
mod rows;
mod same_place;
mod shuffled;
mod standard;
mod undo;
