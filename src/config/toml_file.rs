//! Reads `regstack.toml`: which keys it sets, on which lines, and which names in it are unknown.
//!
//! The TOML library's errors quote the line in question, which may contain a secret. So only their message is used.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::Key;
use super::report::{Fault, Report, did_you_mean};
use super::settings::{in_section, keys, sections};
use super::value::Raw;

/// The list of tables for webhooks, which isn't a key.
const WEBHOOKS: &str = "webhooks";
const WEBHOOK_KEYS: [&str; 3] = ["url", "events", "secret_env"];

/// The list of tables for providers, which isn't a key either.
const PROVIDERS: &str = "oauth.providers";
const PROVIDER_KEYS: [&str; 6] = [
    "id",
    "name",
    "issuer",
    "client_id",
    "client_secret_env",
    "scopes",
];

/// A name that isn't a key.
pub(super) struct Unknown {
    pub(super) layer: String,
    pub(super) name: String,
    pub(super) hint: Option<String>,
}

/// A value and its source.
pub(super) struct Given {
    pub(super) raw: Raw,
    pub(super) layer: String,
    /// The folder of the file that sets the value, from which a relative path starts wherever the command runs. `None`
    /// for layers that aren't files.
    pub(super) folder: Option<PathBuf>,
}

/// A `[[webhooks]]` entry as written.
#[derive(Default)]
pub(super) struct GivenWebhook {
    pub(super) layer: String,
    pub(super) url: Option<String>,
    pub(super) events: Option<Vec<String>>,
    pub(super) secret_env: Option<String>,
}

/// An `[[oauth.providers]]` entry as written.
#[derive(Default)]
pub(super) struct GivenProvider {
    pub(super) layer: String,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret_env: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
}

/// What a TOML file sets.
#[derive(Default)]
pub(super) struct TomlFile {
    pub(super) values: BTreeMap<&'static str, Given>,
    pub(super) webhooks: Vec<GivenWebhook>,
    pub(super) providers: Vec<GivenProvider>,
    /// Names that aren't keys, each with the key that was probably meant.
    pub(super) unknown: Vec<Unknown>,
    /// Whether all of it could be parsed.
    pub(super) is_toml: bool,
}

/// Returns what the text of a TOML file called `name` sets.
pub(super) fn read(text: &str, name: &str, report: &mut Report) -> TomlFile {
    let text = text.trim_start_matches('\u{feff}');
    let (document, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    let mut reader = Reader {
        text,
        name,
        file: TomlFile {
            is_toml: errors.is_empty(),
            ..TomlFile::default()
        },
        report,
    };
    for error in &errors {
        let layer = reader.layer(error.span().map_or(0, |span| span.start));
        let message = format!("is not TOML: {}", error.message());
        reader.report.fault(layer, "", message);
    }
    if errors.is_empty() {
        reader.table("", document.get_ref());
    }
    reader.file
}

struct Reader<'a> {
    text: &'a str,
    name: &'a str,
    file: TomlFile,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn layer(&self, at: usize) -> String {
        let before = &self.text[..at.min(self.text.len())];
        format!("{}:{}", self.name, before.matches('\n').count() + 1)
    }

    /// Reads a table's keys. `section` is empty or ends with a dot.
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let name = format!("{section}{}", key.get_ref());
            let layer = self.layer(key.span().start);
            let nested = format!("{name}.");
            if name == WEBHOOKS {
                self.webhooks(value, &layer);
            } else if name == PROVIDERS {
                self.providers(value, &layer);
            } else if let Some(key) = keys().find(|key| key.name == name) {
                self.value(key, value, layer);
            } else if keys().any(|key| key.name.starts_with(&nested)) {
                match value.get_ref() {
                    DeValue::Table(table) => self.table(&nested, table),
                    _ => self
                        .report
                        .fault(layer, &name, format!("must be a section: [{name}]")),
                }
            } else if section.is_empty() && is_foreign(&name, value.get_ref()) {
                let message = "isn't a table of regstack and is ignored";
                self.report.warnings.push(Fault::new(layer, &name, message));
            } else {
                let hint = meant(&name);
                self.file.unknown.push(Unknown { layer, name, hint });
            }
        }
    }

    fn value(&mut self, key: &'static Key, value: &Spanned<DeValue<'_>>, layer: String) {
        let Some(raw) = raw(value.get_ref()) else {
            let message = format!("must be {}", key.rule());
            return self.report.fault(layer, key.name, message);
        };
        let folder = None;
        let given = Given { raw, layer, folder };
        self.file.values.insert(key.name, given);
    }

    fn providers(&mut self, value: &Spanned<DeValue<'_>>, layer: &str) {
        let Some(entries) = entries(value) else {
            let reason = "must be sections: [[oauth.providers]]";
            return self.report.fault(layer, PROVIDERS, reason);
        };
        for (at, table) in entries {
            let mut provider = GivenProvider {
                layer: self.layer(at),
                ..GivenProvider::default()
            };
            for (key, value) in table {
                let name = key.get_ref().as_ref();
                let place = match name {
                    "id" => Some(&mut provider.id),
                    "name" => Some(&mut provider.name),
                    "issuer" => Some(&mut provider.issuer),
                    "client_id" => Some(&mut provider.client_id),
                    "client_secret_env" => Some(&mut provider.client_secret_env),
                    _ => None,
                };
                let (reason, hint) = match (place, name, raw(value.get_ref())) {
                    (Some(place), _, Some(Raw::Text(text))) => {
                        *place = Some(text);
                        continue;
                    }
                    (None, "scopes", Some(Raw::List(scopes))) => {
                        provider.scopes = Some(scopes);
                        continue;
                    }
                    (Some(_), _, _) => ("must be a string", None),
                    (None, "scopes", _) => ("must be a list of strings", None),
                    _ => ("isn't a setting", did_you_mean(name, PROVIDER_KEYS)),
                };
                let layer = self.layer(key.span().start);
                let fault = Fault::new(layer, format!("{PROVIDERS}.{name}"), reason);
                self.report.faults.push(fault.hinted(hint));
            }
            self.file.providers.push(provider);
        }
    }

    fn webhooks(&mut self, value: &Spanned<DeValue<'_>>, layer: &str) {
        let Some(entries) = entries(value) else {
            self.report
                .fault(layer, WEBHOOKS, "must be sections: [[webhooks]]");
            return;
        };
        for (at, table) in entries {
            let mut webhook = GivenWebhook {
                layer: self.layer(at),
                ..GivenWebhook::default()
            };
            for (key, value) in table {
                let name = key.get_ref().as_ref();
                let (reason, hint) = match (name, raw(value.get_ref())) {
                    ("url", Some(Raw::Text(url))) => {
                        webhook.url = Some(url);
                        continue;
                    }
                    ("secret_env", Some(Raw::Text(variable))) => {
                        webhook.secret_env = Some(variable);
                        continue;
                    }
                    ("events", Some(Raw::List(events))) => {
                        webhook.events = Some(events);
                        continue;
                    }
                    ("url" | "secret_env", _) => ("must be a string", None),
                    ("events", _) => ("must be a list of events", None),
                    _ => ("isn't a setting", did_you_mean(name, WEBHOOK_KEYS)),
                };
                let layer = self.layer(key.span().start);
                self.report
                    .faults
                    .push(Fault::new(layer, format!("{WEBHOOKS}.{name}"), reason).hinted(hint));
            }
            self.file.webhooks.push(webhook);
        }
    }
}

/// Returns the tables of a list that contains only tables, each with its position.
fn entries<'a, 'b>(value: &'a Spanned<DeValue<'b>>) -> Option<Vec<(usize, &'a DeTable<'b>)>> {
    let list = value.get_ref().as_array()?;
    list.iter()
        .map(|entry| Some((entry.span().start, entry.get_ref().as_table()?)))
        .collect()
}

/// Converts a scalar or an array of scalars.
fn raw(value: &DeValue<'_>) -> Option<Raw> {
    match value {
        DeValue::Array(items) => items
            .iter()
            .map(|item| scalar(item.get_ref()))
            .collect::<Option<_>>()
            .map(Raw::List),
        DeValue::String(text) => Some(Raw::Text(text.to_string())),
        other => scalar(other).map(Raw::Literal),
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(|number| number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Returns whether a table belongs to a host application that uses the same file, rather than being a misspelling of
/// ours.
fn is_foreign(name: &str, value: &DeValue<'_>) -> bool {
    let is_table = match value {
        DeValue::Table(_) => true,
        DeValue::Array(items) => {
            !items.is_empty() && items.iter().all(|item| item.get_ref().is_table())
        }
        _ => false,
    };
    is_table && nearest_table(name).is_none()
}

/// Returns the table that this name is a misspelling of.
fn nearest_table(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let most = usize::from(name.len() > 3);
    sections()
        .chain([WEBHOOKS])
        .find(|section| strsim::damerau_levenshtein(&name, section) <= most)
}

/// Returns what an unknown name was probably meant to be. The most common mistake is a known key in the wrong section.
fn meant(name: &str) -> Option<String> {
    let last = name.rsplit('.').next().unwrap_or(name);
    if last != name && keys().any(|key| key.name == last) {
        return Some(format!(
            "{last} doesn't belong in a section: move it above the first [section]"
        ));
    }
    if let Some(key) = in_section(keys(), name) {
        return Some(format!("did you mean {}?", key.name));
    }
    let names = keys().map(|key| key.name).chain(sections());
    did_you_mean(name, names.chain([WEBHOOKS]))
}
