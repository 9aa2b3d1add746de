//! Escapes text so that nothing in a name or an email address can control a terminal. This is applied to every
//! [`Cell`](super::Cell), message on stderr, field of a document and line of the log.

use std::fmt::Write as _;

/// Returns whether a character could move a terminal's cursor, change its state, or reorder or hide the text next to
/// it.
pub(super) fn drives_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the text with such characters escaped: `\n`, `\u{1b}`.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if drives_terminal(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Returns JSON with such characters as `\u` escapes. They only occur in strings. Line breaks come from pretty-printing
/// and stay.
pub(super) fn json_escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if drives_terminal(character) && character != '\n' {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}
