//! Services at a site, as people search and read them.

pub mod asked;
pub mod export;
pub mod hours;
pub mod list;
pub mod map;
pub mod print;
pub mod scope;
pub mod show;
pub mod staff;
pub mod words;
