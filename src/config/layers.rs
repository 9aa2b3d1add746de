//! Reads the layers that settings come from, and keeps the value of the highest layer for each key, with its source.
//! Deals with names and places, not with the meaning of values.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::key::Key;
use super::read::read_text;
use super::report::{Fault, Report, did_you_mean, nearest};
use super::secrets_file::{self, Variable};
use super::settings::{keys, sections};
use super::sources::{ADMIN_PASSWORD, COPY_TO, Sources, shown};
use super::toml_file::{self, Given, GivenProvider, GivenWebhook, Unknown};
use super::value::{Raw, Value as _, json_raw};

/// The name of the TOML file.
const TOML: &str = "regstack.toml";
/// The name of the secrets file.
const SECRETS: &str = "regstack.secrets.env";
/// The last place where the TOML file is searched for.
const SYSTEM: &str = "/etc/regstack/regstack.toml";
/// The variable with the path of the TOML file.
const CONFIG: &str = "REGSTACK_CONFIG";
const PREFIX: &str = "REGSTACK_";
const FILE: &str = "_FILE";

/// The merged layers.
#[derive(Default)]
pub(super) struct Layers {
    /// The highest value of each key that any layer sets.
    pub(super) values: BTreeMap<&'static str, Given>,
    pub(super) webhooks: Vec<GivenWebhook>,
    pub(super) providers: Vec<GivenProvider>,
    pub(super) files: Vec<PathBuf>,
    /// Keys whose value couldn't be read. They are reported already, so they must not be reported as missing.
    pub(super) broken: BTreeSet<&'static str>,
    /// Whether every file could be read completely. Otherwise a missing key may be in an unread part.
    pub(super) complete: bool,
    /// The secrets file's entries, then the environment.
    variables: Vec<Variable>,
    working_dir: PathBuf,
    /// The folder of the TOML file, if there is one.
    home: Option<PathBuf>,
    /// The folder of the file that is being read. `None` for layers that aren't files.
    reading_in: Option<PathBuf>,
}

impl Layers {
    /// Reads all layers, from the lowest to the highest.
    pub(super) fn read(sources: &Sources, report: &mut Report) -> Self {
        let mut layers = Self {
            working_dir: sources.working_dir.clone(),
            complete: true,
            ..Self::default()
        };
        let mut unknown = Vec::new();
        let toml = layers.find_toml(sources, report);
        let secrets = secrets_file(sources, toml.as_deref());
        let folder_of = |file: &Path| file.parent().map(Path::to_owned);
        layers.home = toml.as_deref().and_then(folder_of);
        let secrets_folder = folder_of(&secrets);
        if let Some((text, name)) = toml.and_then(|path| layers.file(sources, path, report)) {
            let file = toml_file::read(&text, &name, report);
            layers.complete &= file.is_toml;
            layers.values = file.values;
            for given in layers.values.values_mut() {
                given.folder.clone_from(&layers.home);
            }
            layers.webhooks = file.webhooks;
            layers.providers = file.providers;
            unknown = file.unknown;
        }
        if sources.exists(&secrets)
            && let Some((text, name)) = layers.file(sources, secrets, report)
        {
            let entries = secrets_file::read(&text, &name, report);
            layers.reading_in = secrets_folder;
            layers.take_variables(entries, report);
            layers.reading_in = None;
        }
        let variable = |(name, value): (&String, &String)| Variable {
            name: name.clone(),
            value: value.clone(),
            layer: format!("environment {name}"),
        };
        layers.take_variables(sources.environment.iter().map(variable).collect(), report);
        layers.take_flags(sources, report);
        // Whether unknown keys are faults is known only now, because any layer may set that.
        let is_strict = layers.is_strict();
        for Unknown { layer, name, hint } in unknown {
            let (list, message) = if is_strict {
                (&mut report.faults, "isn't a setting")
            } else {
                (&mut report.warnings, "isn't a setting and is ignored")
            };
            list.push(Fault::new(layer, name, message).hinted(hint));
        }
        layers
    }

    /// Returns whether an unknown key is a fault.
    fn is_strict(&self) -> bool {
        let given = self.values.get("strict_config");
        given.and_then(|given| bool::parse(&given.raw)) != Some(false)
    }

    /// Reads a whole section from JSON in one variable, as the Python package does. Variables for single keys of the
    /// same layer override it.
    fn take_section(&mut self, variable: &Variable, section: &str, report: &mut Report) {
        let Variable { name, value, layer } = variable;
        // The library's own message quotes its input, which may be a secret.
        let Ok(serde_json::Value::Object(members)) = serde_json::from_str(value) else {
            let message = format!("must be a JSON object with the keys of [{section}]");
            report.fault(layer, name, message);
            return;
        };
        for (field, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            let dotted = format!("{section}.{field}");
            let key = keys().find(|key| key.name == dotted);
            match (key, json_raw(value)) {
                (Some(key), Some(raw)) => self.set(key, raw, layer),
                (Some(key), None) => {
                    self.broken.insert(key.name);
                    report.fault(layer, key.name, format!("must be {}", key.rule()));
                }
                (None, _) => {
                    let names = keys().map(|key| key.name);
                    let hint = did_you_mean(&dotted, names);
                    report.warnings.push(
                        Fault::new(layer, dotted, "isn't a setting and is ignored").hinted(hint),
                    );
                }
            }
        }
    }

    /// Returns the layer that sets a key, or `default`.
    pub(super) fn layer_of(&self, key: &str) -> &str {
        self.values.get(key).map_or("default", |given| &given.layer)
    }

    /// Returns the folder that relative paths in a key's value start from. For a value from a file, it is the folder
    /// of that file; for a default, the folder of the TOML file; otherwise the working directory.
    pub(super) fn folder_of(&self, key: &str) -> &Path {
        let given = self.values.get(key);
        let folder = given.map_or(&self.home, |given| &given.folder);
        folder.as_ref().unwrap_or(&self.working_dir)
    }

    /// Returns the value of a variable that may not be a setting, or the content of the file in `<name>_FILE`. The
    /// environment has precedence over the secrets file.
    pub(super) fn variable(&self, name: &str) -> Result<Option<String>, String> {
        let find = |name: &str| {
            self.variables
                .iter()
                .rfind(|variable| variable.name == name && !variable.value.is_empty())
        };
        match (find(name), find(&format!("{name}{FILE}"))) {
            (Some(variable), _) => Ok(Some(variable.value.clone())),
            (None, Some(file)) => self
                .secret_file(&file.value)
                .map(|text| Some(text.trim().to_owned())),
            (None, None) => Ok(None),
        }
    }

    /// Returns the TOML file to read. If one is named, it must exist.
    fn find_toml(&mut self, sources: &Sources, report: &mut Report) -> Option<PathBuf> {
        let variable = sources
            .environment
            .get(CONFIG)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from);
        let named = sources
            .config
            .clone()
            .map(|path| (path, "flag --config".to_owned()))
            .or(variable.map(|path| (path, format!("environment {CONFIG}"))));
        let Some((path, layer)) = named else {
            return [self.working_dir.join(TOML), PathBuf::from(SYSTEM)]
                .into_iter()
                .find(|path| !matches!(path.try_exists(), Ok(false)));
        };
        let path = self.working_dir.join(path);
        let file = if path.is_dir() { path.join(TOML) } else { path };
        let reason = match file.try_exists() {
            _ if sources.drafts.contains_key(&file) => return Some(file),
            Ok(true) => return Some(file),
            Ok(false) => "does not exist".to_owned(),
            Err(error) => unreadable(&error),
        };
        self.complete = false;
        report.fault(
            layer,
            "config",
            format!(
                "must name a file, or a folder with a {TOML}: {} {reason}",
                self.shown(&file)
            ),
        );
        None
    }

    /// Returns a file's text and the name that it is shown under.
    fn file(
        &mut self,
        sources: &Sources,
        path: PathBuf,
        report: &mut Report,
    ) -> Option<(String, String)> {
        let name = self.shown(&path);
        let draft = sources.drafts.get(&path).cloned();
        match draft.map_or_else(|| read_text(&path), Ok) {
            Ok(text) => {
                self.files.push(path);
                Some((text, name))
            }
            Err(error) => {
                self.complete = false;
                report.fault(name, "", unreadable(&error));
                None
            }
        }
    }

    /// Returns a path as it is shown.
    fn shown(&self, path: &Path) -> String {
        shown(path, &self.working_dir)
    }

    /// Sets a key and overrides lower layers.
    fn set(&mut self, key: &Key, raw: Raw, layer: &str) {
        let given = Given {
            raw,
            layer: layer.to_owned(),
            folder: self.reading_in.clone(),
        };
        self.values.insert(key.name, given);
    }

    /// Reads the settings among the variables of one layer.
    fn take_variables(&mut self, variables: Vec<Variable>, report: &mut Report) {
        let keys: BTreeMap<String, &'static Key> =
            keys().map(|key| (key.variable(), key)).collect();
        let foreign: BTreeSet<String> = self
            .webhooks
            .iter()
            .filter_map(|webhook| webhook.secret_env.clone())
            .chain(
                self.providers
                    .iter()
                    .filter_map(|provider| provider.client_secret_env.clone()),
            )
            .flat_map(|name| [format!("{name}{FILE}"), name])
            .collect();
        let sections: BTreeMap<String, &'static str> = sections()
            .map(|section| (format!("{PREFIX}{}", section.to_ascii_uppercase()), section))
            .collect();
        for variable in &variables {
            if let Some(section) = sections.get(&variable.name)
                && !variable.value.is_empty()
            {
                self.take_section(variable, section, report);
            }
        }
        let filled = |name: &str| {
            variables
                .iter()
                .any(|variable| variable.name == name && !variable.value.is_empty())
        };
        for variable in variables
            .iter()
            .filter(|variable| variable.name.starts_with(PREFIX) && variable.name != CONFIG)
            .filter(|variable| {
                ![ADMIN_PASSWORD, COPY_TO].contains(&variable.name.trim_end_matches(FILE))
            })
        {
            let Variable { name, value, layer } = variable;
            let from_file = name
                .strip_suffix(FILE)
                .and_then(|name| Some((name, keys.get(name).filter(|key| key.secret)?)));
            if let Some(key) = keys.get(name) {
                let yields = value.is_empty() && key.secret && filled(&format!("{name}{FILE}"));
                if !yields {
                    self.set(key, Raw::Text(value.clone()), layer);
                }
            } else if let Some((plain, key)) = from_file {
                if filled(plain) {
                    report.fault(
                        layer,
                        key.name,
                        format!("must not be set together with {plain}"),
                    );
                } else if !value.is_empty() {
                    self.take_secret_file(key, value, layer, report);
                }
            } else if !foreign.contains(name) && !sections.contains_key(name) {
                let short = &name[PREFIX.len()..];
                let names = || keys.keys().map(|name| &name[PREFIX.len()..]);
                // The most common mistake is to leave out the section.
                let in_section =
                    names().find(|name| name.split_once("__").is_some_and(|(_, key)| key == short));
                let hint = in_section.or_else(|| nearest(short, names()));
                let hint = hint.map(|nearest| format!("did you mean {PREFIX}{nearest}?"));
                report
                    .warnings
                    .push(Fault::new(layer, name, "isn't a setting and is ignored").hinted(hint));
            }
        }
        let folder = self.reading_in.clone();
        self.variables.extend(variables.into_iter().map(|variable| {
            let is_file = variable.name.ends_with(FILE) && !variable.value.is_empty();
            let file = folder.as_ref().filter(|_| is_file);
            let value = file.map(|folder| folder.join(&variable.value).display().to_string());
            Variable {
                value: value.unwrap_or(variable.value),
                ..variable
            }
        }));
    }

    fn take_secret_file(
        &mut self,
        key: &'static Key,
        path: &str,
        layer: &str,
        report: &mut Report,
    ) {
        match self.secret_file(path) {
            Ok(text) => {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                let raw = if lines.len() == 1 {
                    Raw::Text(lines.remove(0))
                } else {
                    Raw::List(lines)
                };
                self.set(key, raw, layer);
            }
            Err(reason) => {
                self.broken.insert(key.name);
                report.fault(layer, key.variable() + FILE, reason);
            }
        }
    }

    /// Reads a secret from a file, without a line break at the end. A relative path starts where those of its variable
    /// do.
    fn secret_file(&self, path: &str) -> Result<String, String> {
        let folder = self.reading_in.as_ref().unwrap_or(&self.working_dir);
        let text = read_text(&folder.join(path)).map_err(|error| {
            format!("must name a readable file: {path:?} {}", unreadable(&error))
        })?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn take_flags(&mut self, sources: &Sources, report: &mut Report) {
        for (name, text, flag) in &sources.flags {
            let layer = format!("flag --{}", flag.trim_start_matches('-'));
            match keys().find(|key| key.name == name) {
                Some(key) => self.set(key, Raw::Text(text.clone()), &layer),
                None => report.faults.push(
                    Fault::new(layer, name, "isn't a setting")
                        .hinted(did_you_mean(name, keys().map(|key| key.name))),
                ),
            }
        }
    }
}

/// Returns whether a variable of this name sets a key, or names a file with its value.
#[must_use]
pub fn is_setting_variable(name: &str) -> bool {
    let plain = name.strip_suffix(FILE).unwrap_or(name);
    keys().any(|key| {
        let variable = key.variable();
        variable == name || (key.secret && variable == plain)
    })
}

/// Returns the secrets file for a TOML file: the one next to it, or else the one in the working directory.
fn secrets_file(sources: &Sources, toml: Option<&Path>) -> PathBuf {
    let beside = toml
        .and_then(Path::parent)
        .map(|folder| folder.join(SECRETS));
    beside
        .filter(|path| sources.exists(path))
        .unwrap_or_else(|| sources.working_dir.join(SECRETS))
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "does not exist".to_owned(),
        ErrorKind::InvalidData => "isn't UTF-8 text".to_owned(),
        ErrorKind::IsADirectory => "is a folder".to_owned(),
        ErrorKind::PermissionDenied => "can't be read: permission denied".to_owned(),
        _ => format!("can't be read: {error}"),
    }
}
