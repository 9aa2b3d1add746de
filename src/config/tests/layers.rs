//! Tests layers, files, the sources of values, and the reporting of all faults at once.

use std::fs;

use super::*;

#[test]
fn the_higher_layer_wins_and_is_named() {
    let case = Case::new();
    let app_name = |case: &Case| {
        let loaded = case.loaded();
        let (value, layer) = effective(&loaded, "app_name");
        assert_eq!(loaded.settings.identity.app_name, value);
        format!("{value} from {layer}")
    };
    assert_eq!(app_name(&case), "RegStack from default");
    let case = case.toml("# comment\n\napp_name = \"File\"\n");
    assert_eq!(app_name(&case), "File from regstack.toml:3");
    let case = case.secrets("# comment\nREGSTACK_APP_NAME=Secrets\n");
    assert_eq!(app_name(&case), "Secrets from regstack.secrets.env:2");
    let case = case.variable("REGSTACK_APP_NAME", "Environment");
    assert_eq!(
        app_name(&case),
        "Environment from environment REGSTACK_APP_NAME"
    );
    let case = case.flag("app_name", "Flag", "--app-name");
    assert_eq!(app_name(&case), "Flag from flag --app-name");
    assert_eq!(
        case.loaded()
            .files
            .iter()
            .map(|file| file.file_name().unwrap().to_str().unwrap())
            .collect::<Vec<_>>(),
        ["regstack.toml", "regstack.secrets.env"]
    );
}

#[test]
fn an_empty_text_takes_a_lower_value_back() {
    let case = Case::new()
        .toml("brand_tagline = \"x\"\nlogin_rate_limit = \"5/minute\"\n")
        .variable("REGSTACK_BRAND_TAGLINE", "")
        .variable("REGSTACK_LOGIN_RATE_LIMIT", "");
    let loaded = case.loaded();
    assert_eq!(
        (
            loaded.settings.pages.brand_tagline,
            loaded.settings.guessing.limits.login
        ),
        (None, None)
    );
}

#[test]
fn the_file_is_found_where_it_is_named() {
    let case = || {
        Case::new()
            .file("a/regstack.toml", "app_name = \"A\"\n")
            .file("a/regstack.secrets.env", "REGSTACK_JWT_AUDIENCE=a\n")
            .file("b/other.toml", "app_name = \"B\"\n")
            .toml("app_name = \"Here\"\n")
            .secrets("REGSTACK_JWT_AUDIENCE=here\n")
    };
    let found = |case: Case| {
        let loaded = case.loaded();
        let audience = loaded.settings.tokens.jwt_audience.clone().unwrap();
        format!("{} {audience}", effective(&loaded, "app_name").1)
    };
    assert_eq!(found(case()), "regstack.toml:1 here");
    assert_eq!(found(case().config("a")), "a/regstack.toml:1 a");
    assert_eq!(found(case().config("b/other.toml")), "b/other.toml:1 here");
    assert_eq!(
        found(case().variable("REGSTACK_CONFIG", "a")),
        "a/regstack.toml:1 a"
    );
    assert_eq!(
        found(
            case()
                .variable("REGSTACK_CONFIG", "a")
                .config("b/other.toml")
        ),
        "b/other.toml:1 here"
    );
    assert_eq!(
        found(case().variable("REGSTACK_CONFIG", "")),
        "regstack.toml:1 here"
    );

    assert_eq!(
        case().config("b").faults(),
        [
            "flag --config: config must name a file, or a folder with a regstack.toml: b/regstack.toml does not exist"
        ]
    );
    assert_eq!(
        case().variable("REGSTACK_CONFIG", "no.toml").faults(),
        [
            "environment REGSTACK_CONFIG: config must name a file, or a folder with a regstack.toml: no.toml does not exist"
        ]
    );
}

#[test]
fn secrets_may_come_from_files() {
    for key in
        keys().filter(|key| key.secret && !matches!(key.name, "database_url" | "mongodb_url"))
    {
        let name = format!("{}_FILE", key.variable());
        let mut case = Case::new()
            .file("secret.txt", &format!("{SECRET}\r\n"))
            .variable(&name, "secret.txt");
        for (name, text) in companions(key) {
            case = case.variable(&variable_of(name), text);
        }
        case.sources.environment.insert(
            "REGSTACK_JWT_SECRET".to_owned(),
            if key.name == "jwt_secret" {
                String::new()
            } else {
                SECRET.to_owned()
            },
        );
        assert_eq!(
            effective(&case.loaded(), key.name),
            ("(secret)", format!("environment {name}").as_str())
        );
    }
    let mut case = Case::new()
        .file("s.txt", &format!("\u{feff}{SECRET}\r\n"))
        .secrets("REGSTACK_JWT_SECRET_FILE=s.txt\n")
        .file("db.txt", "sqlite:x.db")
        .variable("REGSTACK_DATABASE_URL_FILE", "db.txt");
    case.sources.environment.remove("REGSTACK_JWT_SECRET");
    let loaded = case.loaded();
    assert_eq!(loaded.settings.tokens.jwt_secret.expose_secret(), SECRET);
    assert_eq!(effective(&loaded, "jwt_secret").1, "regstack.secrets.env:1");
    assert_eq!(effective(&loaded, "database_url").0, "sqlite:x.db");

    let two = Case::new()
        .file("old.txt", &format!("{SECRET}1\n{SECRET}2\n"))
        .variable("REGSTACK_JWT_PREVIOUS_SECRETS_FILE", "old.txt")
        .loaded();
    assert_eq!(two.settings.tokens.jwt_previous_secrets.len(), 2);

    let both = Case::new()
        .file("s.txt", SECRET)
        .variable("REGSTACK_JWT_SECRET_FILE", "s.txt");
    assert_eq!(
        both.faults(),
        [
            "environment REGSTACK_JWT_SECRET_FILE: jwt_secret must not be set together with REGSTACK_JWT_SECRET"
        ]
    );
    let missing = Case::new().variable("REGSTACK_EMAIL__SMTP_PASSWORD_FILE", "none.txt");
    assert_eq!(
        missing.faults(),
        [
            "environment REGSTACK_EMAIL__SMTP_PASSWORD_FILE: must name a readable file: \"none.txt\" does not exist"
        ]
    );
    assert!(
        Case::new()
            .variable("REGSTACK_APP_NAME_FILE", "x")
            .warnings()[0]
            .contains("REGSTACK_APP_NAME_FILE: isn't a setting")
    );
}

#[test]
fn unknown_names_are_named_with_the_nearest_known_one() {
    let toml = "jwt_tll_seconds = 5\n[email]\nfrom_adress = \"a@example.com\"\napp_name = \"X\"\n[emial]\nbackend = \"smtp\"\n[nothing_like_it]\na = 1\n[sms]\nbackend.x = 1\n";
    assert_eq!(
        Case::new().toml(toml).faults(),
        [
            "regstack.toml:1: jwt_tll_seconds isn't a setting (did you mean jwt_ttl_seconds?)",
            "regstack.toml:3: email.from_adress isn't a setting (did you mean email.from_address?)",
            "regstack.toml:4: email.app_name isn't a setting (app_name doesn't belong in a section: move it above the first [section])",
            "regstack.toml:5: emial isn't a setting (did you mean email?)",
            "regstack.toml:10: sms.backend must be one of null, sns, twilio",
        ]
    );
    assert_eq!(
        Case::new().toml("smtp_host = \"x\"\nemail = 5\n").faults(),
        [
            "regstack.toml:1: smtp_host isn't a setting (did you mean email.smtp_host?)",
            "regstack.toml:2: email must be a section: [email]"
        ]
    );
    assert_eq!(
        Case::new().flag("app_nam", "x", "--set").faults(),
        ["flag --set: app_nam isn't a setting (did you mean app_name?)"]
    );

    let case = Case::new()
        .variable("REGSTACK_EMAIL_FROM_ADDRESS", "x")
        .variable("REGSTACK_ZZZZZZZZZZ", "x")
        .variable("OTHER", "x")
        .secrets("REGSTACK_JWT_TTL=5\nOTHER=5\n");
    assert_eq!(
        case.warnings(),
        [
            "regstack.secrets.env:1: REGSTACK_JWT_TTL isn't a setting and is ignored (did you mean REGSTACK_JWT_TTL_SECONDS?)",
            "environment REGSTACK_EMAIL_FROM_ADDRESS: isn't a setting and is ignored (did you mean REGSTACK_EMAIL__FROM_ADDRESS?)",
            "environment REGSTACK_ZZZZZZZZZZ: isn't a setting and is ignored",
        ]
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let mut case = Case::new()
        .toml("jwt_ttl_seconds = 5\nunknown_key_here = 1\ntransport = \"pigeon\"\n[email]\nbackend = \"smtp\"\n")
        .secrets("nonsense\nREGSTACK_SMS_CODE_LENGTH=11\n")
        .variable("REGSTACK_BASE_URL", "example.com")
        .flag("bind", "localhost", "--bind");
    case.sources.environment.remove("REGSTACK_JWT_SECRET");
    let mut faults = case.faults();
    faults.sort();
    assert_eq!(
        faults,
        [
            "default: jwt_secret is missing ((umask 077; echo \"REGSTACK_JWT_SECRET=$(regstack secret generate)\" >> regstack.secrets.env))",
            "environment REGSTACK_BASE_URL: base_url must be an absolute http or https URL without user, query and fragment, not \"example.com\"",
            "flag --bind: bind must be an IP address and a port, such as 127.0.0.1:8000 or [::1]:8000, only a port for this machine alone, or unix: and the path of a socket, not \"localhost\"",
            "regstack.secrets.env:1: must be KEY=value, a comment that starts with #, or empty",
            "regstack.secrets.env:2: sms_code_length must be a whole number from 4 to 10, not \"11\"",
            "regstack.toml:1: jwt_ttl_seconds must be a whole number from 60 to 2592000, not 5",
            "regstack.toml:2: unknown_key_here isn't a setting",
            "regstack.toml:3: transport must be one of bearer, cookie, not \"pigeon\"",
            "regstack.toml:5: email.smtp_host is missing: email.backend = smtp needs it",
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_lines_and_nothing_is_called_missing() {
    let mut case = Case::new()
        .toml("app_name = \njwt_secret = canary\n[email\n")
        .variable("REGSTACK_JWT_TTL_SECONDS", "1");
    case.sources.environment.remove("REGSTACK_JWT_SECRET");
    let faults = case.faults();
    assert!(
        faults[0].starts_with("regstack.toml:1: is not TOML: "),
        "{faults:?}"
    );
    assert!(
        faults
            .iter()
            .any(|fault| fault.starts_with("regstack.toml:2: "))
            && faults
                .last()
                .unwrap()
                .starts_with("environment REGSTACK_JWT_TTL_SECONDS"),
        "{faults:?}"
    );
    assert!(
        faults
            .iter()
            .all(|fault| !fault.contains("canary") && !fault.contains("missing")),
        "{faults:?}"
    );

    let case = Case::new();
    fs::write(case.folder.path().join("regstack.toml"), [0xff, 0xfe]).unwrap();
    assert_eq!(case.faults(), ["regstack.toml: isn't UTF-8 text"]);
}
