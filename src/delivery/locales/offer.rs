//! The languages that are offered, and the choice among them.

use std::sync::Arc;

use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages};

use crate::model::Language;

/// The offered languages and the default language. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Languages {
    offered: Arc<[Language]>,
    identifiers: Arc<[LanguageIdentifier]>,
    default: Language,
}

impl Languages {
    /// Creates the set of offered languages. The default must be one of them.
    pub(in crate::delivery) fn new(offered: Vec<Language>, default: Language) -> Self {
        Self {
            identifiers: offered.iter().map(identifier).collect(),
            offered: offered.into(),
            default,
        }
    }

    /// Returns the languages that people may choose from.
    #[must_use]
    pub fn offered(&self) -> &[Language] {
        &self.offered
    }

    /// Returns the best language for these preferences, most preferred first.
    #[must_use]
    pub fn choose(&self, preferred: &[Language]) -> Language {
        let preferred: Vec<LanguageIdentifier> = preferred.iter().map(identifier).collect();
        let strategy = NegotiationStrategy::Lookup;
        let found = negotiate_languages(&preferred, &self.identifiers, None, strategy);
        let found = found.first().and_then(|found| {
            let at = self.identifiers.iter().position(|known| known == *found)?;
            self.offered.get(at)
        });
        found.unwrap_or(&self.default).clone()
    }
}

fn identifier(language: &Language) -> LanguageIdentifier {
    language.as_str().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        Language::parse(tag).unwrap()
    }

    #[test]
    fn the_nearest_language_is_found_and_the_default_otherwise() {
        let offered = ["ar", "de", "en", "pt-BR"].map(language).to_vec();
        let languages = Languages::new(offered, language("en"));
        for (preferred, chosen) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("fr de", "de"),
            ("pt", "pt-BR"),
            ("pt-PT", "pt-BR"),
            ("ar-EG en", "ar"),
            ("zh fr", "en"),
            ("", "en"),
        ] {
            let preferred: Vec<Language> = preferred.split_whitespace().map(language).collect();
            assert_eq!(
                languages.choose(&preferred).as_str(),
                chosen,
                "{preferred:?}"
            );
        }
    }
}
