//! Japanese text: made comparable, cut for search, and the keys of names, addresses and telephone numbers.

mod address;
mod bigram;
mod fold;
mod name;
mod phone;

pub use address::{AddressKey, Nearness, address_key, address_text, same_place};
pub use bigram::{bigrams, index_tokens, query_phrases};
pub use fold::{fold, squeeze};
pub use name::{NameKey, name_key, name_similarity};
pub use phone::{NoPhone, format_phone, phone_key, read_phone};
