//! The name that the mail server is greeted with (RFC 5321 §4.1.1.1): whether it looks like a host of the internet, and is one.
//! Never more than a warning: most servers take any full name, and those that refuse one say so at the first mail.

use super::mx::is_public;
use super::{Finding, Resolver, Trouble, trouble};

/// Ends of names that only a network of one's own knows (RFC 6761, RFC 6762, RFC 8375, ICANN's name collisions).
const INSIDE: &[&str] = &[
    "local",
    "localhost",
    "localdomain",
    "internal",
    "intranet",
    "private",
    "lan",
    "home",
    "corp",
    "home.arpa",
    "invalid",
];

const REMEDY: &str = "set email.smtp_helo_name to the public name of this machine";

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, name: &str) -> Vec<Finding> {
    vec![judge(resolver, name).await]
}

async fn judge(resolver: &dyn Resolver, name: &str) -> Finding {
    let warn = |fault: &str| {
        Finding::warn(
            format!(
                "the mail server is greeted with {name} (EHLO), {fault}: some servers refuse that"
            ),
            REMEDY,
        )
    };
    if name.starts_with('[') {
        return warn("an address and no name");
    }
    let lower = name.trim_end_matches('.').to_ascii_lowercase();
    let is_inside = |end: &str| {
        let start = lower.strip_suffix(end);
        start.is_some_and(|start| start.is_empty() || start.ends_with('.'))
    };
    if !lower.contains('.') || INSIDE.iter().any(|end| is_inside(end)) {
        return warn("which only your own network knows");
    }
    match resolver.addresses(&lower).await {
        Ok(addresses) if addresses.iter().any(is_public) => {
            Finding::ok(format!("{name} greets the mail server, and has an address"))
        }
        Ok(addresses) if addresses.is_empty() => warn("which has no address"),
        Ok(_) => warn("whose address nobody outside reaches"),
        Err(Trouble::NoSuchName) => warn("which does not exist (NXDOMAIN)"),
        Err(kind) => trouble(&lower, &kind, REMEDY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::dns::tests::{Zone, told};

    #[tokio::test]
    async fn the_greeting_is_a_name_of_the_internet() {
        let zone = Zone::of(&[
            ("out.d.example", "a 192.0.2.1"),
            ("in.d.example", "a 10.0.0.1"),
            ("text.d.example", "txt hello"),
            ("vm.internal", "a 192.0.2.1"),
            ("broken.d.example", "servfail"),
        ]);
        for (name, wanted) in [
            ("out.d.example", "ok out.d.example greets the mail server"),
            ("Out.D.example", "ok Out.D.example greets"),
            (
                "in.d.example",
                "warn the mail server is greeted with in.d.example (EHLO), whose address nobody outside reaches",
            ),
            (
                "text.d.example",
                "warn the mail server is greeted with text.d.example (EHLO), which has no address",
            ),
            (
                "gone.d.example",
                "warn the mail server is greeted with gone.d.example (EHLO), which does not exist",
            ),
            (
                "vm.internal",
                "warn the mail server is greeted with vm.internal (EHLO), which only your own network knows",
            ),
            (
                "box.home.arpa",
                "warn the mail server is greeted with box.home.arpa (EHLO), which only your",
            ),
            (
                "vm",
                "warn the mail server is greeted with vm (EHLO), which only your",
            ),
            (
                "[127.0.0.1]",
                "warn the mail server is greeted with [127.0.0.1] (EHLO), an address",
            ),
            (
                "broken.d.example",
                "fail the name server cannot find out about broken.d.example",
            ),
        ] {
            let told = told(&check(&zone, name).await);
            assert!(told[0].starts_with(wanted), "{told:?}");
            if wanted.starts_with("warn") {
                assert!(told[0].ends_with(REMEDY), "{told:?}");
            }
        }
    }
}
