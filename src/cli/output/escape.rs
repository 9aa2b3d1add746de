//! The one sanitiser: nothing in a name or an email address may drive a terminal, in any form. Text is made safe when it becomes
//! a [`Cell`](super::Cell), talk on stderr, a field of a document or a line of the log.

use std::fmt::Write as _;

/// Whether a character could move a terminal's cursor, change its state, or reorder or hide what is beside it.
pub(super) fn drives_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns text with everything escaped that could drive a terminal: `\n`, `\u{1b}`.
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

/// Returns JSON text in which such characters, which stand in strings only, are `\u` escapes. Line ends are the pretty
/// form's own.
pub(super) fn json_escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if drives_terminal(character) && character != '\n' {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a text does not fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}
