//! Tokens of the index and of the query agree.
