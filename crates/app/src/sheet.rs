//! Tables as people keep them: XLSX and CSV, in and out.

pub mod form;
pub mod read;
pub mod write;
