//! Email: the keys that each backend needs. A new backend is a variant of [`EmailBackend`] and a function here.

use std::time::Duration;

use crate::config::checks::web_url;
use crate::config::review::Review;
use crate::config::settings::{
    AwsCredentials, EmailBackend, EmailBackendName, EmailKeys, EmailSettings, SesSettings,
    SmtpLogin, SmtpSecurity, SmtpSettings,
};

/// Returns the settings of email, with the default backend if the chosen one lacks a key.
pub(super) fn resolve(keys: EmailKeys, base_url: &str, review: &mut Review<'_>) -> EmailSettings {
    // Half an access key is reported for every backend.
    let credentials = aws_credentials(&keys, review);
    let backend = match keys.backend {
        EmailBackendName::Console => Some(EmailBackend::Console {
            log_bodies: keys.log_bodies,
        }),
        EmailBackendName::Smtp => smtp(&keys, base_url, review).map(EmailBackend::Smtp),
        EmailBackendName::Ses => Some(EmailBackend::Ses(SesSettings {
            region: keys.ses_region,
            credentials,
            endpoint_url: keys.ses_endpoint_url,
        })),
    };
    EmailSettings {
        from_address: keys.from_address,
        from_name: keys.from_name,
        backend: backend.unwrap_or_default(),
        allow_utf8_email: keys.allow_utf8_email,
    }
}

fn smtp(keys: &EmailKeys, base_url: &str, review: &mut Review<'_>) -> Option<SmtpSettings> {
    let host = keys.smtp_host.clone();
    let host = review.required("email.smtp_host", host, "email.backend = smtp");
    let login = review.pair(
        ("email.smtp_username", keys.smtp_username.clone()),
        ("email.smtp_password", keys.smtp_password.clone()),
    );
    let ca_file = keys
        .smtp_ca_file
        .as_ref()
        .map(|file| review.path("email.smtp_ca_file", file));
    Some(SmtpSettings {
        host: host?,
        port: keys.smtp_port,
        security: match (keys.smtp_tls, keys.smtp_starttls) {
            (true, _) => SmtpSecurity::Tls { ca_file },
            (false, true) => SmtpSecurity::StartTls { ca_file },
            (false, false) => SmtpSecurity::Plain,
        },
        login: login.map(|(username, password)| SmtpLogin { username, password }),
        timeout: Duration::from_secs(keys.smtp_timeout_seconds),
        helo_name: keys.smtp_helo_name.clone(),
        own_host: web_url(base_url)
            .and_then(|url| url.domain().map(str::to_owned))
            .unwrap_or_default(),
    })
}

fn aws_credentials(keys: &EmailKeys, review: &mut Review<'_>) -> AwsCredentials {
    let (id, secret) = (&keys.ses_access_key_id, &keys.ses_secret_access_key);
    if keys.ses_profile.is_some() && (id.is_some() || secret.is_some()) {
        review.fault(
            "email.ses_profile",
            "must not be set together with email.ses_access_key_id: choose one way to log in",
        );
    }
    let access_key = review.pair(
        ("email.ses_access_key_id", id.clone()),
        ("email.ses_secret_access_key", secret.clone()),
    );
    match (access_key, &keys.ses_profile) {
        (Some((id, secret)), _) => AwsCredentials::AccessKey { id, secret },
        (None, Some(profile)) => AwsCredentials::Profile(profile.clone()),
        (None, None) => AwsCredentials::Default,
    }
}
