//! Collecting what is wrong, so that everything is said at once, and finding the name that was meant.

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

    /// Adds what to do.
    #[must_use]
    pub fn hinted(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// `regstack.toml:14: jwt_ttl_seconds must be a whole number from 60 to 2592000, not "5"`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.layer)?;
        // A variable of the environment is a layer of its own, which says its name already.
        if !self.key.is_empty() && !self.layer.ends_with(&format!(" {}", self.key)) {
            write!(f, "{} ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// What is wrong, and what is worth a warning.
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

    /// The faults file by file and line by line, then those of the other layers.
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

/// The candidate most like `name`, if any is like it: misspelt, or only begun.
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

/// The hint for a name that is none.
pub(super) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|nearest| format!("did you mean {nearest}?"))
}
