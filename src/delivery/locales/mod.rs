//! The message catalogue: texts by language and key, from the binary and from the operator's folders.
//!
//! Independent of templates and of what a message is for.

mod check;
mod guard;
mod message;
mod offer;
mod script;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fluent_bundle::FluentResource;
use fluent_syntax::parser::ParserError;

use crate::config::{read_text_file, without_mark};
use crate::model::Language;
use message::Message;

pub use check::Finding;
pub use offer::Languages;
pub use words::{Argument, Words};

/// The subfolder of a template folder that holds the message files.
pub(super) const FOLDER: &str = "locales";
/// The subfolder of that folder for the messages of the console, so that each file stays readable. They are messages like
/// all others.
const CONSOLE: &str = "console";

/// One file of messages.
struct Source {
    /// The path of the file. `None` if it is built in.
    file: Option<PathBuf>,
    text: String,
    resource: Arc<FluentResource>,
    errors: Vec<ParserError>,
    /// Why the file can't be read.
    unreadable: Option<String>,
}

impl Source {
    fn new(file: Option<PathBuf>, text: String) -> Self {
        let unparsable = guard::unparsable(&text);
        let parsed = if unparsable.is_some() {
            String::new()
        } else {
            text.clone()
        };
        let (resource, mut errors) = match FluentResource::try_new(parsed) {
            Ok(resource) => (resource, Vec::new()),
            Err(partial) => partial,
        };
        errors.extend(unparsable);
        Self {
            file,
            text,
            resource: Arc::new(resource),
            errors,
            unreadable: None,
        }
    }

    /// Reads a file of the operator's.
    fn read(file: PathBuf) -> Self {
        match read_text_file(&file) {
            Ok(text) => Self::new(Some(file), without_mark(text)),
            Err(error) => Self {
                unreadable: Some(format!("it can't be read: {error}")),
                ..Self::new(Some(file), String::new())
            },
        }
    }
}

/// The messages in all languages. Read once; cheap to clone.
#[derive(Clone)]
pub struct Catalogue(Arc<BTreeMap<Language, Locale>>);

/// A language: its files, and its messages with their fallbacks.
struct Locale {
    /// The built-in file, then the operator's. Later files take precedence.
    sources: Vec<Source>,
    words: Words,
}

impl Catalogue {
    /// Reads the built-in files, given by name, and those in `locales/` of each folder. Earlier folders take
    /// precedence.
    pub(super) fn open(
        built_in: impl Iterator<Item = (String, String)>,
        folders: &[PathBuf],
    ) -> Self {
        let mut sources: BTreeMap<Language, Vec<Source>> = BTreeMap::new();
        for (name, text) in built_in {
            if let Some(language) = named(Path::new(&name)) {
                sources
                    .entry(language)
                    .or_default()
                    .push(Source::new(None, text));
            }
        }
        for folder in folders.iter().rev() {
            let folder = folder.join(FOLDER);
            let there = [files(&folder), files(&folder.join(CONSOLE))];
            for file in there.into_iter().flatten() {
                if let Some(language) = named(&file) {
                    let source = Source::read(file);
                    sources.entry(language).or_default().push(source);
                }
            }
        }
        let words: BTreeMap<Language, Words> = sources
            .keys()
            .map(|language| {
                let mut chain = vec![language.clone()];
                chain.extend(language.parents());
                chain.push(Language::english());
                chain.dedup();
                let there = chain.into_iter().filter_map(|language| {
                    let sources = sources.get(&language)?;
                    let resources = sources.iter().map(|source| source.resource.clone());
                    Some((language, resources.collect()))
                });
                (language.clone(), Words::new(there.collect()))
            })
            .collect();
        let locales = sources.into_iter().filter_map(|(language, sources)| {
            let words = words.get(&language)?.clone();
            Some((language, Locale { sources, words }))
        });
        Self(Arc::new(locales.collect()))
    }

    /// Returns the languages that have messages.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.0.keys()
    }

    /// Returns the messages in a language, or in English if it has none.
    #[must_use]
    pub fn words(&self, language: &Language) -> &Words {
        let locale = self.0.get(language);
        let locale = locale.or_else(|| self.0.get(&Language::english()));
        &locale.expect("English is built in").words
    }

    /// Returns the operator's files.
    pub(super) fn files(&self) -> BTreeSet<&Path> {
        let sources = self.0.values().flat_map(|locale| &locale.sources);
        sources
            .filter_map(|source| source.file.as_deref())
            .collect()
    }
}

/// Returns the language that a file is named after.
fn named(file: &Path) -> Option<Language> {
    if file.extension()? != "ftl" {
        return None;
    }
    let tag = file.file_stem()?.to_str()?;
    // Only one spelling is allowed: `pt-br.ftl` beside `pt-BR.ftl` would be two files for one language.
    Language::parse(tag).filter(|language| language.as_str() == tag)
}

/// Returns the files in a folder, sorted by name. Broken links and the like are included, so that they are reported.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| !file.is_dir());
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a catalogue of these files, one folder for each list.
    fn catalogue(folders: &[&[(&str, &str)]]) -> (Vec<tempfile::TempDir>, Catalogue) {
        let made: Vec<tempfile::TempDir> = folders
            .iter()
            .map(|files| {
                let folder = tempfile::tempdir().unwrap();
                std::fs::create_dir(folder.path().join(FOLDER)).unwrap();
                for (name, text) in *files {
                    std::fs::write(folder.path().join(FOLDER).join(name), text).unwrap();
                }
                folder
            })
            .collect();
        let paths: Vec<PathBuf> = made.iter().map(|folder| folder.path().into()).collect();
        let english = "hello = Hello { $name }\nbye = Bye\ndays = { $n ->\n    [one] { $n } day\n   *[other] { $n } days\n}\njs-wait = Wait { $n ->\n    [one] a day, { $name }\n   *[other] { $n } days, { $name }\n}\nerror-odd = Odd <b>\n";
        let built_in = [("en.ftl".to_owned(), english.to_owned())];
        (made, Catalogue::open(built_in.into_iter(), &paths))
    }

    fn said(catalogue: &Catalogue, tag: &str, key: &str, name: &str) -> String {
        let words = catalogue.words(&Language::parse(tag).unwrap());
        let arguments = BTreeMap::from([("name", Argument::from(name)), ("n", Argument::from(1))]);
        words.say(key, &arguments).unwrap()
    }

    #[test]
    fn messages_are_overridden_one_by_one_and_the_rest_is_borrowed() {
        let (_folders, catalogue) = catalogue(&[
            &[("de-AT.ftl", "hello = Servus { $name }\n")],
            &[
                (
                    "de.ftl",
                    "hello = Hallo { $name }\ndays = { $n ->\n    [one] { $n } Tag\n   *[other] { $n } Tage\n}\n",
                ),
                ("de-AT.ftl", "hello = Grüß Gott { $name }\n"),
                ("en.ftl", "bye = Cheerio\n"),
                ("notes.txt", "none"),
                ("pt_br.ftl", "hello = none"),
            ],
        ]);
        let tags: Vec<&str> = catalogue.languages().map(Language::as_str).collect();
        assert_eq!(tags, ["de", "de-AT", "en"]);
        for (tag, key, words) in [
            ("de-AT", "hello", "Servus Ada"),
            ("de-AT", "days", "1 Tag"),
            ("de-AT", "bye", "Cheerio"),
            ("de", "hello", "Hallo Ada"),
            ("en", "hello", "Hello Ada"),
            ("fr", "hello", "Hello Ada"),
        ] {
            assert_eq!(said(&catalogue, tag, key, "Ada"), words, "{tag} {key}");
        }
        let english = catalogue.words(&Language::english());
        assert_eq!(
            english.say("nothing", &BTreeMap::new()).unwrap_err(),
            "unknown message nothing"
        );
        assert!(
            english.say("hello", &BTreeMap::new()).is_err(),
            "a name is missing"
        );
        assert_eq!(catalogue.faults(), []);
        assert_eq!(catalogue.files().len(), 4);
    }

    #[test]
    fn text_written_the_other_way_is_set_apart_but_for_addresses() {
        let (_folders, catalogue) = catalogue(&[&[("ar.ftl", "hello = مرحبًا { $name }\n")]]);
        let [start, end] = ["\u{2068}", "\u{2069}"];
        for (tag, name, words) in [
            ("ar", "Ada", format!("مرحبًا {start}Ada{end}")),
            ("ar", "ليلى", "مرحبًا ليلى".into()),
            ("ar", "ada@example.com", "مرحبًا ada@example.com".into()),
            ("en", "ليلى", format!("Hello {start}ليلى{end}")),
            ("ar", "042719", "مرحبًا 042719".into()),
            ("ar", "+1415", format!("مرحبًا {start}+1415{end}")),
            ("en", "Ada", "Hello Ada".into()),
        ] {
            assert_eq!(said(&catalogue, tag, "hello", name), words);
        }
    }

    #[test]
    fn the_script_gets_text_with_names_and_every_form_for_numbers() {
        let (_folders, catalogue) = catalogue(&[&[(
            "ar.ftl",
            "js-wait = { $n ->\n    [two] يومان { $name }\n   *[other] { $n } أيام { $name }\n}\n",
        )]]);
        let of = |tag: &str| {
            catalogue
                .words(&Language::parse(tag).unwrap())
                .for_script()
                .to_owned()
        };
        assert_eq!(
            of("en"),
            r#"{"error-odd":"Odd \u003cb>","js-wait":{"one":"Wait a day, {name}","other":"Wait {n} days, {name}"}}"#
        );
        assert_eq!(
            of("ar"),
            "{\"error-odd\":\"Odd \\u003cb>\",\"js-wait\":{\"two\":\"يومان \u{2068}{name}\u{2069}\",\"other\":\"\u{2068}{n}\u{2069} أيام \u{2068}{name}\u{2069}\"}}"
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named_with_its_line() {
        let (folders, catalogue) = catalogue(&[&[(
            "de.ftl",
            "hello = Hallo { $nmae }\nbey = Tschüss\nbye = { }\njs-wait = { days }\n",
        )]]);
        let place = folders[0]
            .path()
            .join("locales/de.ftl")
            .display()
            .to_string();
        let short = |findings: Vec<Finding>| {
            let line = |finding: Finding| {
                assert_eq!(finding.place, place);
                let line = finding
                    .line
                    .map(|line| line.to_string())
                    .unwrap_or_default();
                format!("{line}: {}", finding.reason)
            };
            findings.into_iter().map(line).collect::<Vec<_>>()
        };
        let faults = short(catalogue.faults());
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].starts_with("3: "), "{faults:?}");
        assert_eq!(faults[1], "1: hello has no variable $nmae");
        assert!(
            faults[2].starts_with("4: js-wait is for the script"),
            "{faults:?}"
        );
        assert_eq!(
            short(catalogue.doubts()),
            [
                "1: hello doesn't use $name",
                "2: unknown message bey: only templates of your own can use it",
                "4: js-wait doesn't use $n, $name",
                ": not translated: bye, days, error-odd",
            ]
        );
    }
}
