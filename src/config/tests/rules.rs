//! Tests rules on several keys, and settings computed from several keys.

use super::*;

#[test]
fn a_signing_secret_is_long_and_not_an_examples() {
    for (secret, reason) in [
        ("", "is missing"),
        ("x", "must have at least 32"),
        (&SECRET[..31], "must have at least 32"),
        (
            "changeme-changeme-changeme-changeme-1",
            "must not be the value from an example",
        ),
        (
            "this-is-your-SECRET-change-me-0123456789",
            "must not be the value from an example",
        ),
    ] {
        let faults = Case::new().variable("REGSTACK_JWT_SECRET", secret).faults();
        assert_eq!(faults.len(), 1);
        let command = if secret.is_empty() {
            "regstack init"
        } else {
            "regstack secret generate"
        };
        assert!(
            faults[0].contains(reason) && faults[0].contains(command),
            "{faults:?}"
        );
        if !secret.is_empty() {
            let faults = Case::new()
                .variable(
                    "REGSTACK_JWT_PREVIOUS_SECRETS",
                    &format!("{SECRET},{secret}"),
                )
                .faults();
            assert!(
                faults[0].contains("jwt_previous_secrets each entry must"),
                "{faults:?}"
            );
        }
    }
    assert_eq!(
        Case::new()
            .variable("REGSTACK_JWT_SECRET", &SECRET[..32])
            .loaded()
            .settings
            .tokens
            .jwt_secret
            .expose_secret(),
        &SECRET[..32]
    );
}

#[test]
fn keys_that_belong_together_are_asked_for_together() {
    for (toml, fault) in [
        (
            "hide_registered_emails = true\nrequire_verification = false",
            "regstack.toml:1: hide_registered_emails needs require_verification",
        ),
        (
            "session_max_seconds = 7199",
            "regstack.toml:1: session_max_seconds must be 0, or at least jwt_ttl_seconds: 7200",
        ),
        (
            "enable_forward_auth = true",
            "regstack.toml:1: enable_forward_auth needs behind_proxy",
        ),
        (
            "tls_cert = \"c\"",
            "regstack.toml:1: tls_key is missing: tls_cert needs it",
        ),
        (
            "tls_key = \"k\"",
            "regstack.toml:1: tls_cert is missing: tls_key needs it",
        ),
        (
            "[email]\nbackend = \"smtp\"",
            "regstack.toml:2: email.smtp_host is missing",
        ),
        (
            "[email]\nbackend = \"smtp\"\nsmtp_host = \"no host\"",
            "regstack.toml:3: email.smtp_host must",
        ),
        (
            "[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\nsmtp_username = \"u\"",
            "regstack.toml:4: email.smtp_password is missing: email.smtp_username needs it",
        ),
        (
            "[email]\nses_access_key_id = \"i\"",
            "regstack.toml:2: email.ses_secret_access_key is missing",
        ),
        (
            "[email]\nses_secret_access_key = \"s\"",
            "regstack.toml:2: email.ses_access_key_id is missing",
        ),
        (
            "[email]\nses_access_key_id = \"i\"\nses_secret_access_key = \"s\"\nses_profile = \"p\"",
            "regstack.toml:4: email.ses_profile must not be set together",
        ),
        (
            "[sms]\nbackend = \"twilio\"\ntwilio_account_sid = \"a\"\nfrom_number = \"+15550100\"",
            "regstack.toml:2: sms.twilio_auth_token is missing",
        ),
        (
            "[sms]\nbackend = \"twilio\"\ntwilio_auth_token = \"a\"\nfrom_number = \"+15550100\"",
            "regstack.toml:2: sms.twilio_account_sid is missing",
        ),
        (
            "[sms]\nbackend = \"twilio\"\ntwilio_auth_token = \"a\"\ntwilio_account_sid = \"a\"",
            "regstack.toml:2: sms.from_number is missing",
        ),
        (
            "ui_prefix = \"/api/auth\"",
            "regstack.toml:1: ui_prefix must differ from api_prefix",
        ),
        (
            "static_prefix = \"/account\"",
            "regstack.toml:1: static_prefix must differ from ui_prefix",
        ),
        (
            "api_prefix = \"/docs\"",
            "regstack.toml:1: api_prefix must not be under",
        ),
        (
            "api_prefix = \"/healthz/x\"",
            "regstack.toml:1: api_prefix must not be under",
        ),
        (
            "static_prefix = \"/account/login\"",
            "regstack.toml:1: static_prefix must not be /account/login, or under it",
        ),
        (
            "ui_prefix = \"/api/auth/admin/pages\"",
            "regstack.toml:1: ui_prefix must not be /api/auth/admin, or under it",
        ),
        (
            "[password]\nmemory_kib = 31\nparallelism = 4",
            "regstack.toml:2: password.memory_kib must be at least 8 for each lane of password.parallelism: 32",
        ),
        (
            "database_url = \"sqlite:a.db\"\nmongodb_url = \"mongodb://h\"",
            "regstack.toml:2: mongodb_url must not be set together with database_url",
        ),
        (
            "database_url = \"postgresql+asyncpg://u:canary@h/db\"",
            "regstack.toml:1: database_url postgresql+asyncpg isn't supported",
        ),
    ] {
        let faults = Case::new().toml(toml).faults();
        assert!(
            faults.len() == 1 && faults[0].starts_with(fault) && !faults[0].contains("canary"),
            "{faults:?}"
        );
    }
}

#[test]
fn keys_that_are_whole_make_one_setting() {
    let whole = "tls_cert = \"c\"\ntls_key = \"/k\"\napi_prefix = \"/docsy\"\n[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\nsmtp_tls = true\n[sms]\nbackend = \"twilio\"\ntwilio_auth_token = \"a\"\ntwilio_account_sid = \"a\"\nfrom_number = \"+15550100\"\n";
    let case = Case::new().toml(whole);
    let settings = case.loaded().settings;
    let tls = settings.server.tls.unwrap();
    assert_eq!(
        (tls.cert, tls.key),
        (case.folder.path().join("c"), "/k".into())
    );
    assert!(
        matches!(settings.email.backend, EmailBackend::Smtp(smtp) if smtp.host == "h" && matches!(smtp.security, SmtpSecurity::Tls { .. }))
    );
    assert!(
        matches!(settings.sms, SmsBackend::Twilio(twilio) if twilio.account_sid == "a" && twilio.from == "+15550100")
    );
}

#[test]
fn the_cookies_domain_is_one_that_browsers_take() {
    let domain = |base_url: &str, domain: &str| {
        Case::new().toml(&format!(
            "transport = \"cookie\"\nbase_url = \"{base_url}\"\ncookie_domain = \"{domain}\"\n"
        ))
    };
    for (given, taken) in [
        ("accounts.example.com", "accounts.example.com"),
        ("example.com", "example.com"),
        (".Example.COM", "example.com"),
    ] {
        let loaded = domain("https://Accounts.Example.com:8443/x", given).loaded();
        let identity = loaded.settings.identity;
        assert_eq!(identity.cookie_domain.as_deref(), Some(taken));
        assert!(loaded.warnings.is_empty());
    }
    for (base_url, given) in [
        ("https://accounts.example.com", "com"),
        ("https://accounts.example.com", "ample.com"),
        ("https://accounts.example.com", "example.org"),
        ("https://accounts.example.com", "www.accounts.example.com"),
        ("http://localhost:8000", "localhost"),
        ("http://192.0.2.1", "192.0.2.1"),
        ("http://192.0.2.1", "2.1"),
    ] {
        let faults = domain(base_url, given).faults();
        let start = "regstack.toml:3: cookie_domain must be the host of base_url";
        assert!(
            faults.len() == 1 && faults[0].starts_with(start),
            "{given}: {faults:?}"
        );
    }
    assert_eq!(
        Case::new()
            .toml("cookie_domain = \"example.org\"\n")
            .warnings(),
        ["regstack.toml:1: cookie_domain has no effect without transport = \"cookie\""]
    );
}

#[test]
fn several_keys_become_one_setting() {
    let settings = |toml: &str| Case::new().toml(toml).loaded().settings;
    let quotas = |toml: &str| {
        settings(toml).guessing.limits.login.map(|limit| {
            limit
                .0
                .iter()
                .map(|quota| (quota.count.get(), quota.seconds))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(
        quotas("login_rate_limit = \"auto\""),
        Some(vec![(5, 60), (20, 3600)])
    );
    assert_eq!(
        quotas("login_rate_limit = \"auto\"\nlogin_max_per_minute = 1\nlogin_max_per_hour = 2"),
        Some(vec![(1, 60), (2, 3600)])
    );
    assert_eq!(
        quotas("login_rate_limit = \"3/day\""),
        Some(vec![(3, 86_400)])
    );
    assert_eq!(quotas(""), Some(vec![(60, 60), (1000, 3600)]));
    assert_eq!(quotas("login_rate_limit = \"\""), None);
    assert_eq!(
        Case::new()
            .toml("login_max_per_minute = 5\nlogin_rate_limit = \"3/day\"")
            .warnings(),
        ["regstack.toml:1: login_max_per_minute has no effect without login_rate_limit = \"auto\""]
    );
    assert_eq!(
        settings("base_url = \"HTTPS://Example.COM:443/app//\"")
            .identity
            .base_url,
        "https://example.com/app"
    );
    assert_eq!(
        settings("dns.resolver = \"[::1]:5353\"")
            .dns
            .resolver
            .map(|server| server.0),
        Some("[::1]:5353".parse().unwrap())
    );
    assert!(
        settings("[password]\nmax_concurrent_hashes = 0")
            .password
            .max_concurrent_hashes
            > 0
    );

    let case = Case::new();
    assert!(
        matches!(case.loaded().settings.database.engine, Engine::Sqlite { path } if path == case.folder.path().join("regstack.db"))
    );
    assert!(
        matches!(settings("mongodb_database = \"app\"").database.engine, Engine::Mongo { database, .. } if database == "app")
    );
    let both = Case::new()
        .toml("mongodb_database = \"app\"")
        .secrets("REGSTACK_DATABASE_URL=sqlite+aiosqlite:///./a.db");
    assert_eq!(
        both.warnings(),
        ["regstack.toml:1: mongodb_database has no effect: database_url names an SQLite file"]
    );
}

#[test]
fn keys_without_effect_warn_only_when_they_are_set() {
    let quiet = "enable_password_reset = false\nenable_account_deletion = false\nnotify_on_change = false\nmetrics = false\ntransport = \"bearer\"\nuser_collection = \"users\"\n[email]\nlog_bodies = true\nsmtp_host = \"h\"\n";
    assert!(Case::new().toml(quiet).warnings().is_empty());
    let on = "metrics = true\nmetrics_bind = \":9000\"\n[email]\nbackend = \"ses\"\n";
    assert!(Case::new().toml(on).warnings().is_empty());
    let off = "metrics_bind = \":9000\"\n";
    assert_eq!(
        Case::new().toml(off).warnings(),
        ["regstack.toml:1: metrics_bind has no effect without metrics"]
    );
}

#[test]
fn sns_takes_a_number_or_a_name_for_its_sender() {
    let with = |sender: &str| {
        Case::new().toml(&format!(
            "[sms]\nbackend = \"sns\"\nfrom_number = \"{sender}\"\n"
        ))
    };
    for sender in ["+14155550100", "12345", "Acme", "A-1", "ABCDEFGHIJK", ""] {
        with(sender).loaded();
    }
    for sender in ["Acme Co", "ABCDEFGHIJKL", "+1 415", "1234", "Acmé", "+"] {
        let faults = with(sender).faults();
        assert_eq!(faults.len(), 1, "{sender}");
        assert!(
            faults[0].starts_with("regstack.toml:3: sms.from_number must be a number such as"),
            "{faults:?}"
        );
    }
    // Another backend has its own rules.
    Case::new()
        .toml("[sms]\nfrom_number = \"Acme Co\"\n")
        .loaded();
}

#[test]
fn settings_that_another_leaves_without_effect_are_warned_of_unless_they_are_at_their_default() {
    let warned = |toml: &str| -> Vec<String> {
        let loaded = Case::new().toml(toml).loaded();
        let mine = |warning: &&Fault| warning.message.starts_with("has no effect");
        let warnings = loaded.warnings.iter().filter(mine);
        warnings
            .map(|warning| format!("{} {}", warning.key, warning.message))
            .collect()
    };
    let smtp = "[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\n";
    let console = "has no effect without email.backend = \"console\"";
    let ses = "has no effect without email.backend = \"ses\"";
    assert_eq!(
        warned(&format!(
            "{smtp}log_bodies = true\nses_region = \"us-east-1\"\nses_access_key_id = \"canary\"\nses_secret_access_key = \"canary\"\nses_endpoint_url = \"http://h\"\n"
        )),
        [
            format!("email.log_bodies {console}"),
            format!("email.ses_region {ses}"),
            format!("email.ses_access_key_id {ses}"),
            format!("email.ses_secret_access_key {ses}"),
            format!("email.ses_endpoint_url {ses}"),
        ]
    );
    assert_eq!(
        warned("[email]\nses_profile = \"p\"\n"),
        [format!("email.ses_profile {ses}")]
    );
    let phone = "phone_start_rate_limit = \"1/hour\"\nphone_confirm_rate_limit = \"1/hour\"\nphone_disable_rate_limit = \"1/hour\"\n";
    let sns = "[sms]\nbackend = \"sns\"\nlog_bodies = true\n";
    let second_factor = "has no effect without enable_sms_2fa";
    let null = "sms.log_bodies has no effect without sms.backend = \"null\"".to_owned();
    assert_eq!(
        warned(&format!("{phone}{sns}")),
        [
            null.clone(),
            format!("phone_start_rate_limit {second_factor}"),
            format!("phone_confirm_rate_limit {second_factor}"),
            format!("phone_disable_rate_limit {second_factor}"),
            format!("sms.backend {second_factor}"),
        ]
    );
    assert_eq!(
        warned(&format!("enable_sms_2fa = true\n{phone}{sns}")),
        [null]
    );
    for effective in [
        format!("{smtp}log_bodies = false\nses_region = \"eu-west-1\"\nses_profile = \"\"\n"),
        "[email]\nlog_bodies = true\n[sms]\nlog_bodies = true\nbackend = \"null\"\n".to_owned(),
        "[email]\nbackend = \"ses\"\nses_profile = \"p\"\nses_region = \"us-east-1\"\n".to_owned(),
    ] {
        assert_eq!(warned(&effective), [] as [String; 0], "{effective}");
    }
}

fn with_passkeys(base_url: &str, more: &str) -> Case {
    Case::new().toml(&format!(
        "enable_passkeys = true\nbase_url = \"{base_url}\"\n{more}\n"
    ))
}

#[test]
fn passkeys_are_for_what_browsers_let_them_be_for() {
    for (base_url, more, rp_id, origins) in [
        (
            "http://localhost:8000",
            "",
            "localhost",
            &["http://localhost:8000"][..],
        ),
        (
            "https://accounts.example.com/auth",
            "",
            "accounts.example.com",
            &["https://accounts.example.com"],
        ),
        (
            "https://accounts.example.com",
            "passkey_rp_id = \".Example.com\"\npasskey_origins = [\"https://app.example.com\", \"https://example.com\"]",
            "example.com",
            &[
                "https://accounts.example.com",
                "https://app.example.com",
                "https://example.com",
            ],
        ),
        (
            "https://accounts.example.co.uk",
            "passkey_rp_id = \"example.co.uk\"",
            "example.co.uk",
            &["https://accounts.example.co.uk"],
        ),
    ] {
        let settings = with_passkeys(base_url, more).loaded().settings.passkeys;
        assert_eq!(settings.rp_id, rp_id, "{base_url}");
        assert_eq!(settings.origins, origins, "{base_url}");
    }
}

#[test]
fn passkeys_that_no_browser_would_keep_are_refused() {
    let at = "https://accounts.example.com";
    for (base_url, more, fault) in [
        (
            "http://accounts.example.com",
            "",
            "regstack.toml:1: enable_passkeys needs an https base_url",
        ),
        (
            "https://192.0.2.7",
            "",
            "regstack.toml:1: enable_passkeys needs a base_url with a host name",
        ),
        (
            "http://[::1]:8000",
            "",
            "regstack.toml:1: enable_passkeys needs a base_url with a host name",
        ),
        (
            at,
            "passkey_rp_id = \"example.org\"",
            "regstack.toml:3: passkey_rp_id must be the host of base_url",
        ),
        (
            at,
            "passkey_rp_id = \"ccounts.example.com\"",
            "regstack.toml:3: passkey_rp_id must be",
        ),
        (
            at,
            "passkey_rp_id = \"app.accounts.example.com\"",
            "regstack.toml:3: passkey_rp_id must be",
        ),
        (
            at,
            "passkey_rp_id = \"com\"",
            "regstack.toml:3: passkey_rp_id must be",
        ),
        (
            "https://accounts.example.co.uk",
            "passkey_rp_id = \"co.uk\"",
            "regstack.toml:3: passkey_rp_id must be",
        ),
        (
            at,
            "passkey_origins = [\"https://app.example.com\"]",
            "regstack.toml:3: passkey_origins must be https origins at or below accounts.example.com",
        ),
        (
            at,
            "passkey_origins = [\"http://x.accounts.example.com\"]",
            "regstack.toml:3: passkey_origins must be https",
        ),
    ] {
        let faults = with_passkeys(base_url, more).faults();
        assert_eq!(faults.len(), 1, "{base_url} {more}: {faults:?}");
        assert!(faults[0].starts_with(fault), "{faults:?}");
    }
    // With passkeys turned off, their settings aren't checked.
    let idle =
        Case::new().toml("base_url = \"http://192.0.2.7\"\npasskey_rp_id = \"example.org\"\n");
    assert_eq!(
        idle.warnings(),
        ["regstack.toml:2: passkey_rp_id has no effect without enable_passkeys"]
    );
}
