//! The pages and the public API: HTML on the server, a little script in the browser.

pub mod asset;
