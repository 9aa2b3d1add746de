//! Collects all faults, so that they are reported at once, and suggests the name that was probably meant.

use std::fmt;

/// A fault or a warning.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Fault {
    /// The layer that it's in.
    pub layer: String,
    /// The key; empty if the line can't be parsed.
    pub key: String,
    /// The rule, and the value unless it's a secret. It continues after the key: "must be …, not …".
    pub message: String,
    /// What to do: nearest key, command to run.
    pub hint: Option<String>,
}

impl Fault {
    /// Returns a fault without a hint.
    pub fn new(
        layer: impl Into<String>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            layer: layer.into(),
            key: key.into(),
            message: message.into(),
            hint: None,
        }
    }

    /// Adds a hint on what to do.
    #[must_use]
    pub fn hinted(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// `regstack.toml:14: jwt_ttl_seconds must be a whole number from 60 to 2592000, not "5"`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.layer)?;
        // The layer of an environment variable already contains its name.
        if !self.key.is_empty() && !self.layer.ends_with(&format!(" {}", self.key)) {
            write!(f, "{} ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// The faults and warnings found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

impl Report {
    pub(super) fn fault(
        &mut self,
        layer: impl Into<String>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.faults.push(Fault::new(layer, key, message));
    }

    /// Returns the faults in files, ordered by file and line, followed by those of other layers.
    pub(super) fn faults_in_order(&mut self) -> Vec<Fault> {
        let place = |fault: &Fault| {
            let (file, line) = fault.layer.rsplit_once(':')?;
            Some((file.to_owned(), line.parse::<usize>().ok()?))
        };
        let mut faults = std::mem::take(&mut self.faults);
        faults.sort_by_cached_key(|fault| {
            let place = place(fault);
            (place.is_none(), place)
        });
        faults
    }
}

/// Returns the candidate most similar to `name`, if one is similar: a misspelling or a completion.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let distance = |candidate: &&str| {
        if !name.is_empty() && candidate.starts_with(name) {
            1
        } else {
            strsim::damerau_levenshtein(name, candidate)
        }
    };
    let nearest = candidates.into_iter().min_by_key(distance)?;
    (distance(&nearest) <= (name.chars().count() / 3).max(2)).then_some(nearest)
}

/// Returns the hint for an unknown name.
pub(super) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|nearest| format!("did you mean {nearest}?"))
}
