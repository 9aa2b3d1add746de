//! Tests of the built-in emails: what each says, and what must not get into it.

use super::*;
use crate::config::Settings;
use crate::delivery::templates::{RenderedMail, Templates};
use crate::model::Language;

const APP: &str = "Acme & Söhne";
const LINK: &str = "https://app.example/verify?token=p3Jx0mB7-abcdefghijklmnop_0123456789";

fn email() -> Email {
    Email::parse("ada@example.com").unwrap()
}

/// Returns the variables of an email with a realistic link.
pub(in crate::delivery) fn ada() -> Verification {
    let name = FullName::parse("Ada Lovelace").unwrap();
    Verification::new(APP, name.as_ref(), &email(), LINK.into(), 86_400)
}

fn notice(name: Option<&FullName>, ip: Option<&str>) -> SecurityNotice {
    SecurityNotice::new(APP, name, &email(), SecurityChange::Password, details(ip))
}

fn details(ip: Option<&str>) -> RequestDetails {
    RequestDetails {
        time: "2026-03-04T09:05:59.999+01:00".parse().unwrap(),
        ip: ip.map(|ip| ip.parse().unwrap()),
        by_administrator: false,
    }
}

/// Renders an email of an installation with pages at `https://acme.example`.
fn with_pages<T: MailTemplate>(content: &T) -> RenderedMail {
    let mut settings = Settings::default();
    settings.identity.base_url = "https://acme.example/".into();
    settings.features.enable_ui_router = true;
    let templates = Templates::load(&[]).unwrap().offering(&settings).unwrap();
    templates.mail(content, &Language::english()).unwrap()
}

fn built_in<T: MailTemplate>(content: &T) -> RenderedMail {
    Templates::load(&[])
        .unwrap()
        .mail(content, &Language::english())
        .unwrap()
}

/// Renders the four emails with a link, each with its lifetime.
fn with_a_link(name: Option<&FullName>) -> [(RenderedMail, &'static str); 4] {
    let (email, link) = (&email(), || LINK.to_owned());
    [
        (
            built_in(&Verification::new(APP, name, email, link(), 86_400)),
            "24 hours",
        ),
        (
            built_in(&PasswordReset::new(APP, name, email, link(), 1800)),
            "30 minutes",
        ),
        (
            built_in(&EmailChange::new(APP, name, email, link(), 3600)),
            "1 hour",
        ),
        (
            built_in(&Invite::new(APP, name, email, link(), 604_800)),
            "7 days",
        ),
    ]
}

fn without_a_link(name: Option<&FullName>) -> [RenderedMail; 2] {
    [
        built_in(&notice(name, Some("203.0.113.7"))),
        built_in(&AlreadyRegistered::new(APP, name, &email(), details(None))),
    ]
}

/// Renders all built-in emails to a user with this name, which may be invalid.
fn all(name: &str) -> Vec<RenderedMail> {
    let name = FullName::parse(name).unwrap();
    let with = with_a_link(name.as_ref()).map(|(mail, _)| mail);
    with.into_iter()
        .chain(without_a_link(name.as_ref()))
        .collect()
}

#[test]
fn each_mail_names_the_app_and_greets_in_both_parts() {
    let mails = all("Ada Lovelace");
    let subjects: Vec<&str> = mails.iter().map(|mail| &*mail.subject).collect();
    assert_eq!(
        subjects,
        [
            "Confirm your email address for Acme & Söhne",
            "Reset your password for Acme & Söhne",
            "Confirm your new email address for Acme & Söhne",
            "You're invited to Acme & Söhne",
            "Your password was changed",
            "You already have an account at Acme & Söhne",
        ]
    );
    for mail in mails {
        assert!(
            mail.text.starts_with("Hello Ada Lovelace,\n\n"),
            "{}",
            mail.text
        );
        assert!(mail.text.contains(APP), "{}", mail.text);
        assert!(mail.html.contains(">Hello Ada Lovelace,<"), "{}", mail.html);
        assert!(mail.html.contains("Acme &amp; Söhne</title>"));
        assert!(!mail.html.contains(APP), "escaped throughout");
    }
}

#[test]
fn texts_are_set_evenly() {
    for mail in all("Ada Lovelace") {
        let text = mail.text;
        assert!(!text.contains("\n\n\n") && !text.contains(" \n"), "{text}");
        assert!(text.ends_with(".\n") && !text.ends_with("\n\n"), "{text}");
        // Each paragraph is one line: fixed line breaks look ragged on narrow screens.
        let mut lines = text.lines().zip(text.lines().skip(1));
        let is_cut = |line: &str| line.len() > 60 && !line.ends_with(['.', ':', '?']);
        let cut = lines.find(|(line, next)| is_cut(line) && !next.is_empty());
        assert_eq!(cut, None, "{text}");
    }
}

#[test]
fn a_link_is_the_first_and_stands_alone_and_says_how_long_it_lives() {
    for (mail, lifetime) in with_a_link(None) {
        assert_eq!(text::links(&mail.text), [LINK]);
        assert!(mail.text.lines().any(|line| line == LINK), "{}", mail.text);
        let words = format!("The link works once and expires in {lifetime}.");
        assert!(mail.text.contains(&words), "{}", mail.text);
        assert!(mail.html.contains(&words), "{}", mail.html);
        assert!(mail.text.contains("ada@example.com"), "{}", mail.text);
        assert_eq!(
            mail.html.matches(LINK).count(),
            3,
            "button, link, and its text"
        );
    }
}

#[test]
fn notices_carry_no_link_where_none_would_lead_anywhere() {
    for mail in without_a_link(None) {
        assert_eq!(text::links(&mail.text), [] as [&str; 0]);
        assert!(!mail.html.contains("http") && !mail.html.contains("href"));
    }
}

#[test]
fn notices_lead_to_what_they_tell_to_do() {
    let (login, forgot) = (
        "https://acme.example/account/login",
        "https://acme.example/account/forgot",
    );
    let taken = with_pages(&AlreadyRegistered::new(APP, None, &email(), details(None)));
    assert_eq!(text::links(&taken.text), [login, forgot]);
    let has = |mail: &RenderedMail, link: &str| mail.html.contains(&format!("href=\"{link}\""));
    assert!(has(&taken, login) && has(&taken, forgot), "{}", taken.html);
    for (change, helps, words) in [
        (SecurityChange::Password, true, "logs out all devices"),
        (SecurityChange::SecondFactorAdded, true, "contact support"),
        (SecurityChange::SecondFactorMoved, true, "contact support"),
        (
            SecurityChange::SecondFactorRemoved,
            true,
            "verification again",
        ),
        // The recipient's email address no longer belongs to the account.
        (SecurityChange::Email, false, "contact support"),
    ] {
        let content = SecurityNotice::new(APP, None, &email(), change.clone(), details(None));
        let mail = with_pages(&content);
        let expected: &[&str] = if helps { &[forgot] } else { &[] };
        assert_eq!(text::links(&mail.text), expected, "{change:?}");
        assert_eq!(has(&mail, forgot), helps, "{change:?}");
        for part in [&mail.text, &mail.html] {
            assert!(part.contains(words), "{words}: {part}");
        }
    }
}

#[test]
fn a_reset_says_for_whom_when_and_from_where_it_was_asked() {
    let reset = |details| {
        built_in(&PasswordReset::new(APP, None, &email(), LINK.into(), 1800).requested(details))
    };
    let mail = reset(details(Some("203.0.113.7")));
    for part in [&mail.text, &mail.html] {
        for words in [
            "ada@example.com",
            "When: 4 March 2026, 08:05 UTC",
            "From: IP address 203.0.113.7",
        ] {
            assert!(part.contains(words), "{words}: {part}");
        }
    }
    let mail = reset(RequestDetails {
        by_administrator: true,
        ..details(Some("203.0.113.7"))
    });
    for part in [mail.text, mail.html] {
        assert!(part.contains("From: an administrator of Acme"), "{part}");
        assert!(!part.contains("203.0.113.7"), "{part}");
    }
}

#[test]
fn every_mail_has_a_preheader_says_why_it_came_and_fetches_nothing() {
    let templates = Templates::load(&[]).unwrap();
    for language in templates.catalogue().languages() {
        let words = templates.catalogue().words(language);
        for (name, sample) in super::all(words) {
            let mail = templates.render_mail(name, &sample, words).unwrap();
            let html = mail.html;
            let hidden = html.split("mso-hide:all").nth(1).unwrap_or_default();
            let hidden = hidden.split("&#847;").next().unwrap_or_default();
            let preheader = hidden.split('>').nth(1).unwrap_or_default();
            assert!(
                preheader.trim().chars().count() > 8,
                "{language} {name}: {hidden}"
            );
            let last = mail.text.trim_end().lines().last().unwrap_or_default();
            assert!(
                last.contains("ada@example.com") && last.contains("RegStack"),
                "{language} {name}: {last}"
            );
            assert!(!html.contains("<img") && !html.contains("url("), "{name}");
            let start = format!("<html lang=\"{language}\" dir=\"{}\">", words.direction());
            assert!(html.contains(&start), "{language} {name}");
        }
    }
}

#[test]
fn sentences_follow_each_other_as_the_language_has_it() {
    let templates = Templates::load(&[]).unwrap();
    let mails = |language: &str| -> Vec<_> {
        let words = templates
            .catalogue()
            .words(&Language::parse(language).unwrap());
        let mails = super::all(words).into_iter();
        mails
            .map(|(name, sample)| templates.render_mail(name, &sample, words).unwrap())
            .collect()
    };
    for mail in mails("ja") {
        assert!(
            !mail.text.contains("。 ") && !mail.text.contains("： "),
            "{}",
            mail.text
        );
        assert!(!mail.html.contains("：</strong> "), "{}", mail.html);
    }
    let english: String = mails("en")
        .into_iter()
        .map(|mail| mail.text + &mail.html)
        .collect();
    for joined in [
        "was changed. This is",
        "Wasn't it you? Take",
        "you?</strong> Log in",
    ] {
        assert!(english.contains(joined), "{joined}: {english}");
    }
}

#[test]
fn a_security_notice_says_what_when_from_where_and_what_to_do() {
    let mail = built_in(&notice(None, Some("::ffff:203.0.113.7")));
    for part in [&mail.text, &mail.html] {
        assert!(part.contains("Your password was changed"), "{part}");
        assert!(part.contains("4 March 2026, 08:05 UTC"), "{part}");
        assert!(part.contains("IP address 203.0.113.7"), "{part}");
        let words = part.replace("&#x27;", "'");
        assert!(words.contains("Wasn't it you?"), "{part}");
    }
    let unknown = built_in(&notice(None, None));
    assert!(!unknown.text.contains("IP address") && !unknown.html.contains("IP address"));
}

#[test]
fn who_has_an_account_already_learns_that_nothing_has_changed() {
    let mail = built_in(&AlreadyRegistered::new(APP, None, &email(), details(None)));
    for part in [mail.text, mail.html] {
        assert!(part.contains("ada@example.com"), "{part}");
        for words in [
            "Log in as usual",
            "reset your password",
            "Nothing about your account",
        ] {
            assert!(part.contains(words), "{words}: {part}");
        }
    }
}

#[test]
fn without_a_name_the_greeting_is_still_one() {
    for mail in all("") {
        assert!(mail.text.starts_with("Hello,\n") && mail.html.contains(">Hello,<"));
    }
}

#[test]
fn a_hostile_name_stays_text_on_one_line_and_carries_no_link() {
    for mail in all("Eve <b onload='x'>") {
        assert!(mail.text.starts_with("Hello Eve <b onload='x'>,\n"));
        assert!(
            mail.html
                .contains("Hello Eve &lt;b onload=&#x27;x&#x27;&gt;,"),
            "{}",
            mail.html
        );
    }
    for name in [
        "Win at HTTPS://evil.example",
        "www.evil.example",
        "you won! visit evil.com",
        "evil.example/claim",
        "HTTP:\\\\evil.com",
        "evil\u{200b}.com",
        "evil\u{ff61}com",
        "evil\u{2024}com",
        "evil\u{fe52}com",
        "evil\u{3002}com",
        "evil\u{ff0f}claim",
        "me\u{ff20}evil",
        "mail me@evil.com",
        &"you won ".repeat(11),
    ] {
        for mail in all(name) {
            assert!(mail.text.starts_with("Hello,\n"), "{name}");
            assert!(!mail.html.contains("evil"), "{name}");
        }
    }
    let several_lines = built_in(&Verification {
        full_name: "Eve\r\nBcc: x\u{1b}[2J".into(),
        ..ada()
    });
    assert!(several_lines.text.starts_with("Hello Eve Bcc: x [2J,\n"));
}

/// Renders every email to `name` and `email` from an installation called `app`, with pages, in every language.
fn everything(app: &str, name: &str, email: &str, ip: Option<&str>) -> Vec<RenderedMail> {
    use SecurityChange as Change;
    let mut settings = Settings::default();
    settings.identity.base_url = "https://acme.example/".into();
    settings.features.enable_ui_router = true;
    let templates = Templates::load(&[]).unwrap().offering(&settings).unwrap();
    let name = FullName::from_stored(name.to_owned());
    let (name, to) = (Some(&name), &Email::from_stored(email.to_owned()));
    let link = || LINK.to_owned();
    let mut mails = Vec::new();
    for language in templates.catalogue().languages() {
        let mut add = |mail: Result<RenderedMail, _>| mails.push(mail.unwrap());
        add(templates.mail(&Verification::new(app, name, to, link(), 60), language));
        let reset = PasswordReset::new(app, name, to, link(), 60);
        add(templates.mail(&reset.requested(details(ip)), language));
        add(templates.mail(&EmailChange::new(app, name, to, link(), 60), language));
        add(templates.mail(&Invite::new(app, name, to, link(), 60), language));
        for url in [Some(link()), None] {
            let changed = EmailChanged::new(app, name, to, to, url, details(ip));
            add(templates.mail(&changed, language));
        }
        add(templates.mail(
            &AlreadyRegistered::new(app, name, to, details(ip)),
            language,
        ));
        for change in [
            Change::Password,
            Change::Email,
            Change::SecondFactorAdded,
            Change::SecondFactorMoved,
            Change::SecondFactorRemoved,
            Change::AppAdded,
            Change::AppReplaced,
            Change::AppRemoved,
            Change::RecoveryCodesMade,
            Change::RecoveryCodeUsed { left: 0 },
            Change::RecoveryCodeUsed { left: 3 },
        ] {
            let notice = SecurityNotice::new(app, name, to, change, details(ip));
            add(templates.mail(&notice, language));
        }
    }
    assert!(mails.len() >= 7 * 18, "{}", mails.len());
    mails
}

/// Returns the tags of HTML with their attributes, and its comments.
fn tags(html: &str) -> Vec<&str> {
    let parts = html.split('<').skip(1);
    parts.map(|part| part.split('>').next().unwrap()).collect()
}

/// Whatever strangers write, the emails have the same tags, styles and links in the same order as without it, and
/// their text has no additional links.
#[test]
fn nothing_that_is_written_into_a_mail_is_rendered_or_becomes_a_link() {
    let usual = everything("Acme", "Ada", "ada@example.com", Some("203.0.113.7"));
    let plain = "ada@example.com";
    for (name, email) in [
        ("<canary>", plain),
        (
            "</title><style>*{canary:url(//canary.example)}</style>",
            plain,
        ),
        ("\"><img src=x onerror=canary>", plain),
        ("' style='canary", plain),
        ("{{ 7*7 }}{% canary %}{# canary #}", plain),
        ("{ $canary } &lt;canary&gt; &#60;canary&#62;", plain),
        ("]]><!--canary--><![CDATA[", plain),
        ("canary\r\nBcc: canary\r\n\r\n<canary>", plain),
        ("\u{202e}canary\u{2066}\0\u{1b}[2Jcanary", plain),
        ("https://canary.example/", plain),
        ("www.canary.example", plain),
        ("canary@canary.example", plain),
        ("canary\u{3002}example", plain),
        ("javascript:canary(1)", plain),
        ("Ada", "ada+www.canary.example/claim@example.com"),
        ("Ada", "canary.example?x={{7*7}}&y='`|@example.com"),
        ("Ada", "<canary>@example.com"),
        ("Ada", "\"onclick=canary\"@example.com"),
        ("Ada", "\u{202e}canary\u{ff0e}example\u{ff0f}x@example.com"),
    ] {
        let mails = everything("Acme", name, email, None);
        for (mail, usual) in mails.iter().zip(&everything("Acme", "Ada", plain, None)) {
            let what = format!("{name} {email}: {}\n{}", mail.text, mail.html);
            assert_eq!(tags(&mail.html), tags(&usual.html), "{what}");
            assert_eq!(text::links(&mail.text), text::links(&usual.text), "{what}");
            assert!(!mail.subject.chars().any(char::is_control), "{what}");
            for part in [&mail.subject, &mail.text, &mail.html] {
                // A mail program could make a link of these, or reorder the text.
                for link in ["canary.", "canary@", "@canary", "\u{202e}", "\u{1b}", "49"] {
                    let own = link == "49" && usual.html.contains(link);
                    assert!(own || !part.contains(link), "{link:?}: {what}");
                }
            }
            let greeting = mail.text.lines().next().unwrap();
            let blank = mail.text.lines().nth(1).unwrap();
            assert!(!greeting.is_empty() && blank.is_empty(), "{what}");
        }
    }
    assert!(usual.iter().any(|mail| mail.html.contains("203.0.113.7")));
}

#[test]
fn lifetimes_are_rounded_down_but_never_to_nothing() {
    for (seconds, minutes, hours, words) in [
        (60, 1, 1, "1 minute."),
        (3600, 60, 1, "1 hour."),
        (5400, 90, 1, "90 minutes."),
        (7199, 119, 1, "119 minutes."),
        (90_000, 1500, 25, "25 hours."),
        (172_800, 2880, 48, "2 days."),
        (180_000, 3000, 50, "50 hours."),
        (1, 1, 1, "1 minute."),
    ] {
        let content = Verification::new("Acme", None, &email(), LINK.into(), seconds);
        assert_eq!(
            (content.ttl_minutes, content.ttl_hours),
            (minutes, hours),
            "{seconds}"
        );
        let mail = built_in(&content);
        for part in [mail.text, mail.html] {
            assert!(part.contains(&format!(" {words}")), "{seconds}: {part}");
        }
    }
}
