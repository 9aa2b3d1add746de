//! Known mail providers: their mail servers, and the DNS records that they require.
//!
//! Most of them send from other IP addresses than they accept mail on, so the addresses of `email.smtp_host` don't say
//! whether SPF passes. `docs/providers.md` shows the same table to operators.

/// The properties of a provider.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Provider {
    pub(super) name: &'static str,
    /// Host names of its mail servers, with `*` as a wildcard.
    hosts: &'static [&'static str],
    /// Domains whose SPF records list its senders. Any of them is enough; the first is the one to recommend.
    includes: &'static [&'static str],
    /// The envelope sender's domain, whose SPF record counts, unless the customer has set up a subdomain for it. `None`
    /// if it is the sender's own domain.
    pub(super) envelope: Option<&'static str>,
    pub(super) need: Need,
    /// Selectors that are the same for all customers. Empty if they differ.
    pub(super) selectors: &'static [&'static str],
}

/// The records that authenticate mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The SPF include.
    Include,
    /// The SPF include. For the time being, a DKIM key makes up for it.
    IncludeAndKey,
    /// The SPF include or a DKIM key.
    IncludeOrKey,
    /// A DKIM key. The sender's domain needs no SPF record.
    Key,
}

/// Declares the table of providers, one per row.
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

/// Also reachable through its API.
const SES: &str = "Amazon SES";
/// Its documentation recommends `?all`.
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

/// Returns the provider that a mail server belongs to.
pub(super) fn of_host(host: &str) -> Option<&'static Provider> {
    let host = host.trim_end_matches('.').to_lowercase();
    let is_of = |provider: &&Provider| provider.hosts.iter().any(|pattern| fits(pattern, &host));
    PROVIDERS.iter().find(is_of)
}

/// Returns Amazon SES.
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
    /// Returns the SPF mechanism to recommend.
    pub(super) fn term(&self) -> String {
        format!("include:{}", self.includes[0])
    }

    /// Returns the domain to include.
    pub(super) fn include(&self) -> &'static str {
        self.includes[0]
    }

    /// Returns whether an SPF record that includes this domain lists the provider's senders.
    pub(super) fn is_listed_by(&self, included: &str) -> bool {
        self.includes.contains(&included)
    }

    /// Returns whether the provider's documentation recommends `?all`.
    pub(super) fn is_neutral(&self) -> bool {
        self.name == FASTMAIL
    }

    /// Returns whether DKIM alone can authenticate mail.
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
