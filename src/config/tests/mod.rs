//! What the tests of the configuration share: a folder, an environment, and the result of loading them.

mod keys;
mod layers;
mod oauth;
mod package;
mod rules;
mod secrecy;
mod webhooks;

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::secret::ExposeSecret as _;

const SECRET: &str = "canary-0123456789abcdefghijklmnopqrstuv";

/// A folder with files, and an environment.
struct Case {
    folder: TempDir,
    sources: Sources,
}

impl Case {
    /// Creates a case with only a `jwt_secret` in the environment.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let sources = Sources {
            working_dir: folder.path().to_owned(),
            ..Sources::default()
        };
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
        self.sources
            .environment
            .insert(name.to_owned(), value.to_owned());
        self
    }

    fn flag(mut self, key: &str, value: &str, flag: &'static str) -> Self {
        self.sources
            .flags
            .push((key.to_owned(), value.to_owned(), flag));
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
        self.load()
            .unwrap_or_else(|error| panic!("{:#?}", error.faults))
    }

    /// Returns the faults as lines, with their hints.
    #[track_caller]
    fn faults(&self) -> Vec<String> {
        lines(
            &self
                .load()
                .map(|_| ())
                .expect_err("there is a fault")
                .faults,
        )
    }

    #[track_caller]
    fn warnings(&self) -> Vec<String> {
        lines(&self.loaded().warnings)
    }
}

fn lines(faults: &[Fault]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| {
            fault
                .hint
                .as_ref()
                .map_or_else(|| fault.to_string(), |hint| format!("{fault} ({hint})"))
        })
        .collect()
}

fn effective<'a>(loaded: &'a Loaded, key: &str) -> (&'a str, &'a str) {
    let found = loaded
        .values
        .iter()
        .find(|value| value.key == key)
        .expect("every key is listed");
    (&found.value, &found.layer)
}

/// Returns the other keys that a sample of this key needs to be valid.
fn companions(key: &Key) -> Vec<(&'static str, &'static str)> {
    match key.name {
        "tls_cert" => vec![("tls_key", "k.pem")],
        "tls_key" => vec![("tls_cert", "c.pem")],
        "enable_forward_auth" => vec![("behind_proxy", "true")],
        "email.ses_access_key_id" => vec![("email.ses_secret_access_key", "s")],
        "email.ses_secret_access_key" => vec![("email.ses_access_key_id", "i")],
        _ => vec![],
    }
}

fn variable_of(name: &str) -> String {
    keys().find(|key| key.name == name).unwrap().variable()
}
