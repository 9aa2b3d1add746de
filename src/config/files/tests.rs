//! Tests the changes to files that people wrote, and to files that don't exist yet.

use super::*;
use crate::config::example;

fn files(toml: &str, secrets: &str) -> Files {
    Files {
        toml: toml.to_owned(),
        secrets: secrets.to_owned(),
    }
}

fn set(files: &mut Files, name: &str, text: &str) {
    files.set(key(name).ok().unwrap(), text).unwrap();
}

/// Returns the TOML text with these changes. Each must read back as it was made.
fn changed(toml: &str, changes: &[(&str, &str)]) -> String {
    let mut files = files(toml, "");
    for (name, text) in changes {
        set(&mut files, name, text);
    }
    let table: toml::Table = files.toml.trim_start_matches('\u{feff}').parse().unwrap();
    for (name, text) in changes {
        let value = match name.split_once('.') {
            Some((section, field)) => table.get(section).and_then(|section| section.get(field)),
            None => table.get(*name),
        };
        let value = value.unwrap_or_else(|| panic!("{name} is not in {}", files.toml));
        let written = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!(&written, text, "{name}");
    }
    files.toml.clone()
}

const HAND_MADE: &str = "\
# Our accounts.   Ask Grace before touching.

app_name   =   'Old'  # as on the sign
base_url = \"https://old.example.com\"
trusted_proxies = [
    \"10.0.0.0/8\", # the balancer
]

[password]
memory_kib = 64   # cheap

# Mail goes by our own server.
[email]
smtp_port = 2525
# the end of mail

[[webhooks]]
url = \"https://app.example.com/hook\" # CRM
secret_env = \"HOOK\"
";

#[test]
fn a_changed_value_leaves_every_other_byte() {
    let text = changed(
        HAND_MADE,
        &[
            ("app_name", "New"),
            ("email.smtp_port", "587"),
            ("password.memory_kib", "128"),
        ],
    );
    let by_hand = HAND_MADE
        .replace("'Old'", "\"New\"")
        .replace("2525", "587")
        .replace("64 ", "128 ");
    assert_eq!(text, by_hand);
}

#[test]
fn a_new_key_comes_after_its_neighbours_and_every_old_line_stays() {
    let text = changed(
        HAND_MADE,
        &[
            ("bind", "127.0.0.1:9000"),
            ("email.smtp_host", "mail.example.com"),
            ("sms.from_number", "+15005550006"),
        ],
    );
    let old: Vec<&str> = HAND_MADE.lines().collect();
    let mut rest = text.lines();
    assert!(
        old.iter().all(|line| rest.any(|other| other == *line)),
        "{text}"
    );
    let at = |part: &str| text.find(part).unwrap();
    assert!(
        at("balancer") < at("bind =") && at("bind =") < at("[password]"),
        "{text}"
    );
    assert!(
        at("smtp_port") < at("smtp_host") && at("smtp_host") < at("# the end of mail"),
        "{text}"
    );
    assert!(at("[[webhooks]]") < at("[sms]"), "{text}");
}

#[test]
fn other_ways_to_write_a_section_are_kept() {
    for toml in [
        "email.smtp_port = 25\n",
        "email = { smtp_port = 25 }\n",
        "email = {}\n[sms]\n",
        "[email]\n",
        "[email] # mail",
        "\u{feff}# mark\r\n[email]\r\nsmtp_port = 25\r\n",
        "app_name = \"x\"",
        "",
    ] {
        let text = changed(
            toml,
            &[
                ("email.smtp_host", "mail.example.com"),
                ("email.smtp_port", "26"),
                ("app_name", "A"),
            ],
        );
        assert_eq!(
            text.contains("\r\n"),
            text.matches('\n').count() == text.matches("\r\n").count() && text.contains('\r'),
            "line ends are not mixed: {text:?}"
        );
    }
}

#[test]
fn in_a_copy_of_the_example_the_lines_themselves_come_alive() {
    let text = changed(
        &example(),
        &[
            ("app_name", "Acme"),
            ("email.backend", "smtp"),
            ("sms.backend", "sns"),
            ("enable_ui_router", "true"),
        ],
    );
    let by_hand = example()
        .replacen("#app_name = \"RegStack\"", "app_name = \"Acme\"", 1)
        .replacen("#backend = \"console\"", "backend = \"smtp\"", 1)
        .replacen("#backend = \"null\"", "backend = \"sns\"", 1)
        .replacen("#enable_ui_router = false", "enable_ui_router = true", 1);
    assert_eq!(text, by_hand);
}

#[test]
fn every_key_can_be_written_and_taken_out_again() {
    for key in keys() {
        let sample = match key.default_literal().trim_matches('"') {
            "" | "[]" => continue,
            default => default.to_owned(),
        };
        let mut files = files(HAND_MADE, "# mine\n");
        if key.check(&sample).is_err() {
            continue;
        }
        files
            .set(key, &sample)
            .unwrap_or_else(|reason| panic!("{}: {reason}", key.name));
        assert!(files.toml.parse::<toml::Table>().is_ok(), "{}", files.toml);
        files.unset(key).unwrap();
        assert!(
            !files
                .toml
                .lines()
                .any(|line| line.starts_with(&format!("{} =", key.name)))
        );
        assert!(files.toml.contains("# the end of mail") && files.secrets.contains("# mine"));
    }
    let mut files = files("# a\nbind = \"127.0.0.1:1\" # why\n# b\n", "");
    files.unset(key("bind").ok().unwrap()).unwrap();
    assert_eq!(files.toml, "# a\n# why\n# b\n", "comments stay");
}

#[test]
fn secrets_go_to_their_file_and_out_of_the_other() {
    let mut files = files(
        "[email]\nsmtp_password = \"old canary\"\n",
        "REGSTACK_EMAIL__SMTP_PASSWORD_FILE=/run/x\n",
    );
    set(&mut files, "email.smtp_password", "new canary");
    assert!(!files.toml.contains("canary"), "{}", files.toml);
    assert_eq!(
        files.secrets,
        "REGSTACK_EMAIL__SMTP_PASSWORD=\"new canary\"\n"
    );
}

#[test]
fn a_database_url_is_a_secret_when_it_can_hold_one() {
    let toml = "mongodb_url = \"mongodb://old\"\n";
    let mut files = files(toml, "");
    set(&mut files, "database_url", "mongodb://app:canary@h/app");
    assert_eq!(
        (files.toml.as_str(), files.secrets.as_str()),
        ("", "REGSTACK_DATABASE_URL=mongodb://app:canary@h/app\n")
    );
    for (url, public) in [
        ("sqlite:a@b.db", true),
        ("mongodb://a,b/app?replicaSet=r", true),
        ("mongodb://a/?tlsCertificateKeyFilePassword=canary", false),
        ("mongodb+srv://u:canary@a/", false),
    ] {
        set(&mut files, "database_url", url);
        assert_eq!(files.toml.contains(url), public, "{url}");
        assert_eq!(files.secrets.contains(url), !public, "{url}");
    }
}

#[test]
fn a_value_that_cannot_be_used_changes_nothing_and_names_its_rule() {
    for (name, text, words) in [
        ("jwt_ttl_seconds", "5", "from 60 to 2592000, not \"5\""),
        ("email.backend", "pigeon", "console, smtp, ses"),
        (
            "database_url",
            "postgresql://u:canary@h/db",
            "postgresql isn't supported",
        ),
        ("database_url", "mongodb://u:can@ary@h", "percent-encoded"),
        ("jwt_secret", "canary", "at least 32"),
        (
            "jwt_secret",
            "changeme-changeme-changeme-changeme",
            "example",
        ),
    ] {
        let mut files = files(HAND_MADE, "");
        let before = files.clone();
        let reason = files.set(key(name).ok().unwrap(), text).unwrap_err();
        assert!(
            reason.contains(words) && !reason.contains("canary"),
            "{reason}"
        );
        assert!(files == before);
    }
    let reason = files("a = ", "")
        .set(key("app_name").ok().unwrap(), "x")
        .unwrap_err();
    assert!(reason.starts_with("is not TOML"), "{reason}");
}

#[test]
fn a_name_that_is_none_leads_to_the_nearest() {
    for (name, meant) in [
        ("app_nam", "app_name"),
        ("smtp_host", "email.smtp_host"),
        ("email.smpt_host", "email.smtp_host"),
    ] {
        let (_, hint) = key(name).err().unwrap();
        assert_eq!(hint.unwrap(), format!("did you mean {meant}?"));
    }
    assert_eq!(key("quite_something_else").err().unwrap().1, None);
}
