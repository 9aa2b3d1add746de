//! The rooms of the console, in the order of the navigation.

/// A room of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// The accounts.
    Users,
    /// Registrations whose email address isn't confirmed.
    Pending,
    /// Sessions of all accounts.
    Sessions,
    /// The audit trail.
    Events,
    /// Messages that wait or have failed.
    Outbox,
    /// Deliveries to the receivers of webhooks.
    Webhooks,
}

impl Room {
    /// All rooms, in the order of the navigation.
    pub(super) const ALL: [Self; 6] = [
        Self::Users,
        Self::Pending,
        Self::Sessions,
        Self::Events,
        Self::Outbox,
        Self::Webhooks,
    ];

    /// Returns the room's path below that of the console.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Users => "/users",
            Self::Pending => "/pending",
            Self::Sessions => "/sessions",
            Self::Events => "/events",
            Self::Outbox => "/outbox",
            Self::Webhooks => "/webhooks",
        }
    }

    /// Returns the key of its name in the navigation.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Users => "console-room-users",
            Self::Pending => "console-room-pending",
            Self::Sessions => "console-sessions",
            Self::Events => "console-room-events",
            Self::Outbox => "console-room-outbox",
            Self::Webhooks => "console-room-webhooks",
        }
    }
}
