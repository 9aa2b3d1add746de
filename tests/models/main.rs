//! The atomic steps of the store as small state machines, every interleaving of which is tried, with processes that die between
//! any two writes.
//!
//! Each machine has the reads and writes of `src/store/mongo` in their order, one at a time. On SQLite the same step is one
//! transaction: no other process sees it half done. Each machine also has wrong orders, which the checker must find: a machine
//! that finds nothing wrong with them would prove nothing.

mod attempts;
mod codes;
mod deletion;
mod machine;
mod registration;
mod revocation;
mod sessions;
mod superusers;
