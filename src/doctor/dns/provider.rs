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
    pub(super) envelope: Envelope,
    pub(super) need: Need,
    /// Selectors under which every customer publishes keys; none where each customer has names of their own.
    pub(super) selectors: &'static [&'static str],
    /// Whether its documentation asks for `?all`.
    pub(super) is_neutral: bool,
}

/// Which domain the envelope of a mail names when it arrives, and thereby whose SPF record counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// The sender's own.
    Sender,
    /// This one, unless the customer has set up a subdomain of their own.
    Provider(&'static str),
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

const fn provider(
    name: &'static str,
    hosts: &'static [&'static str],
    includes: &'static [&'static str],
    envelope: Envelope,
    need: Need,
    selectors: &'static [&'static str],
) -> Provider {
    Provider {
        name,
        hosts,
        includes,
        envelope,
        need,
        selectors,
        is_neutral: false,
    }
}

/// The one that is reached by its API too.
const SES: &str = "Amazon SES";

static PROVIDERS: &[Provider] = &[
    provider(
        "Google Workspace",
        &["*.gmail.com", "*.googlemail.com", "*.google.com"],
        &["_spf.google.com"],
        Envelope::Sender,
        Need::Include,
        &["google"],
    ),
    provider(
        "Microsoft 365",
        &["*.office365.com", "*.outlook.com", "*.azurecomm.net"],
        &["spf.protection.outlook.com"],
        Envelope::Sender,
        Need::Include,
        &[
            "selector1",
            "selector2",
            "selector1-azurecomm-prod-net",
            "selector2-azurecomm-prod-net",
        ],
    ),
    provider(
        SES,
        &[
            "email-smtp*.amazonaws.com",
            "*email-smtp*.vpce.amazonaws.com",
        ],
        &["amazonses.com"],
        Envelope::Provider("amazonses.com"),
        Need::IncludeOrKey,
        &[],
    ),
    provider(
        "SendGrid",
        &["*.sendgrid.net"],
        &["sendgrid.net", "eu.sendgrid.net"],
        Envelope::Provider("sendgrid.net"),
        Need::Key,
        &["s1", "s2"],
    ),
    provider(
        "Mailgun",
        &["*.mailgun.org"],
        &["mailgun.org", "eu.mailgun.org"],
        Envelope::Sender,
        Need::IncludeAndKey,
        &["pdk1", "pdk2", "mx", "smtp", "k1", "pic", "email", "mailo"],
    ),
    provider(
        "Postmark",
        &["*.postmarkapp.com"],
        &["spf.mtasv.net"],
        Envelope::Provider("mtasv.net"),
        Need::Key,
        &[],
    ),
    provider(
        "Brevo",
        &["*.brevo.com", "*.sendinblue.com"],
        &["spf.brevo.com", "spf.sendinblue.com"],
        Envelope::Provider("sender-sib.com"),
        Need::Key,
        &["brevo1", "brevo2", "mail"],
    ),
    provider(
        "Mailjet",
        &["*.mailjet.com"],
        &["spf.mailjet.com"],
        Envelope::Provider("bnc3.mailjet.com"),
        Need::IncludeAndKey,
        &["mailjet"],
    ),
    Provider {
        is_neutral: true,
        ..provider(
            "Fastmail",
            &["*.fastmail.com", "*.messagingengine.com"],
            &["spf.messagingengine.com"],
            Envelope::Sender,
            Need::Include,
            &["fm1", "fm2", "fm3"],
        )
    },
    zoho(
        &["*.zoho.com"],
        &["zoho.com", "zohomail.com", "one.zoho.com", "spf.zoho.com"],
    ),
    zoho(
        &["*.zoho.eu"],
        &["zoho.eu", "zohomail.eu", "one.zoho.eu", "spf.zoho.eu"],
    ),
    zoho(
        &["*.zoho.in"],
        &["zoho.in", "zohomail.in", "one.zoho.in", "spf.zoho.in"],
    ),
    zoho(
        &["*.zoho.com.au"],
        &[
            "zoho.com.au",
            "zohomail.com.au",
            "one.zoho.com.au",
            "spf.zoho.com.au",
        ],
    ),
    provider(
        "Proton Mail",
        &["*.protonmail.ch", "*.proton.me"],
        &["_spf.protonmail.ch"],
        Envelope::Sender,
        Need::Include,
        &["protonmail", "protonmail2", "protonmail3"],
    ),
    provider(
        "iCloud Mail",
        &["*.mail.me.com"],
        &["icloud.com"],
        Envelope::Sender,
        Need::Include,
        &["sig1"],
    ),
    provider(
        "Mandrill",
        &["*.mandrillapp.com"],
        &["spf.mandrillapp.com"],
        Envelope::Provider("mandrillapp.com"),
        Need::Key,
        &["mte1", "mte2", "mandrill"],
    ),
    provider(
        "SparkPost",
        &["*.sparkpostmail.com", "smtp.eu.sparkpostmail.com"],
        &["sparkpostmail.com"],
        Envelope::Provider("sparkpostmail.com"),
        Need::Key,
        &[],
    ),
    provider(
        "Resend",
        &["*.resend.com"],
        &["amazonses.com"],
        Envelope::Provider("amazonses.com"),
        Need::Key,
        &["resend"],
    ),
];

const fn zoho(hosts: &'static [&'static str], includes: &'static [&'static str]) -> Provider {
    provider(
        "Zoho Mail",
        hosts,
        includes,
        Envelope::Sender,
        Need::Include,
        &["zmail", "zoho"],
    )
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
