//! How an account's owner can log in, and which of these login methods they may remove.

use super::{Id, ProviderId};

/// The login methods of an account, whether the installation offers them or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginMethods {
    /// Whether it has a password.
    pub has_password: bool,
    /// Its passkeys, by their id and the domain that they were made for.
    pub passkeys: Vec<(Id, String)>,
    /// The providers that it is linked to.
    pub linked: Vec<ProviderId>,
}

/// The login methods besides passwords that the installation currently offers. A link to a provider that was removed, or a
/// passkey of another domain, is stored but of no use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferedMethods {
    /// The providers that people can log in with.
    pub providers: Vec<ProviderId>,
    /// The domain that passkeys are for; none where they are off.
    pub rp_id: Option<String>,
}

/// A login method that is about to be removed from an account.
#[derive(Debug, Clone, Copy)]
pub enum RemovedMethod<'a> {
    /// The passkey of this id.
    Passkey(Id),
    /// Its link to this provider.
    Identity(&'a ProviderId),
}

impl OfferedMethods {
    /// Returns whether an account can still be logged in to without the removed method.
    #[must_use]
    pub fn any_left(&self, methods: &LoginMethods, removed: RemovedMethod<'_>) -> bool {
        let opens = |(id, rp_id): &(Id, String)| {
            let stays = !matches!(removed, RemovedMethod::Passkey(gone) if gone == *id);
            stays && self.rp_id.as_ref() == Some(rp_id)
        };
        let leads_in = |id: &ProviderId| {
            let stays = !matches!(removed, RemovedMethod::Identity(gone) if gone == id);
            stays && self.providers.contains(id)
        };
        methods.has_password
            || methods.passkeys.iter().any(opens)
            || methods.linked.iter().any(leads_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(id: &str) -> ProviderId {
        ProviderId::parse(id).unwrap()
    }

    #[test]
    fn any_other_way_in_that_is_open_lets_one_go() {
        let open = OfferedMethods {
            providers: vec![provider("google"), provider("github")],
            rp_id: Some("example.com".into()),
        };
        let without_passkeys = OfferedMethods {
            rp_id: None,
            ..open.clone()
        };
        let google = provider("google");
        let (the_passkey, the_link) = (
            RemovedMethod::Passkey(Id::from_bytes([1; 12])),
            RemovedMethod::Identity(&google),
        );
        let (here, elsewhere) = ("example.com", "example.org");
        for (open, password, passkeys, linked, removed, remain) in [
            (&open, true, &[here][..], &[][..], the_passkey, true),
            (&open, false, &[here], &[], the_passkey, false),
            (&open, false, &[here, here], &[], the_passkey, true),
            (&open, false, &[here, elsewhere], &[], the_passkey, false),
            (&open, false, &[elsewhere, here], &[], the_passkey, true),
            (&open, false, &[here], &["google"], the_passkey, true),
            (&open, false, &[here], &["removed"], the_passkey, false),
            (&open, true, &[], &["google"], the_link, true),
            (&open, false, &[], &["google"], the_link, false),
            (&open, false, &[], &["google", "github"], the_link, true),
            (&open, false, &[], &["google", "removed"], the_link, false),
            (&open, false, &[here], &["google"], the_link, true),
            (&open, false, &[elsewhere], &["google"], the_link, false),
            (
                &without_passkeys,
                false,
                &[here],
                &["google"],
                the_link,
                false,
            ),
        ] {
            let methods = LoginMethods {
                has_password: password,
                passkeys: (1..)
                    .zip(passkeys)
                    .map(|(number, rp_id)| (Id::from_bytes([number; 12]), (*rp_id).to_owned()))
                    .collect(),
                linked: linked.iter().map(|id| provider(id)).collect(),
            };
            assert_eq!(
                open.any_left(&methods, removed),
                remain,
                "{methods:?} {removed:?}"
            );
        }
    }
}
