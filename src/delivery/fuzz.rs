//! What fuzz targets run: each function checks on any bytes what always holds. A violation panics.

use std::collections::BTreeMap;

use super::locales::{Argument, Catalogue};
use crate::model::Language;

/// The built-in messages that an operator's file replaces.
const BUILT_IN: &str = "\
mail-hello = Hello { $name },
mail-minutes = { $minutes ->
    [one] in one minute
   *[other] in { $minutes } minutes
}
js-saved = Saved
";

/// An operator's file of messages, in English and in Arabic.
///
/// - A file without faults can say every message.
/// - A message that can't be said falls back, or is an error; what is said has a bounded length.
/// - The messages for the script are JSON that can't end the script.
pub fn fluent(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let files = [("en.ftl", BUILT_IN), ("en.ftl", &text), ("ar.ftl", &text)];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let catalogue = Catalogue::open(files.into_iter(), &[]);
    let has_faults = !catalogue.faults().is_empty();
    let _ = catalogue.doubts();
    let arguments: BTreeMap<&str, Argument<'_>> = [
        ("name", Argument::Text("Ada \u{627}".into())),
        ("minutes", Argument::Number(2)),
    ]
    .into();
    for tag in ["en", "ar"] {
        let language = Language::parse(tag).unwrap_or_else(Language::english);
        let words = catalogue.words(&language);
        for key in ["mail-hello", "mail-minutes", "js-saved"] {
            match words.say(key, &arguments) {
                Ok(said) => assert!(said.len() <= 256 * (text.len() + 256), "{}", said.len()),
                Err(reason) => assert!(has_faults || text.contains(key), "{reason}"),
            }
        }
        let script = words.for_script();
        assert!(!script.contains("</") && !script.contains("<!"), "{script}");
        let script: Result<serde_json::Value, _> = serde_json::from_str(script);
        assert!(script.is_ok());
    }
}
