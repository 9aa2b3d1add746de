//! Checks the name in EHLO (RFC 5321 §4.1.1.1): whether it looks like a public host name and has a public IP address.
//! It is at most a warning: most servers accept any full name, and those that refuse one say so at the first mail.

use super::mx::is_public;
use super::{Finding, Resolver, Trouble, trouble};

/// Suffixes of names that are only known in a local network (RFC 6761, RFC 6762, RFC 8375, ICANN's name collisions).
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
                "regstack greets the mail server with {name} (EHLO), {fault}: some servers refuse that"
            ),
            REMEDY,
        )
    };
    if name.starts_with('[') {
        return warn("an address instead of a name");
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
        Ok(addresses) if addresses.iter().any(is_public) => Finding::ok(format!(
            "regstack greets the mail server with {name}, which has an address"
        )),
        Ok(addresses) if addresses.is_empty() => warn("which has no address"),
        Ok(_) => warn("whose address can't be reached from outside"),
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
            (
                "out.d.example",
                "ok regstack greets the mail server with out.d.example, which has an address",
            ),
            (
                "Out.D.example",
                "ok regstack greets the mail server with Out.D.example,",
            ),
            (
                "in.d.example",
                "warn regstack greets the mail server with in.d.example (EHLO), whose address can't be reached from outside",
            ),
            (
                "text.d.example",
                "warn regstack greets the mail server with text.d.example (EHLO), which has no address",
            ),
            (
                "gone.d.example",
                "warn regstack greets the mail server with gone.d.example (EHLO), which does not exist",
            ),
            (
                "vm.internal",
                "warn regstack greets the mail server with vm.internal (EHLO), which only your own network knows",
            ),
            (
                "box.home.arpa",
                "warn regstack greets the mail server with box.home.arpa (EHLO), which only your",
            ),
            (
                "vm",
                "warn regstack greets the mail server with vm (EHLO), which only your",
            ),
            (
                "[127.0.0.1]",
                "warn regstack greets the mail server with [127.0.0.1] (EHLO), an address instead of a name",
            ),
            (
                "broken.d.example",
                "fail the name server can't resolve broken.d.example",
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
