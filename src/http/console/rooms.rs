//! The rooms of the console, in the order of the navigation.

/// A room of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Totals, curves, and what fails.
    Overview,
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
    /// Templates of mail, SMS and pages.
    Templates,
    /// Signing keys and service keys.
    Keys,
    /// The effective settings.
    Settings,
    /// A backup of the database.
    Backup,
}

impl Room {
    /// All rooms, in the order of the navigation.
    pub(super) const ALL: [Self; 11] = [
        Self::Overview,
        Self::Users,
        Self::Pending,
        Self::Sessions,
        Self::Events,
        Self::Outbox,
        Self::Webhooks,
        Self::Templates,
        Self::Keys,
        Self::Settings,
        Self::Backup,
    ];

    /// Returns the room's path below that of the console.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/overview",
            Self::Users => "/users",
            Self::Pending => "/pending",
            Self::Sessions => "/sessions",
            Self::Events => "/events",
            Self::Outbox => "/outbox",
            Self::Webhooks => "/webhooks",
            Self::Templates => "/templates",
            Self::Keys => "/keys",
            Self::Settings => "/settings",
            Self::Backup => "/backup",
        }
    }

    /// Returns the key of its name in the navigation.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Overview => "console-room-overview",
            Self::Users => "console-room-users",
            Self::Pending => "console-room-pending",
            Self::Sessions => "console-sessions",
            Self::Events => "console-room-events",
            Self::Outbox => "console-room-outbox",
            Self::Webhooks => "console-room-webhooks",
            Self::Templates => "console-room-templates",
            Self::Keys => "console-room-keys",
            Self::Settings => "console-room-settings",
            Self::Backup => "console-room-backup",
        }
    }
}
