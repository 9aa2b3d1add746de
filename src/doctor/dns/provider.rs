//! Mail providers that we know: by which host they are reached, and what they ask a sender's domain for.
//!
//! Most of them send from other addresses than they accept mail on, so that the addresses of `email.smtp_host` say nothing
//! about whether SPF passes. `docs/providers.md` shows the same table to operators.

/// What a provider asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Provider {
    pub(super) name: &'static str,
    /// Names of its mail servers; a `*` stands for anything.
    hosts: &'static [&'static str],
    /// Domains whose SPF records list its senders. Any of them will do; the first is the one to advise.
    includes: &'static [&'static str],
    /// The domain in the envelope of a mail when it arrives, whose SPF record then counts, unless the customer has set up
    /// a subdomain of their own; the sender's own domain when none.
    pub(super) envelope: Option<&'static str>,
    pub(super) need: Need,
    /// Selectors under which every customer publishes keys; none where each customer has names of their own.
    pub(super) selectors: &'static [&'static str],
}

/// What proves that mail is the sender's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Its SPF include.
    Include,
    /// Its SPF include, and a DKIM key that makes up for it for the time being.
    IncludeAndKey,
    /// Its SPF include or a DKIM key.
    IncludeOrKey,
    /// A DKIM key. No SPF record of the sender's domain is asked for one.
    Key,
}

/// Declares the table of providers, a row each.
macro_rules! providers {
    ($($name:expr, at $hosts:expr, includes $includes:expr, envelope $envelope:expr, needs $need:ident, selectors $selectors:expr;)*) => {
        static PROVIDERS: &[Provider] = &[$(Provider {
            name: $name,
            hosts: &$hosts,
            includes: &$includes,
            envelope: $envelope,
            need: Need::$need,
            selectors: &$selectors,
        }),*];
    };
}

/// The one that is reached by its API too.
const SES: &str = "Amazon SES";
/// The one whose documentation asks for `?all`.
const FASTMAIL: &str = "Fastmail";

providers! {
    "Google Workspace", at ["*.gmail.com", "*.googlemail.com", "*.google.com"],
        includes ["_spf.google.com"], envelope None, needs Include, selectors ["google"];
    "Microsoft 365", at ["*.office365.com", "*.outlook.com", "*.azurecomm.net"],
        includes ["spf.protection.outlook.com"], envelope None, needs Include,
        selectors ["selector1", "selector2", "selector1-azurecomm-prod-net", "selector2-azurecomm-prod-net"];
    SES, at ["email-smtp*.amazonaws.com", "*email-smtp*.vpce.amazonaws.com"],
        includes ["amazonses.com"], envelope Some("amazonses.com"), needs IncludeOrKey, selectors [];
    "SendGrid", at ["*.sendgrid.net"],
        includes ["sendgrid.net", "eu.sendgrid.net"], envelope Some("sendgrid.net"), needs Key, selectors ["s1", "s2"];
    "Mailgun", at ["*.mailgun.org"],
        includes ["mailgun.org", "eu.mailgun.org"], envelope None, needs IncludeAndKey,
        selectors ["pdk1", "pdk2", "mx", "smtp", "k1", "pic", "email", "mailo"];
    "Postmark", at ["*.postmarkapp.com"],
        includes ["spf.mtasv.net"], envelope Some("mtasv.net"), needs Key, selectors [];
    "Brevo", at ["*.brevo.com", "*.sendinblue.com"],
        includes ["spf.brevo.com", "spf.sendinblue.com"], envelope Some("sender-sib.com"), needs Key,
        selectors ["brevo1", "brevo2", "mail"];
    "Mailjet", at ["*.mailjet.com"],
        includes ["spf.mailjet.com"], envelope Some("bnc3.mailjet.com"), needs IncludeAndKey, selectors ["mailjet"];
    FASTMAIL, at ["*.fastmail.com", "*.messagingengine.com"],
        includes ["spf.messagingengine.com"], envelope None, needs Include, selectors ["fm1", "fm2", "fm3"];
    "Zoho Mail", at ["*.zoho.com"],
        includes ["zoho.com", "zohomail.com", "one.zoho.com", "spf.zoho.com"],
        envelope None, needs Include, selectors ["zmail", "zoho"];
    "Zoho Mail", at ["*.zoho.eu"],
        includes ["zoho.eu", "zohomail.eu", "one.zoho.eu", "spf.zoho.eu"],
        envelope None, needs Include, selectors ["zmail", "zoho"];
    "Zoho Mail", at ["*.zoho.in"],
        includes ["zoho.in", "zohomail.in", "one.zoho.in", "spf.zoho.in"],
        envelope None, needs Include, selectors ["zmail", "zoho"];
    "Zoho Mail", at ["*.zoho.com.au"],
        includes ["zoho.com.au", "zohomail.com.au", "one.zoho.com.au", "spf.zoho.com.au"],
        envelope None, needs Include, selectors ["zmail", "zoho"];
    "Proton Mail", at ["*.protonmail.ch", "*.proton.me"],
        includes ["_spf.protonmail.ch"], envelope None, needs Include,
        selectors ["protonmail", "protonmail2", "protonmail3"];
    "iCloud Mail", at ["*.mail.me.com"],
        includes ["icloud.com"], envelope None, needs Include, selectors ["sig1"];
    "Mandrill", at ["*.mandrillapp.com"],
        includes ["spf.mandrillapp.com"], envelope Some("mandrillapp.com"), needs Key,
        selectors ["mte1", "mte2", "mandrill"];
    "SparkPost", at ["*.sparkpostmail.com", "smtp.eu.sparkpostmail.com"],
        includes ["sparkpostmail.com"], envelope Some("sparkpostmail.com"), needs Key, selectors [];
    "Resend", at ["*.resend.com"],
        includes ["amazonses.com"], envelope Some("amazonses.com"), needs Key, selectors ["resend"];
}

/// The provider whose mail server this is.
pub(super) fn of_host(host: &str) -> Option<&'static Provider> {
    let host = host.trim_end_matches('.').to_lowercase();
    let is_of = |provider: &&Provider| provider.hosts.iter().any(|pattern| fits(pattern, &host));
    PROVIDERS.iter().find(is_of)
}

/// Amazon SES.
pub(super) fn ses() -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == SES)
}

fn fits(pattern: &str, host: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == host,
        Some((start, rest)) => host.strip_prefix(start).is_some_and(|host| {
            (0..=host.len()).any(|at| host.get(at..).is_some_and(|host| fits(rest, host)))
        }),
    }
}

impl Provider {
    /// The SPF mechanism to advise.
    pub(super) fn term(&self) -> String {
        format!("include:{}", self.includes[0])
    }

    /// The domain to include.
    pub(super) fn include(&self) -> &'static str {
        self.includes[0]
    }

    /// Whether an SPF record that includes this domain lists its senders.
    pub(super) fn is_listed_by(&self, included: &str) -> bool {
        self.includes.contains(&included)
    }

    /// Whether its documentation asks for `?all`.
    pub(super) fn is_neutral(&self) -> bool {
        self.name == FASTMAIL
    }

    /// Whether DKIM alone proves that mail is the sender's.
    pub(super) fn relies_on_dkim(&self) -> bool {
        self.need != Need::Include
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_their_hosts() {
        for (host, name) in [
            ("smtp-relay.gmail.com", "Google Workspace"),
            ("SMTP.Office365.com.", "Microsoft 365"),
            ("acme-com.mail.protection.outlook.com", "Microsoft 365"),
            ("email-smtp.eu-west-1.amazonaws.com", "Amazon SES"),
            ("email-smtp-fips.us-east-1.amazonaws.com", "Amazon SES"),
            (
                "vpce-1.email-smtp.us-east-1.vpce.amazonaws.com",
                "Amazon SES",
            ),
            ("smtp.eu.sendgrid.net", "SendGrid"),
            ("smtp.eu.mailgun.org", "Mailgun"),
            ("smtp-broadcasts.postmarkapp.com", "Postmark"),
            ("smtp-relay.brevo.com", "Brevo"),
            ("in-v3.mailjet.com", "Mailjet"),
            ("smtp.fastmail.com", "Fastmail"),
            ("smtppro.zoho.eu", "Zoho Mail"),
        ] {
            assert_eq!(of_host(host).map(|found| found.name), Some(name), "{host}");
        }
        for host in [
            "ec2-192-0-2-1.compute.amazonaws.com",
            "notsendgrid.net",
            "sendgrid.net.example",
            "mail.d.example",
            "192.0.2.1",
        ] {
            assert_eq!(of_host(host), None, "{host}");
        }
    }
}
