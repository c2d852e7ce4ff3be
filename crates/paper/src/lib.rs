//! Typst markup and pictures in, PDF out: every form and report that leaves the program on A4.
//!
//! The crate knows no domain: what a [`sheet::Sheet`] says comes from the caller, with its day. It reads no clock,
//! no file and no network; markup sees its own pictures and the form, nothing else. The same sheet on the same
//! fonts gives the same bytes.

pub mod markup;
pub mod press;
pub mod sheet;

mod world;
