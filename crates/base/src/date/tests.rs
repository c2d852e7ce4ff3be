//! Days as met in the lists.
