//! Tests each key: every layer can set it, its bounds apply, and the example contains it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

/// Returns a value that isn't the key's default, and how it is shown.
fn sample(key: &Key) -> (String, String) {
    let plain = |text: &str| (text.to_owned(), text.to_owned());
    if key.name == "session_max_seconds" {
        // Values below `jwt_ttl_seconds` are refused, except for 0.
        return plain("2592000");
    }
    if let value::Rule::Range(low, high) = key.rule {
        let default: u64 = key.default_literal().parse().unwrap();
        return plain(&(if default == high { low } else { default + 1 }).to_string());
    }
    if key.name.ends_with("_collection") {
        return plain("elsewhere");
    }
    match key.default_literal().as_str() {
        "true" => return plain("false"),
        "false" => return plain("true"),
        _ => {}
    }
    match key.name {
        "base_url" | "email.ses_endpoint_url" | "sms.sns_endpoint_url" | "sms.twilio_api_url" => {
            plain("https://example.org/app")
        }
        "trusted_proxies" => (
            "10.0.0.0/8, 192.0.2.1".to_owned(),
            "10.0.0.0/8,192.0.2.1/32".to_owned(),
        ),
        "app_url" | "oauth.google_redirect_uri" => plain("https://example.org/app"),
        "bind" | "metrics_bind" => plain("[::1]:9000"),
        "log_format" => plain("json"),
        "log_level" => plain("warn,regstack=debug"),
        "database_url" => plain("sqlite:other.db"),
        "mongodb_url" => ("mongodb://u:canary@h/db".to_owned(), "(secret)".to_owned()),
        "jwt_previous_secrets" => (
            format!("{SECRET}1,{SECRET}2"),
            "(secret),(secret)".to_owned(),
        ),
        "jwt_algorithm" => plain("HS512"),
        "token_claims" => plain("email,admin"),
        "transport" => plain("cookie"),
        "email.from_address" => plain("post@example.org"),
        "email.allow_utf8_email" => plain("true"),
        "email.smtp_helo_name" => plain("out.example.org"),
        "email.backend" => plain("ses"),
        "sms.backend" => plain("sns"),
        "dns.resolver" => ("192.0.2.53".to_owned(), "192.0.2.53:53".to_owned()),
        "api_prefix" | "ui_prefix" | "static_prefix" | "email_link_prefix" => plain("/elsewhere"),
        "extra_template_dirs" | "extra_static_dirs" => plain("one,two"),
        "cors_origins" | "passkey_origins" | "return_origins" => {
            plain("https://a.example,https://b.example")
        }
        "email.ses_region" | "sms.sns_region" => plain("ap-south-1"),
        "default_language" => plain("pt-BR"),
        "languages" => plain("en,de"),
        "support_email" => plain("help@example.org"),
        "mail_accent" => plain("#0b6b57"),
        "cookie_domain" | "passkey_rp_id" => plain("example.org"),
        name if name.ends_with("_rate_limit") => plain("5/minute;20/hour"),
        _ if key.secret => (SECRET.to_owned(), "(secret)".to_owned()),
        _ => plain("something"),
    }
}

#[test]
fn every_key_is_set_by_the_file_the_environment_and_a_flag() {
    for key in keys() {
        let (written, shown) = sample(key);
        assert_ne!(
            shown,
            (key.text)(&Draft::default()),
            "{}: the sample is the default",
            key.name
        );

        let toml_line = |(name, text): (&str, &str)| {
            name.split_once('.').map_or_else(
                || format!("{name} = {text:?}\n"),
                |(section, field)| format!("[{section}]\n{field} = {text:?}\n"),
            )
        };
        let mut toml = toml_line((key.name, &written));
        for (name, text) in companions(key) {
            // It is in the same section, so the heading isn't repeated.
            toml.extend([name.rsplit('.').next().unwrap(), " = \"", text, "\"\n"]);
        }
        let mut from_file = Case::new().toml(&toml);
        // The file's own jwt_secret is under test, so the environment must not override it.
        if key.name == "jwt_secret" {
            from_file.sources.environment.clear();
        }
        let loaded = from_file.loaded();
        let line = if key.name.contains('.') { 2 } else { 1 };
        assert_eq!(
            effective(&loaded, key.name),
            (shown.as_str(), format!("regstack.toml:{line}").as_str())
        );

        let mut case = Case::new().variable(&key.variable(), &written);
        for (name, text) in companions(key) {
            case = case.variable(&variable_of(name), text);
        }
        assert_eq!(
            effective(&case.loaded(), key.name),
            (
                shown.as_str(),
                format!("environment {}", key.variable()).as_str()
            )
        );

        let mut case = Case::new().flag(key.name, &written, "--set");
        for (name, text) in companions(key) {
            case = case.variable(&variable_of(name), text);
        }
        assert_eq!(
            effective(&case.loaded(), key.name),
            (shown.as_str(), "flag --set")
        );
    }
}

#[test]
fn toml_types_are_read_as_they_are_written() {
    let case = Case::new().toml("behind_proxy = true\njwt_ttl_seconds = 0x100\ntrusted_proxies = ['10.0.0.0/8', \"::1\"]\nbrand_tagline = 5\nextra_template_dirs = [\"/a,b\"]\n[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\nsmtp_port = 2_525\n");
    let settings = case.loaded().settings;
    assert!(settings.identity.behind_proxy);
    assert_eq!(settings.tokens.jwt_ttl_seconds, 256);
    assert!(matches!(
        settings.email.backend,
        EmailBackend::Smtp(SmtpSettings { port: 2525, .. })
    ));
    assert_eq!(settings.identity.trusted_proxies.len(), 2);
    assert_eq!(settings.pages.extra_template_dirs, [Path::new("/a,b")]);
}

#[test]
fn numbers_are_refused_beyond_both_ends() {
    for key in keys() {
        let value::Rule::Range(low, high) = key.rule else {
            continue;
        };
        for (number, accepted) in [
            (low.checked_sub(1), false),
            (Some(low), true),
            (Some(high), true),
            (high.checked_add(1), false),
        ] {
            let Some(number) = number else { continue };
            let result = Case::new()
                .variable(&key.variable(), &number.to_string())
                .load();
            let refused = result.is_err_and(|error| {
                error.faults.iter().any(|fault| {
                    fault.key == key.name
                        && fault.message.contains(&format!("from {low} to {high}"))
                })
            });
            assert_eq!(!refused, accepted, "{} = {number}", key.name);
        }
        for bad in ["", "abc", "-1", "1.5", "99999999999999999999"] {
            assert!(
                Case::new().variable(&key.variable(), bad).faults()[0]
                    .contains("must be a whole number from"),
                "{} = {bad:?}",
                key.name
            );
        }
    }
}

/// The example is generated from the keys. `REGSTACK_UPDATE=1 cargo test example` updates it.
#[test]
fn the_example_is_fresh_complete_and_loads() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("regstack.toml.example");
    if std::env::var_os("REGSTACK_UPDATE").is_some() {
        fs::write(&path, example()).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text == example(),
        "regstack.toml.example is stale: run tests/refresh"
    );
    assert!(
        Case::new().toml(&text).warnings().is_empty(),
        "as it stands"
    );

    // With every line uncommented, each key is set by the file to its default.
    let uncommented = |line| {
        str::strip_prefix(line, "#")
            .filter(|rest| rest.starts_with(char::is_alphabetic))
            .unwrap_or(line)
    };
    let lines: Vec<_> = text
        .split("# Providers, one section each")
        .next()
        .unwrap()
        .lines()
        .map(uncommented)
        .collect();
    let loaded = Case::new().toml(&lines.join("\n")).loaded();
    let default = Case::new().loaded();
    for (taken, default) in loaded.values.iter().zip(&default.values) {
        assert!(
            taken.layer.starts_with("regstack.toml:")
                || matches!(
                    taken.key.as_str(),
                    "webhooks" | "oauth.providers" | "jwt_secret"
                ),
            "{} is not in the example",
            taken.key
        );
        assert!(
            taken.value == default.value || taken.key == "password.max_concurrent_hashes",
            "{}: {} is not the default {}",
            taken.key,
            taken.value,
            default.value
        );
    }
    assert!(
        loaded
            .warnings
            .iter()
            .all(|warning| warning.message.contains("has no effect")),
        "{:?}",
        loaded.warnings
    );
    let names: BTreeSet<_> = keys().map(|key| key.name).collect();
    assert_eq!(names.len(), keys().count(), "a key stands once");
    assert!(
        text.contains("#[[webhooks]]") && text.lines().count() > keys().count() * 3,
        "a line of help each"
    );
}
