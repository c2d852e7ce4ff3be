//! Who works here: people, their organizations and roles.

mod by;
pub mod policy;

pub use by::By;
