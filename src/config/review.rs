//! What the rules on several keys use: the layer that set a key, the folder for relative paths, and the report of
//! faults.
//!
//! It contains no rules.

use std::path::{Path, PathBuf};

use super::layers::Layers;
use super::report::{Fault, Report};
use super::value::Raw;

/// One pass over the keys of a draft.
pub(super) struct Review<'a> {
    pub(super) layers: &'a Layers,
    pub(super) report: &'a mut Report,
}

impl Review<'_> {
    /// Reports a key that can't be used with its value.
    pub(super) fn fault(&mut self, key: &str, message: impl Into<String>) {
        self.report.fault(self.layers.layer_of(key), key, message);
    }

    pub(super) fn warn(&mut self, key: &str, message: &str) {
        self.report
            .warnings
            .push(Fault::new(self.layers.layer_of(key), key, message));
    }

    /// Returns whether a layer sets the key.
    pub(super) fn given(&self, key: &str) -> bool {
        self.layers.values.contains_key(key)
    }

    /// Returns whether a layer sets the key to a value. An empty text only unsets the value of a lower layer.
    pub(super) fn has_value(&self, key: &str) -> bool {
        let given = self.layers.values.get(key);
        given.is_some_and(|given| !matches!(&given.raw, Raw::Text(text) if text.is_empty()))
    }

    /// Returns a path from a key's value. A relative path starts at the folder of the file that sets the key.
    pub(super) fn path(&self, key: &str, path: impl AsRef<Path>) -> PathBuf {
        self.layers.folder_of(key).join(path)
    }

    /// Returns the value of a key that `other` needs, or reports that it is missing.
    pub(super) fn required<T>(&mut self, key: &str, value: Option<T>, other: &str) -> Option<T> {
        if value.is_none() {
            self.missing(key, other);
        }
        value
    }

    /// Returns the values of two keys that need each other, or reports the one that is missing.
    pub(super) fn pair<A, B>(
        &mut self,
        (first, first_value): (&str, Option<A>),
        (second, second_value): (&str, Option<B>),
    ) -> Option<(A, B)> {
        match (&first_value, &second_value) {
            (Some(_), None) => self.missing(second, first),
            (None, Some(_)) => self.missing(first, second),
            _ => {}
        }
        first_value.zip(second_value)
    }

    /// Reports a missing key, at the place where the key is set that needs it. `other` may be a key, or `key = value`.
    fn missing(&mut self, key: &str, other: &str) {
        // A value that can't be used has been reported already.
        if !self.layers.broken.contains(key) && !self.has_value(key) {
            let needing = other.split(' ').next().unwrap_or(other);
            let layer = self.layers.layer_of(needing);
            let reason = format!("is missing: {other} needs it");
            self.report.fault(layer, key, reason);
        }
    }
}
