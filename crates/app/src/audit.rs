//! The audit log: who did what, when, from where, in an order that proves itself.
//!
//! An action writes its row in its own transaction ([`record`]), so that none is without the other; a refused deed has
//! a transaction of its own. A row carries the hash of its content. The sealer ([`seal`]) links the rows in the order in
//! which they were committed, a chain a month, each beginning at the head of the one before: whoever changes, takes
//! out or moves a row breaks it ([`verify`]). What is over its time goes by the month ([`erase`]), and that is written down. Whoever may write the whole database could make the chain anew; heads
//! that were printed or sent elsewhere ([`Anchor`]) show that.
//!
//! (医療情報システムの安全管理に関するガイドライン 6.0, システム運用編 17: アクセスログの記録・確認・改ざん防止.)

mod anchor;
mod entry;
pub mod erase;
mod queries;
pub mod review;
mod seal;
pub mod table;
mod verify;
pub mod words;

pub use anchor::{Anchor, WrongAnchor};
pub use entry::{Entry, Event, Outcome, entries, record, refuse};
pub use seal::seal;
pub use verify::{Break, Chain, Verdict, Why, verify};
