//! The directory: organization → site → service at a site, taken from public lists, found, shown, measured and handed out.

pub mod confirmation;
pub mod coverage;
pub mod export;
pub mod filing;
pub mod freshness;
pub mod held;
pub mod history;
pub mod internal;
pub mod listing;
pub mod loaded;
pub mod proposal;
pub mod rate;
pub mod search;
pub mod show;
pub mod source;
pub mod spot;
pub mod window;
