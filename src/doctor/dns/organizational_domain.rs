//! Organizational domains (RFC 7489 §3.2), according to the public suffix list.

/// Returns the registered domain, such as `d.example` for `mail.d.example`. A public suffix itself has none.
pub(super) fn of(domain: &str) -> Option<&str> {
    psl::domain_str(domain)
}

/// Returns whether two domains belong to the same organization, as relaxed alignment requires.
pub(super) fn is_shared(one: &str, other: &str) -> bool {
    one == other || of(one).is_some_and(|organization| of(other) == Some(organization))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_one_label_below_a_public_suffix() {
        for (domain, organization) in [
            ("d.example", Some("d.example")),
            ("a.b.d.example", Some("d.example")),
            ("shop.acme.co.uk", Some("acme.co.uk")),
            ("co.uk", None),
            ("com", None),
        ] {
            assert_eq!(of(domain), organization, "{domain}");
        }
        assert!(is_shared("mail.d.example", "app.d.example"));
        assert!(is_shared("co.uk", "co.uk"));
        assert!(!is_shared("acme.co.uk", "other.co.uk"));
    }
}
