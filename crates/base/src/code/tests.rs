//! What each code takes and refuses, and how it says so.
