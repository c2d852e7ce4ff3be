//! Who works here: people, their organizations and roles, how they prove who they are, and what they may do.

mod by;
pub mod change_password;
pub mod deed;
pub mod disclosure;
pub mod erase;
pub mod factor;
pub mod hold;
pub mod invitation;
pub mod mailbox;
pub mod membership;
pub mod office;
pub mod one_time;
pub mod passkey;
pub mod password;
pub mod person;
pub mod policy;
mod prove;
pub mod provider;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod staff;
pub mod stage;
mod throttle;

pub use by::{By, Refused};
