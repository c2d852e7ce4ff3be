//! Spellings of one address.
