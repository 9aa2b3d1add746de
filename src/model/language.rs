//! A language, by its tag (BCP 47).

use serde::{Deserialize, Serialize};
use unic_langid::{CharacterDirection, LanguageIdentifier};

use super::named::text;

/// A language tag such as `de` or `pt-BR`: language, script, region and variants, written as usual.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// The longest tag, in bytes.
    pub const MAX_LENGTH: usize = 35;

    /// Parses a tag in any case. Returns `None` if it isn't one.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        if tag.len() > Self::MAX_LENGTH {
            return None;
        }
        let identifier: LanguageIdentifier = tag.parse().ok()?;
        // "und" stands for an undetermined language.
        (!identifier.language.is_empty()).then(|| Self(identifier.to_string()))
    }

    /// Returns English. Every message exists in this language.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// Returns whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        self.identifier().character_direction() == CharacterDirection::RTL
    }

    /// Returns the more general languages that may be used instead, nearest first: `zh-Hant`, then `zh`, for
    /// `zh-Hant-TW`.
    #[must_use]
    pub fn parents(&self) -> Vec<Self> {
        let identifier = self.identifier();
        let mut parents = Vec::new();
        for script in [identifier.script, None] {
            let (language, region) = (identifier.language, None);
            let parent = LanguageIdentifier::from_parts(language, script, region, &[]).to_string();
            if parent != self.0 && !parents.iter().any(|Self(known)| *known == parent) {
                parents.push(Self(parent));
            }
        }
        parents
    }

    /// Returns the parts of the tag.
    #[must_use]
    pub fn identifier(&self) -> LanguageIdentifier {
        self.0.parse().unwrap_or_default()
    }
}

text!(Language);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_usual() {
        for (given, written) in [
            ("de", "de"),
            ("PT-br", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
        ] {
            assert_eq!(Language::parse(given).unwrap().as_str(), written);
        }
        let long = "de-".repeat(20);
        for other in ["", "und", "*", "d", "../en", "de_DE!", "en;q=1", &long] {
            assert!(Language::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn some_are_written_from_right_to_left() {
        for (tag, rtl) in [("ar", true), ("he-IL", true), ("fa", true), ("ja", false)] {
            let language = Language::parse(tag).unwrap();
            assert_eq!(language.is_right_to_left(), rtl, "{tag}");
        }
    }

    #[test]
    fn a_language_borrows_from_what_is_less_special() {
        let of = |tag: &str| {
            let parents = Language::parse(tag).unwrap().parents();
            let tags: Vec<String> = parents.iter().map(Language::to_string).collect();
            tags.join(" ")
        };
        assert_eq!(of("zh-Hant-TW"), "zh-Hant zh");
        assert_eq!(of("pt-BR"), "pt");
        assert_eq!(of("de"), "");
    }
}
