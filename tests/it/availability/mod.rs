//! What holds when processes are several, or killed.

mod backlog;
mod clock;
mod crash;
mod flood;
mod kills;
mod servers;
mod soak;
mod strangers;
