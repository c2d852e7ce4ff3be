//! Services at a site, as people search and read them.

pub mod asked;
pub mod list;
pub mod map;
pub mod show;
