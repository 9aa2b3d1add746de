//! Every sentence that people read comes from the catalogue, in every language whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use fluent_syntax::parser;
use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use regstack::internals::delivery::Templates;
use regstack::internals::model::Language;

use crate::support::pseudo::{self, plain_words, readable};

#[test]
fn mails_sms_pages_and_the_words_of_the_script_are_in_the_language_whole() {
    let folder = pseudo::folder();
    let templates = Templates::load(&[folder.path().to_owned()]).unwrap();
    let mut settings = crate::support::served::settings();
    settings.features.enable_ui_router = true;
    let templates = templates.offering(&settings).unwrap();
    let language = Language::parse(pseudo::TAG).unwrap();
    let mut plain = Vec::new();
    let mut judge = |what: &str, text: &str| {
        let words = plain_words(text);
        if !words.is_empty() {
            plain.push(format!("{what}: {}", words.join(" ")));
        }
    };
    for mail in Templates::mails() {
        let mail_in_it = templates.preview(mail, &language).unwrap().unwrap();
        judge(mail, &mail_in_it.subject);
        judge(mail, &mail_in_it.text);
        judge(mail, &readable(&mail_in_it.html));
    }
    let mut single = 0;
    for file in templates.files() {
        if let Some(text) = templates.preview_file(&file.name, &language) {
            single += 1;
            let sample = text.unwrap().replace("Everything in its place", "");
            let sample = sample.replace(">English<", "><").replace(">Deutsch<", "><");
            let sample = sample.replace("Google", "");
            judge(&file.name, &readable(&sample));
        }
    }
    let words = templates.catalogue().words(&language);
    let script: serde_json::Value = serde_json::from_str(words.for_script()).unwrap();
    for (key, message) in script.as_object().unwrap() {
        let forms = message.as_object().map(|forms| forms.values().collect());
        for form in forms.unwrap_or_else(|| vec![message]) {
            let text: String = form
                .as_str()
                .unwrap()
                .split('{')
                .map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after))
                .collect();
            judge(key, &text);
        }
    }
    assert!(single > 12, "only {single} pages and SMS were read");
    assert_eq!(plain, [] as [&str; 0]);
}

#[test]
fn what_is_read_of_html_is_what_is_seen_and_heard() {
    let html = "<!doctype html><style>a b</style><!-- no, no --><title>On&nbsp;top</title><p class=\"x\" title=\"hint\">See <b>this</b></p>\
                <p translate=\"no\">not <i>this</i></p><script>var a</script><meta name=\"viewport\" content=\"w\"><img alt=\"pic\">end";
    let words: Vec<String> = readable(html)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert_eq!(words, ["Ontop", "hint", "See", "this", "pic", "end"]);
    assert_eq!(
        plain_words("Ａ word ada@example.com https://x.y/z ok 5 h"),
        ["word", "ok"]
    );
}

/// The files below a folder whose names end so.
fn files(folder: &str, ends: &[&str]) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if ends.iter().any(|end| path.to_str().unwrap().ends_with(end)) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{ends:?}");
    found
}

/// The text without what stands between these.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut pieces = text.split(open);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept += piece.split_once(close).map_or("", |(_, after)| after);
    }
    kept
}

#[test]
fn no_template_has_a_sentence_of_its_own() {
    let mut found = Vec::new();
    for path in files("templates", &[".html", ".txt"]) {
        let source = fs::read_to_string(&path).unwrap();
        let source = without(&source, "{#", "#}");
        let source = without(&source, "{%", "%}");
        let source = without(&source, "{{", "}}");
        let words = readable(&source);
        let words = plain_words(&words);
        if !words.is_empty() {
            found.push(format!("{}: {}", path.display(), words.join(" ")));
        }
    }
    assert_eq!(found, [] as [&str; 0]);
}

/// The texts in quotes in a source, line by line; comments aside.
fn quoted(source: &str, quotes: &[char]) -> Vec<String> {
    let code = source
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with(['*', '/']));
    code.flat_map(|line| {
        let quote = quotes
            .iter()
            .filter_map(|quote| Some((line.find(*quote)?, *quote)))
            .min();
        let texts = quote.map(|(_, quote)| {
            line.split(quote)
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        });
        texts.unwrap_or_else(Vec::new)
    })
    .collect()
}

/// Whether a text reads as if it were for people: it begins as sentences do, and goes on with a word.
fn is_sentence(text: &str) -> bool {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or_default();
    let first = first.trim_end_matches(['.', '!', '?']);
    let is_word = |word: &str| {
        let letters = word.trim_end_matches(['.', ',', '?', '!', ':']);
        letters.len() > 1 && letters.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
    };
    let begins = first.starts_with(|c: char| c.is_ascii_uppercase())
        && first
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_lowercase() || c == '\'');
    begins && (words.next().is_some_and(is_word) || text.ends_with(['.', '!', '?']))
}

/// What previews show in place of what people enter.
const SAMPLES: [&str; 2] = ["Ada Lovelace", "Everything in its place"];

#[test]
fn neither_script_nor_program_has_a_sentence_for_account_holders() {
    assert!(
        is_sentence("Log in to continue") && is_sentence("Sorry.") && is_sentence("You're out")
    );
    assert!(!is_sentence("data-rs-form") && !is_sentence("PATCH") && !is_sentence("Content-Type"));
    let mut found = Vec::new();
    let script = files("static/js", &[".js"]);
    let pages = files("src/http/pages", &[".rs"]);
    let mails = files("src/delivery/templates", &[".rs"]);
    let is_test = |path: &PathBuf| path.ends_with("tests.rs");
    let sources = script.into_iter().chain(pages).chain(mails);
    for path in sources.filter(|path| !is_test(path)) {
        let is_script = path.extension().is_some_and(|kind| kind == "js");
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod").next().unwrap();
        let source = source.split("#[cfg(test)]\npub(super) mod").next().unwrap();
        let quotes: &[char] = if is_script { &['"', '`', '\''] } else { &['"'] };
        let texts = quoted(source, quotes)
            .into_iter()
            .filter(|text| is_sentence(text));
        found.extend(
            texts
                .filter(|text| !SAMPLES.contains(&text.as_str()))
                .map(|text| format!("{}: {text}", path.display())),
        );
    }
    assert_eq!(found, [] as [&str; 0]);
}

/// A message: its variables, and the forms of each that a number chooses.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    variables: BTreeSet<String>,
    counted: BTreeMap<String, BTreeSet<String>>,
}

impl Shape {
    fn read(&mut self, pattern: &Pattern<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else {
                continue;
            };
            match expression {
                Expression::Inline(InlineExpression::VariableReference { id }) => {
                    self.variables.insert(id.name.clone());
                }
                Expression::Select {
                    selector: InlineExpression::VariableReference { id },
                    variants,
                } => {
                    self.variables.insert(id.name.clone());
                    let forms = self.counted.entry(id.name.clone()).or_default();
                    forms.extend(variants.iter().filter_map(|variant| match &variant.key {
                        VariantKey::Identifier { name } => Some(name.clone()),
                        VariantKey::NumberLiteral { .. } => None,
                    }));
                    for variant in variants {
                        self.read(&variant.value);
                    }
                }
                _ => panic!("messages are of text, variables and forms only"),
            }
        }
    }
}

/// The messages of a file by their keys.
fn shapes(file: &str) -> BTreeMap<String, Shape> {
    let source = String::from_utf8(Templates::built_in(file).unwrap()).unwrap();
    let resource = parser::parse(source).unwrap();
    let messages = resource.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, message.value.unwrap())),
        _ => None,
    });
    let mut shapes = BTreeMap::new();
    for (key, pattern) in messages {
        let mut shape = Shape::default();
        shape.read(&pattern);
        assert!(
            shapes.insert(key.clone(), shape).is_none(),
            "{file}: {key} is there twice"
        );
    }
    shapes
}

/// The forms that whole numbers have in a language (CLDR).
fn forms(tag: &str) -> BTreeSet<String> {
    let rules = PluralRules::create(
        tag.split('-')
            .next()
            .unwrap()
            .parse::<unic_langid::LanguageIdentifier>()
            .unwrap(),
        PluralRuleType::CARDINAL,
    )
    .unwrap();
    let numbers = (0..=200_u32).chain([1_000_000]);
    let name = |category| match category {
        PluralCategory::ZERO => "zero",
        PluralCategory::ONE => "one",
        PluralCategory::TWO => "two",
        PluralCategory::FEW => "few",
        PluralCategory::MANY => "many",
        PluralCategory::OTHER => "other",
    };
    let forms = numbers.map(|number| name(rules.select(number).unwrap()).to_owned());
    let mut forms: BTreeSet<String> = forms.collect();
    // Of millions, since CLDR 38, which the rules at hand are older than.
    if tag.starts_with("es") || tag.starts_with("fr") || tag.starts_with("pt") {
        forms.insert("many".to_owned());
    }
    forms
}

#[test]
fn every_language_has_every_message_with_its_variables_and_every_form() {
    assert_eq!(forms("ar").len(), 6);
    assert_eq!(forms("ja").len(), 1);
    let mut faults = Vec::new();
    let languages = files("templates/locales", &[".ftl"]);
    assert!(languages.len() >= 14);
    for path in languages {
        let tag = path.file_stem().unwrap().to_str().unwrap();
        let is_of_the_console = path.parent().unwrap().ends_with("console");
        let folder = if is_of_the_console {
            "locales/console"
        } else {
            "locales"
        };
        let english = shapes(&format!("{folder}/en.ftl"));
        let (own, forms) = (shapes(&format!("{folder}/{tag}.ftl")), forms(tag));
        let keys: BTreeSet<&String> = english.keys().chain(own.keys()).collect();
        for key in keys {
            let (Some(here), Some(there)) = (own.get(key), english.get(key)) else {
                faults.push(format!("{tag}: {key} is in one of the two only"));
                continue;
            };
            if here.variables != there.variables {
                faults.push(format!("{tag}: {key} has {:?}", here.variables));
            }
            let counted = there
                .counted
                .iter()
                .filter(|(_, forms)| forms.contains("one"));
            for (variable, _) in counted {
                let given = here.counted.get(variable);
                if given.map_or(forms.len() > 1, |given| *given != forms) {
                    faults.push(format!("{tag}: {key} needs {forms:?} for ${variable}"));
                }
            }
        }
    }
    assert_eq!(faults, [] as [&str; 0]);
}

/// Groups of digits with spaces between them are laid out from right to left there, unless they are set apart.
#[test]
fn a_phone_number_keeps_its_order_where_people_read_from_the_right() {
    let arabic = Templates::built_in("locales/ar.ftl").unwrap();
    let arabic = String::from_utf8(arabic).unwrap();
    let with_number: Vec<&str> = arabic.lines().filter(|line| line.contains('+')).collect();
    assert!(!with_number.is_empty());
    for line in with_number {
        assert!(line.contains("\u{2066}+44 20 7946 0018\u{2069}"), "{line}");
    }
}

/// Whoever is invited may add a passkey instead, where passkeys are on.
#[test]
fn an_invitation_asks_for_no_password() {
    let templates = Templates::load(&[]).unwrap();
    for (tag, password) in [
        ("en", "password"),
        ("de", "passwort"),
        ("fr", "mot de passe"),
        ("es", "contraseña"),
        ("pt-BR", "senha"),
        ("ja", "パスワード"),
        ("ar", "مرور"),
    ] {
        let language = Language::parse(tag).unwrap();
        let said = |mail: &str| {
            let mail = templates.preview(mail, &language).unwrap().unwrap();
            format!("{}\n{}\n{}", mail.subject, mail.text, readable(&mail.html)).to_lowercase()
        };
        assert!(said("password_reset").contains(password), "{tag}");
        let invitation = said("invite");
        assert!(!invitation.contains(password), "{tag}: {invitation}");
    }
}

/// Whoever speaks to a device says what is written on a button (WCAG 2.5.3): its longer name has those words.
#[test]
fn the_longer_name_of_a_button_has_the_words_that_are_written_on_it() {
    let mut read = 0;
    for path in files("templates/locales", &[".ftl"]) {
        let source = fs::read_to_string(&path).unwrap();
        let messages = source.lines().filter_map(|line| line.split_once(" = "));
        let messages: BTreeMap<&str, &str> = messages.collect();
        for (key, longer) in &messages {
            let written = key.strip_suffix("-named").and_then(|key| messages.get(key));
            let Some(written) = written else {
                continue;
            };
            read += 1;
            let has_it = longer.to_lowercase().contains(&written.to_lowercase());
            assert!(has_it, "{}: {longer}: {written}", path.display());
        }
    }
    assert!(read >= 5 * 7, "only {read} names");
}
