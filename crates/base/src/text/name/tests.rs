//! Pairs of names as the lists spell them.
