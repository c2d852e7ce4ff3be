//! Who works here: people, their organizations and roles.

mod by;

pub use by::By;
