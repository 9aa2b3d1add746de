//! How an account's owner can log in, and which ways they may remove.

/// The ways to log in that an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaysIn {
    /// Whether it has a password.
    pub has_password: bool,
    /// How many passkeys it has.
    pub passkeys: u64,
    /// How many other providers it is linked to.
    pub identities: u64,
}

impl WaysIn {
    /// Returns whether there is only one way left, or none. Removing it would leave the owner without a way to log in.
    #[must_use]
    pub const fn is_last(self) -> bool {
        let others = self.passkeys.saturating_add(self.identities);
        others.saturating_add(self.has_password as u64) <= 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_other_way_in_counts() {
        for (has_password, passkeys, identities, is_last) in [
            (true, 0, 0, true),
            (false, 1, 0, true),
            (false, 0, 1, true),
            (false, 0, 0, true),
            (true, 1, 0, false),
            (true, 0, 1, false),
            (false, 1, 1, false),
            (false, 2, 0, false),
            (false, 0, 2, false),
        ] {
            let ways = WaysIn {
                has_password,
                passkeys,
                identities,
            };
            assert_eq!(ways.is_last(), is_last, "{ways:?}");
        }
    }
}
