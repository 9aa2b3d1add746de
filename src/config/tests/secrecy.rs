//! Tests that no secret is shown, and that other values are shown escaped and shortened.

use super::*;

#[test]
fn no_secret_shows_in_anything_that_comes_out() {
    // All secrets are set at once, so that every place that could show one is tested.
    let mut good = Case::new()
        .variable("REGSTACK_JWT_PREVIOUS_SECRETS", SECRET)
        .variable(
            "REGSTACK_MONGODB_URL",
            "mongodb://canary:canary@h/db?x=canary",
        );
    for name in [
        "email.smtp_password",
        "email.ses_access_key_id",
        "email.ses_secret_access_key",
        "sms.twilio_auth_token",
        "oauth.google_client_secret",
    ] {
        good = good.variable(&variable_of(name), SECRET);
    }
    let loaded = good.loaded();
    let everything = format!(
        "{loaded:?} {loaded:#?} {} {} {:?}",
        serde_json::to_string(&loaded.values).unwrap(),
        serde_json::to_string(&loaded.warnings).unwrap(),
        good.sources
    );
    assert!(!everything.contains("canary"), "{everything}");
    for backends in [
        "[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\nsmtp_username = \"u\"\nsmtp_password = \"canary\"\n",
        "[email]\nbackend = \"ses\"\nses_access_key_id = \"canary\"\nses_secret_access_key = \"canary\"\n",
        "[sms]\nbackend = \"twilio\"\nfrom_number = \"+15550100\"\ntwilio_account_sid = \"a\"\ntwilio_auth_token = \"canary\"\n",
    ] {
        let settings = Case::new().toml(backends).loaded().settings;
        assert!(settings.email.backend.sends() || settings.sms.sends());
        assert!(!format!("{settings:?}").contains("canary"));
    }
    let url = Case::new()
        .variable("REGSTACK_DATABASE_URL", "mongodb://canary:canary@h/db")
        .loaded();
    assert!(!format!("{url:?}").contains("canary"));

    for key in keys().filter(|key| key.secret) {
        for bad in ["canary", "[canary]", "postgresql://canary:canary@canary"] {
            let case = Case::new().variable(&key.variable(), bad).toml(
                &key.name.split_once('.').map_or_else(
                    || format!("{} = [[\"canary\"]]", key.name),
                    |(section, field)| format!("[{section}]\n{field} = [[\"canary\"]]"),
                ),
            );
            let error = case.load().map(|_| ()).expect_err(key.name);
            let told = format!(
                "{error} {error:?} {} {}",
                lines(&error.faults).join(" "),
                serde_json::to_string(&error.faults).unwrap()
            );
            assert!(!told.contains("canary"), "{}: {told}", key.name);
        }
    }
}

#[test]
fn a_url_that_may_hold_a_password_is_not_quoted() {
    for name in [
        "base_url",
        "theme_css_url",
        "brand_logo_url",
        "email.ses_endpoint_url",
        "sms.sns_endpoint_url",
        "sms.twilio_api_url",
    ] {
        for bad in [
            "https://ada:canary@example.com",
            "ada:canary@ example.com",
            "https://canary@example.com/?a=b",
        ] {
            let case = Case::new().variable(&variable_of(name), bad);
            let faults = case.faults();
            assert!(
                faults.len() == 1 && faults[0].contains("URL") && !faults[0].contains("canary"),
                "{name}: {faults:?}"
            );
            let told = key(name).unwrap().check(bad).unwrap_err();
            assert!(!told.contains("canary"), "{name}: {told}");
        }
    }
    let fault = Case::new()
        .variable("REGSTACK_BASE_URL", "ftp://a")
        .faults();
    assert!(fault[0].ends_with("not \"ftp://a\""), "{fault:?}");
}

#[test]
fn odd_values_are_quoted_escaped_and_cut() {
    let fault = Case::new()
        .variable(
            "REGSTACK_TRANSPORT",
            &format!("\u{1b}[31m{}", "x".repeat(5000)),
        )
        .faults()
        .remove(0);
    assert!(
        fault.len() < 200 && !fault.contains('\u{1b}') && fault.ends_with('…'),
        "{fault}"
    );
}
