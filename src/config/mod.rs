//! Settings: every key, its default and rule, the layers they come from, and what is wrong with them.
//!
//! Knows no command line and no server; hands out [`Settings`] that are whole and checked. (Skeleton of the interface.)

pub mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use settings::*;

/// Where settings are looked for. The process environment is read by the caller, so that tests need not change theirs.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--config`: a file, or a folder with a `regstack.toml`. Missing is an error.
    pub config: Option<PathBuf>,
    /// Values set by command-line flags, the highest layer: dotted key, text as in the environment, and the flag's name.
    pub flags: Vec<(String, String, &'static str)>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Relative files are looked for here.
    pub working_dir: PathBuf,
}

/// One value and where it comes from.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Effective {
    /// Dotted key.
    pub key: String,
    /// The value as text; a secret's is never shown.
    pub value: String,
    /// `regstack.toml:14`, `environment REGSTACK_JWT_TTL_SECONDS`, `default`, …
    pub layer: String,
}

/// Something wrong, or worth a warning.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Fault {
    /// The layer it is in.
    pub layer: String,
    /// The key.
    pub key: String,
    /// The rule, and the value unless it is a secret.
    pub message: String,
    /// What to do: nearest key, command to run.
    pub hint: Option<String>,
}

/// Settings, with all there is to say about them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The files that were read.
    pub files: Vec<PathBuf>,
    /// Every key.
    pub values: Vec<Effective>,
    /// What is accepted, and yet worth saying.
    pub warnings: Vec<Fault>,
}

/// All that is wrong, at once.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the configuration cannot be used")]
pub struct ConfigError {
    /// Never empty.
    pub faults: Vec<Fault>,
}

/// Reads all layers.
pub fn load(_sources: &Sources) -> Result<Loaded, ConfigError> { unimplemented!() }
