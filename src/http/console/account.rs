//! How pages name an account.

use serde::Serialize;

use crate::model::User;

/// An account, by its names and the properties that stand out.
#[derive(Serialize)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: Option<String>,
    badges: Vec<Badge>,
}

/// A property of an account that stands out: the key of its message, and its tone.
#[derive(Serialize)]
struct Badge {
    name: &'static str,
    tone: &'static str,
}

/// Returns the properties of an account that stand out.
fn badges(user: &User) -> Vec<Badge> {
    let badge = |is_there: bool, name, tone| is_there.then_some(Badge { name, tone });
    let all = [
        badge(!user.is_active, "console-badge-disabled", "danger"),
        badge(!user.is_verified, "console-badge-unverified", "warning"),
        badge(user.is_superuser, "console-badge-admin", "accent"),
        badge(user.is_mfa_enabled, "console-badge-factor", "success"),
    ];
    all.into_iter().flatten().collect()
}

impl From<&User> for Account {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.to_string(),
            name: user.full_name.as_ref().map(ToString::to_string),
            badges: badges(user),
        }
    }
}
