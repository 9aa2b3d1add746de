//! Checks the transports for email and SMS, webhooks and templates, and sends test messages.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Finding, SENDING, Status, Task, aside, counted};
use crate::app::{self, Ambient, TestError, TestRecipient as Recipient};
use crate::config::{EmailBackend, EmailSettings, Settings, SmtpSecurity};
use crate::delivery::{SendError, Templates};
use crate::delivery::{email, sms};

/// Returns the checks of email and SMS.
pub(super) fn transports(settings: &Arc<Settings>) -> Vec<Task> {
    let (mail, sms) = (Arc::clone(settings), Arc::clone(settings));
    vec![
        Task::new(
            "email",
            "check whether the mail server is running, whether its host and port are right, and whether a firewall is in between",
            async move { Ok(check_email(&mail).await) },
        ),
        Task::new(
            "sms",
            "check whether this machine can reach the provider",
            async move { Ok(vec![check_sms(&sms).await]) },
        ),
    ]
}

/// Returns the checks of templates and webhooks.
pub(super) fn contents(settings: &Settings) -> Vec<Task> {
    let folders = settings.pages.extra_template_dirs.clone();
    let if_late = "check whether the folders in extra_template_dirs can be read";
    let mut tasks = vec![Task::new("templates", if_late, async move {
        let judged = aside(move || templates(&folders)).await;
        Ok(judged.unwrap_or_default())
    })];
    if !settings.webhooks.is_empty() {
        // Errors and warnings about single webhooks belong to the configuration check.
        let count = counted(settings.webhooks.len() as u64, "receiver");
        tasks.push(Task::done("webhooks", vec![Finding::ok(count)]));
    }
    tasks
}

async fn check_email(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![probe_email(settings).await];
    findings.extend(password_in_the_clear(&settings.email));
    findings.extend(example_sender(&settings.email));
    if findings.iter().all(|finding| finding.status < Status::Fail) {
        findings.extend(untaken_addresses(settings).await);
    }
    findings
}

/// Warns if non-ASCII email addresses are allowed, but the mail server doesn't support them.
async fn untaken_addresses(settings: &Settings) -> Option<Finding> {
    settings.email.allow_utf8_email.filter(|allowed| *allowed)?;
    let transport = email::transport(&settings.email, &settings.identity.app_name).ok()?;
    let takes = transport.takes_utf8().await.ok()?;
    (!takes).then(|| {
        Finding::warn(
            "email.allow_utf8_email is true, but the mail server doesn't support SMTPUTF8: addresses with non-ASCII characters before the @ get no email",
            "use a mail server that supports SMTPUTF8, or remove email.allow_utf8_email",
        )
    })
}

async fn probe_email(settings: &Settings) -> Finding {
    if !settings.email.backend.sends() {
        return Finding::warn(
            "console backend: email is only printed",
            "set email.backend to smtp or ses before people use it",
        );
    }
    match email::transport(&settings.email, &settings.identity.app_name) {
        Err(error) => Finding::fail(
            error.to_string(),
            "correct it in [email]; regstack config show shows where each value comes from",
        ),
        Ok(transport) => match transport.probe().await {
            Ok(seen) => Finding::ok(seen),
            Err(error) => Finding::fail(error.to_string(), email_remedy(&error.to_string())),
        },
    }
}

/// Returns what to do if the mail server can't be reached.
fn email_remedy(failure: &str) -> &'static str {
    certificate_remedy(failure).unwrap_or(
        "correct [email], or fix the server; regstack config show shows where each value comes from",
    )
}

/// Returns what to do if the mail server's certificate is the problem, recognised by the exact words of rustls.
pub(crate) fn certificate_remedy(failure: &str) -> Option<&'static str> {
    const OF_CERTIFICATES: [(&str, &str); 4] = [
        (
            "UnknownIssuer",
            "if the server's certificate comes from your own authority, name that authority's certificate in email.smtp_ca_file; otherwise, something else is answering instead of the server",
        ),
        (
            "not valid for name",
            "set email.smtp_host to a name in the server's certificate",
        ),
        ("certificate expired", "renew the mail server's certificate"),
        (
            "CaUsedAsEndEntity",
            "give the mail server its own certificate, signed by the authority in email.smtp_ca_file",
        ),
    ];
    OF_CERTIFICATES
        .into_iter()
        .find(|(words, _)| failure.contains(words))
        .map(|(_, remedy)| remedy)
}

async fn check_sms(settings: &Settings) -> Finding {
    match sms::transport(&settings.sms) {
        _ if !settings.sms.sends() && settings.features.enable_sms_2fa => Finding::warn(
            "null backend: codes aren't sent, and people who need one can't log in",
            "set sms.backend to sns or twilio, or enable_sms_2fa to false",
        ),
        _ if !settings.sms.sends() => {
            Finding::skipped("nothing sends SMS: enable_sms_2fa is false")
        }
        Err(error) => Finding::fail(error.to_string(), "correct it in [sms]"),
        Ok(transport) => probed(
            transport.probe().await,
            "correct [sms]; regstack config show shows where each value comes from",
        ),
    }
}

fn probed(result: Result<String, SendError>, remedy: &str) -> Finding {
    match result {
        Ok(seen) => Finding::ok(seen),
        Err(error) => Finding::fail(error.to_string(), remedy),
    }
}

/// Warns if the mail server's password is sent unencrypted over a network.
fn password_in_the_clear(email: &EmailSettings) -> Option<Finding> {
    let EmailBackend::Smtp(smtp) = &email.backend else {
        return None;
    };
    let host = &smtp.host;
    let near = host == "localhost"
        || host
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    let clear = matches!(smtp.security, SmtpSecurity::Plain) && smtp.login.is_some();
    (clear && !near).then(|| {
        Finding::warn(
            format!("email.smtp_password is sent to {host} unencrypted"),
            "set email.smtp_starttls = true (usually port 587), or email.smtp_tls = true (port 465)",
        )
    })
}

/// Warns if email is really sent from the domain of the default setting, which is reserved and accepts no replies.
fn example_sender(email: &EmailSettings) -> Option<Finding> {
    let (_, domain) = email.from_address.rsplit_once('@')?;
    let sends = email.backend.sends();
    (sends && domain.eq_ignore_ascii_case("example.com")).then(|| {
        Finding::warn(
            format!(
                "email is sent from {}, which isn't anyone's address",
                email.from_address
            ),
            "set email.from_address to an address at your own domain",
        )
    })
}

/// Returns the task that sends a test message, bypassing the outbox.
pub(super) fn test_message(to: Recipient, settings: &Arc<Settings>, ambient: &Ambient) -> Task {
    let (settings, ambient) = (Arc::clone(settings), ambient.clone());
    let send = async move { Ok(vec![send_test(&to, &settings, &ambient).await]) };
    Task::new(
        "send-test",
        "it may have been sent anyway: check the recipient",
        send,
    )
    .within(SENDING)
}

async fn send_test(to: &Recipient, settings: &Settings, ambient: &Ambient) -> Finding {
    let message = match to {
        Recipient::Mail(to) => format!("mail to {to}"),
        Recipient::Sms(to) => format!("SMS to {to}"),
    };
    match app::send_test(to, settings, ambient).await {
        Ok(answer) => {
            let answer = answer.map_or_else(String::new, |answer| format!(" with {answer}"));
            Finding::ok(format!(
                "{message} was accepted{answer}: check whether it arrives"
            ))
        }
        Err(TestError::SendsNothing) => match to {
            Recipient::Mail(_) => unsent(
                "mail",
                "email.backend is console",
                "email.backend to smtp or ses",
            ),
            Recipient::Sms(_) => {
                unsent("SMS", "sms.backend is null", "sms.backend to sns or twilio")
            }
        },
        Err(reason) => Finding::fail(
            format!("{message} wasn't accepted: {reason}"),
            "see the results of the email and sms checks first",
        ),
    }
}

/// Reports that a test message was requested, but the backend sends nothing.
fn unsent(what: &str, why: &str, remedy: &str) -> Finding {
    Finding::fail(
        format!("no {what} was sent: {why}"),
        format!("set {remedy}"),
    )
}

fn templates(folders: &[PathBuf]) -> Vec<Finding> {
    let templates = match Templates::open(folders) {
        Ok(templates) => templates,
        Err(fault) => {
            return vec![Finding::fail(
                fault.to_string(),
                "create the folder, or remove it from extra_template_dirs",
            )];
        }
    };
    let faults = templates.faults();
    if !faults.is_empty() {
        let remedy = |place: &str| {
            format!(
                "correct {place}, or remove it to use the built-in one; check it with regstack templates check"
            )
        };
        return faults
            .iter()
            .map(|fault| Finding::fail(fault.to_string(), remedy(&fault.place)))
            .collect();
    }
    let files = templates.files();
    let overridden = files.iter().filter(|file| file.overridden_by.is_some());
    let mut findings = vec![Finding::ok(format!(
        "{} files render, {} overridden",
        files.len(),
        overridden.count()
    ))];
    findings.extend(templates.unused().iter().map(|file| {
        Finding::warn(
            format!("{}: no template has this name or uses it", file.display()),
            "rename it to one that regstack templates list shows, or remove it",
        )
    }));
    findings
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{AwsCredentials, SesSettings, SmtpLogin, SmtpSettings};

    fn smtp(host: &str) -> SmtpSettings {
        SmtpSettings {
            host: host.to_owned(),
            port: 25,
            security: SmtpSecurity::Plain,
            login: Some(SmtpLogin {
                username: "me".to_owned(),
                password: "mine".into(),
            }),
            timeout: Duration::from_secs(1),
            helo_name: None,
            own_host: "app.example".into(),
        }
    }

    fn ses() -> EmailBackend {
        EmailBackend::Ses(SesSettings {
            region: "eu-west-1".to_owned(),
            credentials: AwsCredentials::Default,
            endpoint_url: None,
        })
    }

    #[test]
    fn a_sender_of_example_com_is_warned_of_where_mail_is_sent() {
        let of = |backend, address: &str| {
            example_sender(&EmailSettings {
                backend,
                from_address: address.to_owned(),
                from_name: None,
                allow_utf8_email: None,
            })
        };
        let smtp = || EmailBackend::Smtp(smtp("mail.example.com"));
        let warning = of(smtp(), "noreply@example.com").unwrap();
        assert!(warning.detail.contains("noreply@example.com"));
        assert!(of(ses(), "noreply@Example.com").is_some());
        assert_eq!(of(EmailBackend::default(), "noreply@example.com"), None);
        assert_eq!(of(smtp(), "noreply@acme.example"), None);
    }

    #[test]
    fn a_password_in_the_clear_is_warned_of_unless_it_stays_on_this_machine() {
        let of = |backend| {
            password_in_the_clear(&EmailSettings {
                backend,
                ..EmailSettings::default()
            })
        };
        let warning = of(EmailBackend::Smtp(smtp("mail.example.com"))).unwrap();
        assert!(warning.detail.contains("mail.example.com unencrypted"));
        for near in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(of(EmailBackend::Smtp(smtp(near))), None, "{near}");
        }
        for change in [
            |smtp: &mut SmtpSettings| smtp.security = SmtpSecurity::StartTls { ca_file: None },
            |smtp: &mut SmtpSettings| smtp.security = SmtpSecurity::Tls { ca_file: None },
            |smtp: &mut SmtpSettings| smtp.login = None,
        ] {
            let mut smtp = smtp("mail.example.com");
            change(&mut smtp);
            assert_eq!(of(EmailBackend::Smtp(smtp)), None);
        }
        assert_eq!(of(ses()), None);
    }
}
