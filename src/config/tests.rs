//! All keys, all layers, all faults.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::secret::ExposeSecret as _;

const SECRET: &str = "canary-0123456789abcdefghijklmnopqrstuv";

/// A folder with files, an environment, and what loading them gives.
struct Case {
    folder: TempDir,
    sources: Sources,
}

impl Case {
    /// Nothing but a `jwt_secret` in the environment.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let sources = Sources { working_dir: folder.path().to_owned(), ..Sources::default() };
        Self { folder, sources }.variable("REGSTACK_JWT_SECRET", SECRET)
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn toml(self, text: &str) -> Self {
        self.file("regstack.toml", text)
    }

    fn secrets(self, text: &str) -> Self {
        self.file("regstack.secrets.env", text)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn flag(mut self, key: &str, value: &str, flag: &'static str) -> Self {
        self.sources.flags.push((key.to_owned(), value.to_owned(), flag));
        self
    }

    fn config(mut self, path: &str) -> Self {
        self.sources.config = Some(path.into());
        self
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        load(&self.sources)
    }

    #[track_caller]
    fn loaded(&self) -> Loaded {
        self.load().unwrap_or_else(|error| panic!("{:#?}", error.faults))
    }

    /// The faults as lines, with their hints.
    #[track_caller]
    fn faults(&self) -> Vec<String> {
        lines(&self.load().map(|_| ()).expect_err("there is a fault").faults)
    }

    #[track_caller]
    fn warnings(&self) -> Vec<String> {
        lines(&self.loaded().warnings)
    }
}

fn lines(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| fault.hint.as_ref().map_or_else(|| fault.to_string(), |hint| format!("{fault} ({hint})"))).collect()
}

fn effective<'a>(loaded: &'a Loaded, key: &str) -> (&'a str, &'a str) {
    let found = loaded.values.iter().find(|value| value.key == key).expect("every key is listed");
    (&found.value, &found.layer)
}

/// A value of each key that is none of its defaults, and how it is shown.
fn sample(key: &Key) -> (String, String) {
    let plain = |text: &str| (text.to_owned(), text.to_owned());
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
        "base_url" | "email.ses_endpoint_url" | "sms.sns_endpoint_url" | "sms.twilio_api_url" => plain("https://example.org/app"),
        "trusted_proxies" => ("10.0.0.0/8, 192.0.2.1".to_owned(), "10.0.0.0/8,192.0.2.1/32".to_owned()),
        "bind" => plain("[::1]:9000"),
        "log_format" => plain("json"),
        "log_level" => plain("warn,regstack=debug"),
        "database_url" => plain("sqlite:other.db"),
        "mongodb_url" => ("mongodb://u:canary@h/db".to_owned(), "(secret)".to_owned()),
        "jwt_previous_secrets" => (format!("{SECRET}1,{SECRET}2"), "(secret),(secret)".to_owned()),
        "jwt_algorithm" => plain("HS512"),
        "transport" => plain("cookie"),
        "email.from_address" => plain("post@example.org"),
        "email.backend" => plain("ses"),
        "sms.backend" => plain("sns"),
        "dns.resolver" => ("192.0.2.53".to_owned(), "192.0.2.53:53".to_owned()),
        "api_prefix" | "ui_prefix" | "static_prefix" | "email_link_prefix" => plain("/elsewhere"),
        "extra_template_dirs" | "extra_static_dirs" => plain("one,two"),
        "cookie_domain" => plain("example.org"),
        name if name.ends_with("_rate_limit") => plain("5/minute;20/hour"),
        _ if key.secret => (SECRET.to_owned(), "(secret)".to_owned()),
        _ => plain("something"),
    }
}

/// What other keys need beside a sample, for the settings to be whole.
fn companions(key: &Key) -> Vec<(&'static str, &'static str)> {
    match key.name {
        "tls_cert" => vec![("tls_key", "k.pem")],
        "tls_key" => vec![("tls_cert", "c.pem")],
        "email.ses_access_key_id" => vec![("email.ses_secret_access_key", "s")],
        "email.ses_secret_access_key" => vec![("email.ses_access_key_id", "i")],
        _ => vec![],
    }
}

fn variable_of(name: &str) -> String {
    keys().find(|key| key.name == name).unwrap().variable()
}

#[test]
fn every_key_is_set_by_the_file_the_environment_and_a_flag() {
    for key in keys().filter(|key| key.name != "enable_oauth") {
        let (written, shown) = sample(key);
        assert_ne!(shown, (key.text)(&Draft::default()), "{}: the sample is the default", key.name);

        let toml_line = |(name, text): (&str, &str)| name.split_once('.').map_or_else(|| format!("{name} = {text:?}\n"), |(section, field)| format!("[{section}]\n{field} = {text:?}\n"));
        let mut toml = toml_line((key.name, &written));
        for (name, text) in companions(key) {
            // In the same section, so its heading is not repeated.
            toml += &format!("{} = {text:?}\n", name.rsplit('.').next().unwrap());
        }
        let from_file = Case::new().toml(&toml);
        // The file's own jwt_secret is under test, so the environment must not hide it.
        let mut from_file = from_file;
        if key.name == "jwt_secret" {
            from_file.sources.environment.clear();
        }
        let loaded = from_file.loaded();
        let line = if key.name.contains('.') { 2 } else { 1 };
        assert_eq!(effective(&loaded, key.name), (shown.as_str(), format!("regstack.toml:{line}").as_str()));

        let mut case = Case::new().variable(&key.variable(), &written);
        for (name, text) in companions(key) {
            case = case.variable(&variable_of(name), text);
        }
        assert_eq!(effective(&case.loaded(), key.name), (shown.as_str(), format!("environment {}", key.variable()).as_str()));

        let mut case = Case::new().flag(key.name, &written, "--set");
        for (name, text) in companions(key) {
            case = case.variable(&variable_of(name), text);
        }
        assert_eq!(effective(&case.loaded(), key.name), (shown.as_str(), "flag --set"));
    }
}

#[test]
fn toml_types_are_read_as_they_are_written() {
    let case = Case::new().toml("behind_proxy = true\njwt_ttl_seconds = 0x100\ntrusted_proxies = ['10.0.0.0/8', \"::1\"]\nbrand_tagline = 5\nextra_template_dirs = [\"/a,b\"]\n[email]\nsmtp_port = 2_525\n");
    let settings = case.loaded().settings;
    assert!(settings.identity.behind_proxy);
    assert_eq!((settings.tokens.jwt_ttl_seconds, settings.email.smtp_port), (256, 2525));
    assert_eq!(settings.identity.trusted_proxies.len(), 2);
    assert_eq!(settings.pages.extra_template_dirs, [Path::new("/a,b")]);
}

#[test]
fn numbers_are_refused_beyond_both_ends() {
    for key in keys() {
        let value::Rule::Range(low, high) = key.rule else { continue };
        for (number, accepted) in [(low.checked_sub(1), false), (Some(low), true), (Some(high), true), (high.checked_add(1), false)] {
            let Some(number) = number else { continue };
            let result = Case::new().variable(&key.variable(), &number.to_string()).load();
            let refused = result.is_err_and(|error| error.faults.iter().any(|fault| fault.key == key.name && fault.message.contains(&format!("from {low} to {high}"))));
            // Argon2's own bound on memory and lanes together.
            let together = key.name == "password.parallelism" && number == high;
            assert_eq!(!refused, accepted, "{} = {number}", key.name);
            assert!(!together || high * 8 <= 19_456);
        }
        for bad in ["", "abc", "-1", "1.5", "99999999999999999999"] {
            assert!(Case::new().variable(&key.variable(), bad).faults()[0].contains("must be a whole number from"), "{} = {bad:?}", key.name);
        }
    }
}

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
    assert_eq!(app_name(&case), "Environment from environment REGSTACK_APP_NAME");
    let case = case.flag("app_name", "Flag", "--app-name");
    assert_eq!(app_name(&case), "Flag from flag --app-name");
    assert_eq!(case.loaded().files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect::<Vec<_>>(), ["regstack.toml", "regstack.secrets.env"]);
}

#[test]
fn an_empty_text_takes_a_lower_value_back() {
    let case = Case::new().toml("brand_tagline = \"x\"\nlogin_rate_limit = \"5/minute\"\n").variable("REGSTACK_BRAND_TAGLINE", "").variable("REGSTACK_LOGIN_RATE_LIMIT", "");
    let loaded = case.loaded();
    assert_eq!((loaded.settings.pages.brand_tagline, loaded.settings.guessing.limits.login), (None, None));
}

#[test]
fn the_file_is_found_where_it_is_named() {
    let case = || Case::new().file("a/regstack.toml", "app_name = \"A\"\n").file("a/regstack.secrets.env", "REGSTACK_JWT_AUDIENCE=a\n").file("b/other.toml", "app_name = \"B\"\n").toml("app_name = \"Here\"\n").secrets("REGSTACK_JWT_AUDIENCE=here\n");
    let found = |case: Case| {
        let loaded = case.loaded();
        let audience = loaded.settings.tokens.jwt_audience.clone().unwrap();
        format!("{} {audience}", effective(&loaded, "app_name").1)
    };
    assert_eq!(found(case()), "regstack.toml:1 here");
    assert_eq!(found(case().config("a")), "a/regstack.toml:1 a");
    assert_eq!(found(case().config("b/other.toml")), "b/other.toml:1 here");
    assert_eq!(found(case().variable("REGSTACK_CONFIG", "a")), "a/regstack.toml:1 a");
    assert_eq!(found(case().variable("REGSTACK_CONFIG", "a").config("b/other.toml")), "b/other.toml:1 here");
    assert_eq!(found(case().variable("REGSTACK_CONFIG", "")), "regstack.toml:1 here");

    assert_eq!(case().config("b").faults(), ["flag --config: config must name a file, or a folder with a regstack.toml: b/regstack.toml does not exist"]);
    assert_eq!(case().variable("REGSTACK_CONFIG", "no.toml").faults(), ["environment REGSTACK_CONFIG: config must name a file, or a folder with a regstack.toml: no.toml does not exist"]);
}

#[test]
fn secrets_may_come_from_files() {
    for key in keys().filter(|key| key.secret && !matches!(key.name, "database_url" | "mongodb_url")) {
        let name = format!("{}_FILE", key.variable());
        let mut case = Case::new().file("secret.txt", &format!("{SECRET}\r\n")).variable(&name, "secret.txt");
        for (name, text) in companions(key) {
            case = case.variable(&variable_of(name), text);
        }
        case.sources.environment.insert("REGSTACK_JWT_SECRET".to_owned(), if key.name == "jwt_secret" { String::new() } else { SECRET.to_owned() });
        assert_eq!(effective(&case.loaded(), key.name), ("(secret)", format!("environment {name}").as_str()));
    }
    let mut case = Case::new().file("s.txt", &format!("{SECRET}\n")).secrets("REGSTACK_JWT_SECRET_FILE=s.txt\n").file("db.txt", "sqlite:x.db").variable("REGSTACK_DATABASE_URL_FILE", "db.txt");
    case.sources.environment.remove("REGSTACK_JWT_SECRET");
    let loaded = case.loaded();
    assert_eq!(loaded.settings.tokens.jwt_secret.expose_secret(), SECRET);
    assert_eq!(effective(&loaded, "jwt_secret").1, "regstack.secrets.env:1");
    assert_eq!(effective(&loaded, "database_url").0, "sqlite:x.db");

    let two = Case::new().file("old.txt", &format!("{SECRET}1\n{SECRET}2\n")).variable("REGSTACK_JWT_PREVIOUS_SECRETS_FILE", "old.txt").loaded();
    assert_eq!(two.settings.tokens.jwt_previous_secrets.len(), 2);

    let both = Case::new().file("s.txt", SECRET).variable("REGSTACK_JWT_SECRET_FILE", "s.txt");
    assert_eq!(both.faults(), ["environment REGSTACK_JWT_SECRET_FILE: jwt_secret must not be set together with REGSTACK_JWT_SECRET"]);
    let missing = Case::new().variable("REGSTACK_EMAIL__SMTP_PASSWORD_FILE", "none.txt");
    assert_eq!(missing.faults(), ["environment REGSTACK_EMAIL__SMTP_PASSWORD_FILE: email.smtp_password must name a readable file: \"none.txt\" does not exist"]);
    assert!(Case::new().variable("REGSTACK_APP_NAME_FILE", "x").warnings()[0].contains("REGSTACK_APP_NAME_FILE is no setting"));
}

#[test]
fn unknown_names_are_named_with_the_nearest_known_one() {
    let toml = "jwt_tll_seconds = 5\n[email]\nfrom_adress = \"a@example.com\"\napp_name = \"X\"\n[emial]\nbackend = \"smtp\"\n[nothing_like_it]\na = 1\n[sms]\nbackend.x = 1\n";
    assert_eq!(
        Case::new().toml(toml).faults(),
        [
            "regstack.toml:1: jwt_tll_seconds is no setting (did you mean jwt_ttl_seconds?)",
            "regstack.toml:3: email.from_adress is no setting (did you mean email.from_address?)",
            "regstack.toml:4: email.app_name is no setting (app_name stands outside sections: move it above the first [section])",
            "regstack.toml:5: emial is no setting (did you mean email?)",
            "regstack.toml:7: nothing_like_it is no setting",
            "regstack.toml:10: sms.backend must be one of null, sns, twilio",
        ]
    );
    assert_eq!(Case::new().toml("smtp_host = \"x\"\nemail = 5\n").faults(), ["regstack.toml:1: smtp_host is no setting (did you mean email.smtp_host?)", "regstack.toml:2: email must be a section: [email]"]);
    assert_eq!(Case::new().flag("app_nam", "x", "--set").faults(), ["flag --set: app_nam is no setting (did you mean app_name?)"]);

    let case = Case::new().variable("REGSTACK_EMAIL_FROM_ADDRESS", "x").variable("REGSTACK_ZZZZZZZZZZ", "x").variable("OTHER", "x").secrets("REGSTACK_JWT_TTL=5\nOTHER=5\n");
    assert_eq!(
        case.warnings(),
        [
            "regstack.secrets.env:1: REGSTACK_JWT_TTL is no setting and is ignored (did you mean REGSTACK_JWT_TTL_SECONDS?)",
            "environment REGSTACK_EMAIL_FROM_ADDRESS: REGSTACK_EMAIL_FROM_ADDRESS is no setting and is ignored (did you mean REGSTACK_EMAIL__FROM_ADDRESS?)",
            "environment REGSTACK_ZZZZZZZZZZ: REGSTACK_ZZZZZZZZZZ is no setting and is ignored",
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
            "default: email.smtp_host is missing: email.backend = smtp needs it",
            "default: jwt_secret is missing (regstack secret generate)",
            "environment REGSTACK_BASE_URL: base_url must be an absolute http or https URL without user, query and fragment, not \"example.com\"",
            "flag --bind: bind must be an IP address and a port, as 127.0.0.1:8000 or [::1]:8000, not \"localhost\"",
            "regstack.secrets.env:1: must be KEY=value, a comment that starts with #, or empty",
            "regstack.secrets.env:2: sms_code_length must be a whole number from 4 to 10, not \"11\"",
            "regstack.toml:1: jwt_ttl_seconds must be a whole number from 60 to 2592000, not \"5\"",
            "regstack.toml:2: unknown_key_here is no setting",
            "regstack.toml:3: transport must be one of bearer, cookie, not \"pigeon\"",
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_lines_and_nothing_is_called_missing() {
    let mut case = Case::new().toml("app_name = \njwt_secret = canary\n[email\n").variable("REGSTACK_JWT_TTL_SECONDS", "1");
    case.sources.environment.remove("REGSTACK_JWT_SECRET");
    let faults = case.faults();
    assert!(faults[0].starts_with("regstack.toml:1: is not TOML: "), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.starts_with("regstack.toml:2: ")) && faults.last().unwrap().starts_with("environment REGSTACK_JWT_TTL_SECONDS"), "{faults:?}");
    assert!(faults.iter().all(|fault| !fault.contains("canary") && !fault.contains("missing")), "{faults:?}");

    let case = Case::new();
    fs::write(case.folder.path().join("regstack.toml"), [0xff, 0xfe]).unwrap();
    assert_eq!(case.faults(), ["regstack.toml: is not UTF-8 text"]);
}

#[test]
fn a_signing_secret_is_long_and_not_an_examples() {
    for (secret, reason) in [("", "is missing"), ("x", "must have at least 32"), (&SECRET[..31], "must have at least 32"), ("changeme-changeme-changeme-changeme-1", "must not be an example's"), ("this-is-your-SECRET-change-me-0123456789", "must not be an example's")] {
        let faults = Case::new().variable("REGSTACK_JWT_SECRET", secret).faults();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains(reason) && faults[0].ends_with("(regstack secret generate)"), "{faults:?}");
        if !secret.is_empty() {
            let faults = Case::new().variable("REGSTACK_JWT_PREVIOUS_SECRETS", &format!("{SECRET},{secret}")).faults();
            assert!(faults[0].contains("jwt_previous_secrets each entry must"), "{faults:?}");
        }
    }
    assert_eq!(Case::new().variable("REGSTACK_JWT_SECRET", &SECRET[..32]).loaded().settings.tokens.jwt_secret.expose_secret(), &SECRET[..32]);
}

#[test]
fn keys_that_belong_together_are_asked_for_together() {
    for (toml, fault) in [
        ("hide_registered_emails = true\nrequire_verification = false", "regstack.toml:1: hide_registered_emails needs require_verification"),
        ("tls_cert = \"c\"", "default: tls_key is missing: tls_cert needs it"),
        ("tls_key = \"k\"", "default: tls_cert is missing: tls_key needs it"),
        ("[email]\nbackend = \"smtp\"", "default: email.smtp_host is missing"),
        ("[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\nsmtp_username = \"u\"", "default: email.smtp_password is missing: email.smtp_username needs it"),
        ("[email]\nses_access_key_id = \"i\"", "default: email.ses_secret_access_key is missing"),
        ("[email]\nses_secret_access_key = \"s\"", "default: email.ses_access_key_id is missing"),
        ("[email]\nses_access_key_id = \"i\"\nses_secret_access_key = \"s\"\nses_profile = \"p\"", "regstack.toml:4: email.ses_profile must not be set together"),
        ("[sms]\nbackend = \"twilio\"\ntwilio_account_sid = \"a\"\nfrom_number = \"+15550100\"", "default: sms.twilio_auth_token is missing"),
        ("[sms]\nbackend = \"twilio\"\ntwilio_auth_token = \"a\"\nfrom_number = \"+15550100\"", "default: sms.twilio_account_sid is missing"),
        ("[sms]\nbackend = \"twilio\"\ntwilio_auth_token = \"a\"\ntwilio_account_sid = \"a\"", "default: sms.from_number is missing"),
        ("ui_prefix = \"/api/auth\"", "regstack.toml:1: ui_prefix must differ from api_prefix"),
        ("static_prefix = \"/account\"", "regstack.toml:1: static_prefix must differ from ui_prefix"),
        ("api_prefix = \"/docs\"", "regstack.toml:1: api_prefix must not be under"),
        ("api_prefix = \"/healthz/x\"", "regstack.toml:1: api_prefix must not be under"),
        ("[password]\nmemory_kib = 31\nparallelism = 4", "regstack.toml:2: password.memory_kib must be at least 8 for each lane of password.parallelism: 32"),
        ("database_url = \"sqlite:a.db\"\nmongodb_url = \"mongodb://h\"", "regstack.toml:2: mongodb_url must not be set together with database_url"),
        ("database_url = \"postgresql+asyncpg://u:canary@h/db\"", "regstack.toml:1: database_url postgresql+asyncpg is not supported"),
    ] {
        let faults = Case::new().toml(toml).faults();
        assert!(faults.len() == 1 && faults[0].starts_with(fault) && !faults[0].contains("canary"), "{faults:?}");
    }
    let whole = "tls_cert = \"c\"\ntls_key = \"/k\"\napi_prefix = \"/docsy\"\n[email]\nbackend = \"smtp\"\nsmtp_host = \"h\"\nsmtp_tls = true\n[sms]\nbackend = \"twilio\"\ntwilio_auth_token = \"a\"\ntwilio_account_sid = \"a\"\nfrom_number = \"+15550100\"\n";
    let case = Case::new().toml(whole);
    let server = case.loaded().settings.server;
    assert_eq!((server.tls_cert, server.tls_key), (Some(case.folder.path().join("c")), Some("/k".into())));
}

#[test]
fn several_keys_become_one_setting() {
    let settings = |toml: &str| Case::new().toml(toml).loaded().settings;
    let quotas = |toml: &str| settings(toml).guessing.limits.login.map(|limit| limit.0.iter().map(|quota| (quota.count.get(), quota.seconds)).collect::<Vec<_>>());
    assert_eq!(quotas("login_rate_limit = \"auto\""), Some(vec![(5, 60), (20, 3600)]));
    assert_eq!(quotas("login_rate_limit = \"auto\"\nlogin_max_per_minute = 1\nlogin_max_per_hour = 2"), Some(vec![(1, 60), (2, 3600)]));
    assert_eq!(quotas("login_rate_limit = \"3/day\""), Some(vec![(3, 86_400)]));
    assert_eq!(quotas(""), None);
    assert_eq!(
        Case::new().toml("login_max_per_minute = 5\nlogin_rate_limit = \"3/day\"").warnings(),
        ["regstack.toml:1: login_max_per_minute does nothing without login_rate_limit = \"auto\""]
    );
    assert_eq!(settings("base_url = \"HTTPS://Example.COM:443/app//\"").identity.base_url, "https://example.com/app");
    assert_eq!(settings("dns.resolver = \"[::1]:5353\"").dns.resolver, Some("[::1]:5353".parse().unwrap()));
    assert!(settings("[password]\nmax_concurrent_hashes = 0").password.max_concurrent_hashes > 0);

    let case = Case::new();
    assert!(matches!(case.loaded().settings.database.engine, Engine::Sqlite { path } if path == case.folder.path().join("regstack.db")));
    assert!(matches!(settings("mongodb_database = \"app\"").database.engine, Engine::Mongo { database, .. } if database == "app"));
    let both = Case::new().toml("mongodb_database = \"app\"").secrets("REGSTACK_DATABASE_URL=sqlite+aiosqlite:///./a.db");
    assert_eq!(both.warnings(), ["regstack.toml:1: mongodb_database does nothing: database_url names an SQLite file"]);
}

#[test]
fn webhooks_bring_their_secrets() {
    let toml = "[[webhooks]]\nurl = \"https://a.example/hook\"\nsecret_env = \"REGSTACK_HOOK\"\nevents = [\"user_registered\"]\n[[webhooks]]\nurl = \"http://b.example\"\nsecret_env = \"OTHER\"\n";
    let case = Case::new().toml(toml).variable("REGSTACK_HOOK", "whsec_Y2FuYXJ5").secrets("OTHER_FILE=other.txt\n").file("other.txt", "whsec_b3RoZXI=\n");
    let loaded = case.loaded();
    assert_eq!(loaded.settings.webhooks.iter().map(|hook| (hook.url.as_str(), hook.secret.expose_secret(), hook.events.is_some())).collect::<Vec<_>>(), [("https://a.example/hook", "whsec_Y2FuYXJ5", true), ("http://b.example", "whsec_b3RoZXI=", false)]);
    assert_eq!(effective(&loaded, "webhooks"), ("https://a.example/hook,http://b.example", "regstack.toml:1"));
    assert_eq!(lines(&loaded.warnings), ["regstack.toml:1: webhooks is not built yet: it has no effect"]);
    assert!(!format!("{loaded:?}").contains("Y2FuYXJ5"));

    for (secret, reason) in [("", "which neither"), ("canary", "must be whsec_"), ("whsec_", "must be whsec_"), ("whsec_can ary", "must be whsec_")] {
        let faults = Case::new().toml("[[webhooks]]\nurl = \"https://a.example\"\nsecret_env = \"REGSTACK_HOOK\"\n").variable("REGSTACK_HOOK", secret).faults();
        assert!(faults.len() == 1 && faults[0].starts_with("regstack.toml:1: webhooks.secret_env names REGSTACK_HOOK") && faults[0].contains(reason) && !faults[0].contains("canary"), "{faults:?}");
    }
    assert_eq!(
        Case::new().toml("[[webhooks]]\nurl = \"ftp://a\"\nsecret = \"x\"\nevents = 5\n").faults(),
        [
            "regstack.toml:4: webhooks.events must be a list of events",
            "regstack.toml:3: webhooks.secret is no setting",
            "regstack.toml:1: webhooks.url must be an absolute http or https URL without a user, not \"ftp://a\"",
            "regstack.toml:1: webhooks.secret_env is missing: it names the variable that holds the secret",
        ]
    );
    assert_eq!(Case::new().toml("webhooks = 5\n").faults(), ["regstack.toml:1: webhooks must be sections: [[webhooks]]"]);
}

#[test]
fn sign_in_through_others_is_refused_by_name() {
    assert!(Case::new().toml("enable_oauth = false\noauth_state_collection = \"oauth_states\"\noauth_identity_collection = \"oauth_identities\"\n[oauth]\ngoogle_client_id = \"\"\n").warnings().is_empty());
    assert_eq!(Case::new().toml("enable_oauth = true\n").faults(), ["regstack.toml:1: enable_oauth must be false: signing in through another provider (OAuth) is not built, not \"true\""]);
    let toml = "[oauth]\ngoogle_client_id = \"i\"\ngoogle_client_secret = \"canary\"\ngoogle_redirect_uri = \"u\"\nauto_link_verified_emails = true\nenforce_mfa_on_oauth_signin = true\nstate_ttl_seconds = 300\ncompletion_ttl_seconds = 30\n";
    let faults = Case::new().toml(toml).faults();
    assert_eq!(faults.len(), 7);
    assert_eq!(faults[1], "regstack.toml:3: oauth.google_client_secret must be left out: signing in through another provider (OAuth) is not built");
}

#[test]
fn what_is_not_built_yet_warns_only_when_asked_for() {
    let quiet = "enable_password_reset = false\nenable_account_deletion = false\nnotify_on_change = false\nmetrics = false\ntransport = \"bearer\"\nuser_collection = \"users\"\n[email]\nlog_bodies = true\nsmtp_host = \"h\"\nbackend = \"smtp\"\n";
    assert!(Case::new().toml(quiet).warnings().is_empty());
    let loud = "metrics = true\nenable_ui_router = true\nuser_collection = \"people\"\n[email]\nbackend = \"ses\"\n[sms]\ntwilio_auth_token = \"canary\"\n";
    let keys: Vec<_> = Case::new().toml(loud).loaded().warnings.into_iter().map(|warning| warning.key).collect();
    assert_eq!(keys, ["metrics", "user_collection", "enable_ui_router", "email.backend", "sms.twilio_auth_token"]);
}

#[test]
fn no_secret_shows_in_anything_that_comes_out() {
    // Every secret at once, so that every place a value could surface is passed.
    let mut good = Case::new().variable("REGSTACK_JWT_PREVIOUS_SECRETS", SECRET).variable("REGSTACK_MONGODB_URL", "mongodb://canary:canary@h/db?x=canary");
    for name in ["email.smtp_password", "email.ses_access_key_id", "email.ses_secret_access_key", "sms.twilio_auth_token"] {
        good = good.variable(&variable_of(name), SECRET);
    }
    let loaded = good.loaded();
    let everything = format!("{loaded:?} {loaded:#?} {} {} {:?}", serde_json::to_string(&loaded.values).unwrap(), serde_json::to_string(&loaded.warnings).unwrap(), good.sources);
    assert!(!everything.contains("canary"), "{everything}");
    let url = Case::new().variable("REGSTACK_DATABASE_URL", "mongodb://canary:canary@h/db").loaded();
    assert!(!format!("{url:?}").contains("canary"));

    for key in known_keys().filter(|key| key.secret) {
        for bad in ["canary", "[canary]", "postgresql://canary:canary@canary"] {
            let case = Case::new().variable(&key.variable(), bad).toml(&key.name.split_once('.').map_or_else(|| format!("{} = [[\"canary\"]]", key.name), |(section, field)| format!("[{section}]\n{field} = [[\"canary\"]]")));
            let error = case.load().map(|_| ()).expect_err(key.name);
            let told = format!("{error} {error:?} {} {}", lines(&error.faults).join(" "), serde_json::to_string(&error.faults).unwrap());
            assert!(!told.contains("canary"), "{}: {told}", key.name);
        }
    }
}

#[test]
fn odd_values_are_quoted_escaped_and_cut() {
    let fault = Case::new().variable("REGSTACK_TRANSPORT", &format!("\u{1b}[31m{}", "x".repeat(5000))).faults().remove(0);
    assert!(fault.len() < 200 && !fault.contains('\u{1b}') && fault.ends_with('…'), "{fault}");
}

/// The example is written from the keys: `REGSTACK_UPDATE=1 cargo test example` writes it anew.
#[test]
fn the_example_is_fresh_complete_and_loads() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("regstack.toml.example");
    if std::env::var_os("REGSTACK_UPDATE").is_some() {
        fs::write(&path, example()).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(text == example(), "regstack.toml.example is stale: run `REGSTACK_UPDATE=1 cargo test example`");
    assert!(Case::new().toml(&text).warnings().is_empty(), "as it stands");

    // With every line taken in, each key is there, from the file, at its default.
    let lines: String = text.split("# ---- Webhooks").next().unwrap().lines().map(|line| format!("{}\n", line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '-']) && !rest.is_empty()).unwrap_or(line))).collect();
    let loaded = Case::new().toml(&lines).loaded();
    let default = Case::new().loaded();
    for (taken, default) in loaded.values.iter().zip(&default.values) {
        assert!(taken.layer.starts_with("regstack.toml:") || matches!(taken.key.as_str(), "webhooks" | "jwt_secret"), "{} is not in the example", taken.key);
        assert!(taken.value == default.value || taken.key == "password.max_concurrent_hashes", "{}: {} is not the default {}", taken.key, taken.value, default.value);
    }
    assert!(loaded.warnings.iter().all(|warning| warning.message.contains("does nothing")), "{:?}", loaded.warnings);
    let names: BTreeSet<_> = keys().map(|key| key.name).collect();
    assert_eq!(names.len(), keys().count(), "a key stands once");
    assert!(text.contains("#[[webhooks]]") && text.lines().count() > keys().count() * 3, "a line of help each");
}
