//! The directory: organization → site → service at a site, found, shown, measured and handed out.

pub mod listing;
pub mod search;
