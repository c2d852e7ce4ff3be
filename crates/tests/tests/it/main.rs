//! One binary for all that crosses a crate.

mod database;
mod tidy;
