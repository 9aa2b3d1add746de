//! Tests that files and environments of the Python package load here.

use std::path::Path;

use super::*;

#[test]
fn a_hosts_own_tables_are_warned_of_and_a_slip_is_refused() {
    let case = || Case::new().toml("[tool.x]\na = 1\n[[plugins]]\nb = 2\n[app.deep]\nc = 3\n");
    assert_eq!(
        case().warnings(),
        [
            "regstack.toml:1: tool isn't a table of regstack and is ignored",
            "regstack.toml:3: plugins isn't a table of regstack and is ignored",
            "regstack.toml:5: app isn't a table of regstack and is ignored",
        ]
    );
    for slip in ["[emial]", "[pasword]", "[SMS]", "[[webhook]]"] {
        let faults = Case::new().toml(&format!("{slip}\nx = 1\n")).faults();
        assert!(faults[0].contains("isn't a setting"), "{slip}: {faults:?}");
    }
    assert_eq!(
        Case::new().toml("tool = 1\n").faults(),
        ["regstack.toml:1: tool isn't a setting"],
        "a key is no table"
    );
}

#[test]
fn unkeys_are_only_warned_of_where_that_is_wished() {
    let toml = "app_nam = \"x\"\n[email]\nfrom_adress = \"y\"\n";
    assert_eq!(Case::new().toml(toml).faults().len(), 2);
    let wanted = [
        "regstack.toml:2: app_nam isn't a setting and is ignored (did you mean app_name?)",
        "regstack.toml:4: email.from_adress isn't a setting and is ignored (did you mean email.from_address?)",
    ];
    let lax = format!("strict_config = false\n{toml}");
    assert_eq!(Case::new().toml(&lax).warnings(), wanted);
    let case = Case::new()
        .toml(toml)
        .variable("REGSTACK_STRICT_CONFIG", "false");
    assert_eq!(case.warnings().len(), 2, "any layer may say so");
    let case = Case::new()
        .toml(&lax)
        .variable("REGSTACK_STRICT_CONFIG", "true");
    assert_eq!(case.faults().len(), 2, "the highest layer wins");
}

#[test]
fn lists_and_sections_may_be_json_in_the_environment() {
    let case = Case::new()
        .variable("REGSTACK_EXTRA_TEMPLATE_DIRS", "[\"/a,b\", \"/c\"]")
        .variable("REGSTACK_TRUSTED_PROXIES", "[]")
        .variable(
            "REGSTACK_EMAIL",
            "{\"backend\": \"smtp\", \"smtp_host\": \"h\", \"smtp_port\": 25, \"smtp_username\": null, \"from_name\": \"low\"}",
        )
        .variable("REGSTACK_EMAIL__FROM_NAME", "high");
    let loaded = case.loaded();
    let settings = loaded.settings;
    assert_eq!(
        settings.pages.extra_template_dirs,
        [Path::new("/a,b"), Path::new("/c")]
    );
    assert_eq!(settings.email.from_name.as_deref(), Some("high"));
    assert!(matches!(
        settings.email.backend,
        EmailBackend::Smtp(SmtpSettings { port: 25, .. })
    ));
    for bad in ["{canary", "[\"canary\"]", "canary"] {
        let faults = Case::new().variable("REGSTACK_EMAIL", bad).faults();
        assert_eq!(
            faults,
            ["environment REGSTACK_EMAIL: must be a JSON object with the keys of [email]"]
        );
    }
    let case = Case::new().variable("REGSTACK_EMAIL", "{\"from_adress\": \"x\"}");
    assert!(case.warnings()[0].contains("did you mean email.from_address?"));
}

#[test]
fn routes_may_be_at_the_root_and_limits_over_several_minutes() {
    let settings = Case::new()
        .toml("api_prefix = \"\"\nui_prefix = \"/pages\"\nregister_rate_limit = \"100 per 5 minutes\"\n")
        .loaded()
        .settings;
    assert_eq!(settings.pages.api_prefix, "");
    let faults = Case::new()
        .toml("enable_ui_router = true\napi_prefix = \"\"\nui_prefix = \"\"\n")
        .faults();
    assert!(
        faults[0].contains("must differ from api_prefix"),
        "{faults:?}"
    );
    assert!(Case::new().toml("api_prefix = \"\"\n").load().is_ok());
    let faults = Case::new()
        .toml("enable_ui_router = true\napi_prefix = \"\"\n")
        .faults();
    assert!(faults[0].contains("a path of api_prefix"), "{faults:?}");
}

#[test]
fn addresses_and_durations_are_read_or_explained() {
    for (text, wanted) in [
        ("8000", "127.0.0.1:8000"),
        (":8000", "127.0.0.1:8000"),
        ("localhost:8000", "127.0.0.1:8000"),
        ("0.0.0.0:80", "0.0.0.0:80"),
        ("[::1]:8000", "[::1]:8000"),
        ("unix:/run/regstack.sock", "unix:/run/regstack.sock"),
    ] {
        let settings = Case::new().flag("bind", text, "--bind").loaded().settings;
        assert_eq!(settings.server.bind.to_string(), wanted, "{text}");
    }
    assert_eq!(
        Case::new()
            .toml("bind = 9000")
            .loaded()
            .settings
            .server
            .bind,
        Bind::Tcp(([127, 0, 0, 1], 9000).into())
    );
    for bad in [
        "localhost",
        ":",
        "",
        "99999",
        "example.com:80",
        "::8000",
        "unix:",
        "unix:run/a.sock",
        "unix:/",
    ] {
        assert!(
            !Case::new().flag("bind", bad, "--bind").faults().is_empty(),
            "{bad:?}"
        );
    }
    let faults = Case::new().toml("jwt_ttl_seconds = \"2 hours\"").faults();
    assert!(
        faults[0].ends_with("not \"2 hours\": write it in seconds, such as 7200"),
        "{faults:?}"
    );
    for (text, typed) in [
        ("2h", "7200"),
        ("90 minutes", "5400"),
        ("1 day", "86400"),
        ("7200", "7200"),
        ("2 moons", "2 moons"),
    ] {
        assert_eq!(key("jwt_ttl_seconds").unwrap().typed(text), typed);
    }
    assert_eq!(key("app_name").unwrap().typed("2h"), "2h");
}

#[test]
fn every_origin_is_never_allowed_with_cookies() {
    let all = "cors_origins = [\"*\"]\n";
    assert!(
        Case::new()
            .toml(all)
            .loaded()
            .settings
            .identity
            .allows_every_origin()
    );
    let faults = Case::new()
        .toml(&format!("{all}transport = \"cookie\"\n"))
        .faults();
    assert!(
        faults[0].contains("cors_origins must not be *"),
        "{faults:?}"
    );
}

#[test]
fn a_cookie_that_an_old_file_asked_for_in_vain_is_warned_of() {
    let warned = |toml: &str| {
        let warnings = Case::new().toml(toml).loaded().warnings;
        warnings.iter().any(|warning| warning.key == "transport")
    };
    assert!(warned("mongodb_database = \"app\"\ntransport = \"cookie\""));
    assert!(!warned(
        "mongodb_database = \"app\"\ntransport = \"bearer\""
    ));
    assert!(!warned("transport = \"cookie\""));
    assert!(!warned("mongodb_url = \"\"\ntransport = \"cookie\""));
}
