//! Text that strangers chose, made inert: it can't control a terminal, reorder the text around it, or run as a formula in a
//! spreadsheet.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

/// Returns whether a character could move a terminal's cursor, change its state, or reorder or hide the text next to
/// it.
#[must_use]
pub fn drives_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the text with such characters escaped: `\n`, `\u{1b}`.
#[must_use]
pub fn escaped(text: &str) -> String {
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
#[must_use]
pub fn json_escaped(json: &str) -> String {
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

/// Returns the text for a cell of a CSV file, with such characters escaped and nothing that spreadsheets run as a formula.
/// A number stays one.
#[must_use]
pub fn spreadsheet_cell(text: &str) -> String {
    let text = escaped(text);
    let number = text
        .strip_prefix(['+', '-'])
        .is_some_and(|rest| rest.chars().all(|digit| digit.is_ascii_digit()));
    // Some ignore leading blanks, and accept full-width signs.
    let seen: String = text.trim_start().chars().take(1).nfkc().collect();
    if seen.starts_with(['=', '+', '-', '−', '@']) && !number {
        format!("'{text}")
    } else {
        text
    }
}

/// Returns a line of a CSV file (RFC 4180), with its end.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = cells.into_iter().map(|cell| {
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    });
    let mut line = quoted.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_a_line_keeps_its_cells_apart() {
        for (text, cell) in [
            ("Ada", "Ada"),
            ("=1+1", "'=1+1"),
            (" @SUM(A1)", "' @SUM(A1)"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("+14155550123", "+14155550123"),
            ("-1+1", "'-1+1"),
            ("a\tb\u{1b}[2J", "a\\tb\\u{1b}[2J"),
        ] {
            assert_eq!(spreadsheet_cell(text), cell);
        }
        assert_eq!(
            csv_line(["a", "b,c", "say \"hi\"", ""]),
            "a,\"b,c\",\"say \"\"hi\"\"\",\r\n"
        );
    }
}
