//! Areas in numbers: the list, one area, and who can be reached from where.

pub mod coverage;
pub mod figures;
pub mod list;
pub mod show;
