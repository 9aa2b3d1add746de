//! Asks how to send email, and for the sender.

use super::{Dialogue, Verdict, trial};
use crate::cli::Result;
use crate::cli::init::proposals;
use crate::config::Settings;

/// The usual ports for STARTTLS, for TLS (RFC 8314), and for SMTP without TLS.
const PORTS: [&str; 3] = ["587", "465", "25"];

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    let backend = dialogue
        .choice(
            "email.backend",
            "How to send email",
            &[
                ("console", "console", "don't send it: write it to the log"),
                ("smtp", "SMTP", "a mail server"),
                ("ses", "SES", "Amazon's email service"),
            ],
        )
        .await?;
    let offered = proposals::of(dialogue.plan, "email.from_address");
    dialogue
        .text_like("email.from_address", "The sender's email address", &offered)
        .await?;
    dialogue
        .optional("email.from_name", "The sender's name")
        .await?;
    match backend.as_str() {
        "smtp" => smtp(dialogue).await,
        "ses" => ses(dialogue).await,
        _ => Ok(()),
    }
}

async fn smtp(dialogue: &mut Dialogue<'_, '_>) -> Result {
    dialogue.text("email.smtp_host", "The mail server").await?;
    let (implicit, upgraded) = (
        dialogue.plan.value("email.smtp_tls") == "true",
        dialogue.plan.value("email.smtp_starttls") == "true",
    );
    let present = match (implicit, upgraded) {
        (true, _) => 1,
        (false, true) => 0,
        (false, false) => 2,
    };
    let choices = [
        ("STARTTLS", "usually port 587"),
        ("TLS", "usually port 465"),
        ("none", "passwords are sent unencrypted"),
    ];
    let chosen = dialogue.choose("Encryption", &choices, present).await?;
    dialogue.set(
        "email.smtp_starttls",
        if chosen == 2 { "false" } else { "true" },
    )?;
    dialogue.set("email.smtp_tls", if chosen == 1 { "true" } else { "false" })?;
    if chosen != present && dialogue.plan.value("email.smtp_port") == PORTS[present] {
        dialogue.set("email.smtp_port", PORTS[chosen])?;
    }
    dialogue.text("email.smtp_port", "Its port").await?;
    // Only asked if needed, because few mail servers have their own authority.
    let (key, encrypted) = ("email.smtp_ca_file", chosen != 2);
    if encrypted && (dialogue.own_authority.get() || !dialogue.plan.value(key).is_empty()) {
        dialogue
            .optional(key, "The certificate of its own authority, a PEM file")
            .await?;
    }
    dialogue
        .optional("email.smtp_username", "Log in as")
        .await?;
    if dialogue.plan.value("email.smtp_username").is_empty() {
        return dialogue.set("email.smtp_password", "");
    }
    dialogue
        .secret("email.smtp_password", "SMTP password")
        .await
}

async fn ses(dialogue: &mut Dialogue<'_, '_>) -> Result {
    dialogue.text("email.ses_region", "AWS region").await?;
    let profile = !dialogue.plan.value("email.ses_profile").is_empty();
    let key = !dialogue.plan.value("email.ses_access_key_id").is_empty();
    let choices = [
        ("environment", "a role, or AWS_... variables"),
        ("profile", "of the shared AWS files"),
        ("access key", "kept in regstack.secrets.env"),
    ];
    let present = if key { 2 } else { usize::from(profile) };
    let chosen = dialogue
        .choose("Credentials come from", &choices, present)
        .await?;
    if chosen == 1 {
        dialogue.text("email.ses_profile", "Profile").await?;
    } else {
        dialogue.set("email.ses_profile", "")?;
    }
    for (name, prompt) in [
        ("email.ses_access_key_id", "Access key id"),
        ("email.ses_secret_access_key", "Secret access key"),
    ] {
        if chosen == 2 {
            dialogue.secret(name, prompt).await?;
        } else {
            dialogue.set(name, "")?;
        }
    }
    Ok(())
}

pub(super) async fn test(dialogue: &mut Dialogue<'_, '_>, settings: &Settings) -> Result<bool> {
    if !settings.email.backend.sends() {
        return Ok(true);
    }
    let server = dialogue
        .probe("the mail server", || trial::email(settings))
        .await?;
    if server == Verdict::Change {
        return Ok(false);
    }
    let sender = dialogue
        .probe("the name server", || trial::sender(settings))
        .await?;
    Ok(sender != Verdict::Change)
}
