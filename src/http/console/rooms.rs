//! The rooms of the console, in the order of the navigation.

/// A room of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// The accounts.
    Users,
    /// Registrations whose email address isn't confirmed.
    Pending,
}

impl Room {
    /// All rooms, in the order of the navigation.
    pub(super) const ALL: [Self; 2] = [Self::Users, Self::Pending];

    /// Returns the room's path below that of the console.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Users => "/users",
            Self::Pending => "/pending",
        }
    }

    /// Returns the key of its name in the navigation.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Users => "console-room-users",
            Self::Pending => "console-room-pending",
        }
    }
}
