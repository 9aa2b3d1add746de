//! Tests of overrides, and of what every template has in common.

use super::*;

/// Loads templates with these overrides. The folder is returned to keep it alive.
fn load_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Templates, SettingError>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, source) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, source).unwrap();
    }
    let loaded = Templates::load(&[folder.path().to_owned()]);
    (folder, loaded)
}

fn refusal(files: &[(&str, &str)]) -> String {
    let (folder, loaded) = load_with(files);
    let error = loaded.err().expect("the override is refused");
    error
        .reason
        .replace(&folder.path().display().to_string(), "DIR")
}

#[test]
fn an_override_comes_first_and_jinja_habits_work() {
    let (_folder, loaded) = load_with(&[
        (
            "verification.subject.txt",
            "{# ours #}\nPlease verify,\n {{ app_name }}\n",
        ),
        (
            "verification.html",
            "{% if full_name %}\n  <p>{{ full_name.upper() }}</p>\n{% endif %}\n{% include \"_foot.html\" %}\n{{ url }}\n",
        ),
        (
            "_foot.html",
            "<i>{{ app_name }}{% for n in range(2) %}{{ loop.index }}{% endfor %}</i>",
        ),
    ]);
    let mail = loaded
        .unwrap()
        .mail(
            &Verification {
                url: "https://x.example/?a=1&b=2".into(),
                ..ada()
            },
            &Language::english(),
        )
        .unwrap();
    assert_eq!(mail.subject, "Please verify, Acme & Söhne");
    assert_eq!(
        mail.html,
        "  <p>ADA LOVELACE</p>\n<i>Acme &amp; Söhne12</i>https://x.example/?a=1&amp;b=2\n"
    );
    assert!(
        mail.text.contains("Confirm that ada@example.com is yours."),
        "the text is the built-in one"
    );
}

/// The names of all emails, from their files, so that the tests cover new ones.
fn mail_names() -> Vec<String> {
    let is_there = |file: &str| BuiltIn::get(file).is_some();
    let names: Vec<String> = BuiltIn::iter()
        .filter_map(|file| file.strip_suffix(".html").map(str::to_owned))
        .filter(|name| is_there(&format!("{name}.txt")) && !name.contains('/'))
        .collect();
    assert!(names.len() >= 6, "{names:?}");
    names
}

#[test]
fn the_subject_is_a_message_where_no_template_says_otherwise() {
    for mail in mails::NAMES {
        let file = format!("{mail}.subject.txt");
        let message = format!("mail-{}-subject", mail.replace('_', "-"));
        let words = format!("{message} = Ours\n");
        let (_folder, loaded) = load_with(&[("locales/en.ftl", &words)]);
        let subject = |templates: &Templates| {
            let preview = templates.preview(mail, &Language::english());
            preview.unwrap().unwrap().subject
        };
        let own = BuiltIn::get(&file).is_some();
        assert_eq!(subject(&loaded.unwrap()) == "Ours", !own, "{mail}");
        let (_folder, loaded) = load_with(&[
            ("locales/en.ftl", &words),
            (&file, "Mine of {{ app_name }}"),
        ]);
        assert_eq!(subject(&loaded.unwrap()), "Mine of RegStack");
    }
}

#[test]
fn each_file_of_each_mail_is_tried_at_start() {
    for name in mail_names() {
        for suffix in ["subject.txt", "txt", "html"] {
            let file = format!("{name}.{suffix}");
            let untaken = "{% if not app_name %}{{ oops }}{% endif %}";
            for source in ["{{ oops }}", untaken, "{% include 'nowhere' %}"] {
                let reason = refusal(&[(&file, source)]);
                assert!(
                    reason.starts_with(&format!("DIR/{file}, line 1: ")),
                    "{reason}"
                );
            }
        }
    }
}

/// Checks that an email's HTML can be overridden by a whole page, as the Python package's templates are.
fn replaced<T: MailTemplate>() {
    let page = "<!doctype html>\n<html>\n<body>\n{% if full_name %}\n<p>Hi {{ full_name|e }}!</p>\n{% endif %}\n</body>\n</html>\n";
    let (_folder, loaded) = load_with(&[(&format!("{}.html", T::NAME), page)]);
    let mail = loaded
        .unwrap()
        .mail(&T::sample(), &Language::english())
        .unwrap();
    assert_eq!(
        mail.html,
        "<!doctype html>\n<html>\n<body>\n<p>Hi Ada Lovelace!</p>\n</body>\n</html>\n"
    );
    assert!(mail.text.starts_with("Hello Ada Lovelace,"), "built in");
}

#[test]
fn any_mail_can_be_replaced_by_a_page_of_its_own() {
    replaced::<Verification>();
    replaced::<PasswordReset>();
    replaced::<EmailChange>();
    replaced::<Invite>();
    replaced::<SecurityNotice>();
    replaced::<AlreadyRegistered>();
}

#[test]
fn mails_have_the_configured_colour_and_say_whom_to_ask() {
    let mail = |settings: &Settings| {
        let templates = Templates::load(&[]).unwrap().offering(settings).unwrap();
        templates
            .mail(&Verification::sample(), &Language::english())
            .unwrap()
    };
    let mut settings = Settings::default();
    settings.pages.mail_accent = Some("#0b6b57".into());
    settings.pages.support_email = Some("help@example.com".into());
    let (plain, dressed) = (mail(&Settings::default()), mail(&settings));
    assert!(plain.html.contains("background:#1d4fd7") && !plain.html.contains("mailto:"));
    assert!(!plain.text.contains("help"), "{}", plain.text);
    assert!(dressed.html.contains("background:#0b6b57") && !dressed.html.contains("#1d4fd7"));
    assert!(
        dressed.html.contains("href=\"mailto:help@example.com\""),
        "{}",
        dressed.html
    );
    assert!(
        dressed
            .text
            .trim_end()
            .ends_with("Need help? Write to help@example.com.")
    );
}

#[test]
fn mails_show_the_logo_where_mail_programs_can() {
    let html = |logo: &str, has_name: bool| {
        let mut settings = Settings::default();
        settings.identity.base_url = "https://acme.example/sub/".into();
        settings.pages.brand_logo_url = Some(logo.into());
        settings.pages.brand_logo_has_name = has_name;
        let templates = Templates::load(&[]).unwrap().offering(&settings).unwrap();
        let mail = templates.mail(&Invite::sample(), &Language::english());
        mail.unwrap().html
    };
    let name = ">RegStack</span>";
    let own = html("/regstack-static/logo.png", false);
    assert!(own.contains("src=\"https://acme.example/sub/regstack-static/logo.png\""));
    assert!(own.contains("alt=\"\"") && own.contains(name), "{own}");
    let with_name = html("https://pics.example/logo.webp?a=1", true);
    assert!(with_name.contains("src=\"https://pics.example/logo.webp?a=1\""));
    assert!(with_name.contains("alt=\"RegStack\"") && !with_name.contains(name));
    let vector = html("/regstack-static/logo.SVG?v=2", true);
    assert!(!vector.contains("<img") && vector.contains(name));
}

#[test]
fn the_common_frame_can_be_replaced_for_all_mails_at_once() {
    let (_folder, loaded) = load_with(&[(
        "mail/frame.html",
        "<main>{% block body %}{% endblock %}</main>",
    )]);
    for html in [
        loaded
            .as_ref()
            .unwrap()
            .mail(&Invite::sample(), &Language::english())
            .unwrap()
            .html,
        loaded
            .as_ref()
            .unwrap()
            .mail(&AlreadyRegistered::sample(), &Language::english())
            .unwrap()
            .html,
    ] {
        assert!(
            html.starts_with("<main>") && html.ends_with("</main>"),
            "{html}"
        );
    }
}

#[test]
fn a_broken_override_is_refused_with_file_line_and_reason() {
    assert_eq!(
        refusal(&[("verification.txt", "one\n{{ url }}\n{% if %}\n")]),
        "DIR/verification.txt, line 3: syntax error: unexpected end of block"
    );
    assert_eq!(
        refusal(&[("verification.html", "one\n{{ link }}\n")]),
        "DIR/verification.html, line 2: unknown variable: `link` is undefined"
    );
    assert_eq!(
        refusal(&[(
            "verification.txt",
            "token\n{% if ttl_hours == 1 %}\n{{ token }}{% endif %}\n"
        )]),
        "DIR/verification.txt, line 3: unknown variable token"
    );
    assert_eq!(
        refusal(&[
            ("verification.html", "\n{% include '_part.html' %}"),
            ("_part.html", "\n\n{{ oops }}")
        ]),
        "DIR/_part.html, line 3: unknown variable: `oops` is undefined"
    );
    assert!(
        Templates::load(&["/nowhere/at/all".into()])
            .err()
            .unwrap()
            .to_string()
            .contains("/nowhere/at/all is not a folder")
    );
}

#[test]
fn the_built_in_templates_need_no_check_at_the_start() {
    assert_eq!(Templates::open(&[]).unwrap().faults(), []);
}

#[test]
fn every_language_says_everything_with_the_same_variables() {
    let templates = Templates::load(&[]).unwrap();
    assert_eq!(templates.doubts(), []);
    for language in templates.catalogue().languages() {
        let words = templates.catalogue().words(language);
        for (file, sample) in all(words) {
            let text = templates.render(&file, &sample, words).unwrap();
            assert!(!text.trim().is_empty(), "{language} {file}");
        }
    }
}

#[test]
fn lookups_stay_in_their_folders() {
    let outside = tempfile::tempdir().unwrap();
    let inside = outside.path().join("templates");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(outside.path().join("secret.txt"), "SECRET").unwrap();
    for name in [
        "../secret.txt",
        "./../secret.txt",
        &outside.path().join("secret.txt").display().to_string(),
        "..\\\\secret.txt",
    ] {
        std::fs::write(
            inside.join("verification.txt"),
            format!("{{% include '{name}' %}}"),
        )
        .unwrap();
        let error = Templates::load(std::slice::from_ref(&inside))
            .err()
            .unwrap_or_else(|| panic!("{name} was found"));
        assert!(!error.to_string().contains("SECRET"));
    }
}
