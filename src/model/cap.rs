//! The hourly cap on the messages that anybody can cause one recipient to get.

use jiff::{SignedDuration, Timestamp};

use super::SlidingWindow;

/// At most `limit` messages an hour to one recipient. `None`: no limit, nothing is counted.
#[derive(Debug, Clone)]
pub struct RecipientCap {
    /// Who is written to.
    pub recipient: String,
    /// Messages an hour.
    pub limit: Option<u32>,
    /// The moment of this message.
    pub now: Timestamp,
}

impl RecipientCap {
    /// How long a message counts against its recipient's cap.
    pub const LENGTH: SignedDuration = SignedDuration::from_hours(1);

    /// Returns the window that messages are counted in, if they are.
    #[must_use]
    pub fn window(&self) -> Option<SlidingWindow> {
        self.limit.map(|limit| SlidingWindow {
            limit,
            length: Self::LENGTH,
        })
    }
}
