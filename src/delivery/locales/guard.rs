//! Finds text that the Fluent parser must not be given, because it panics on it or overflows the stack.

use fluent_syntax::parser::{ErrorKind, ParserError};

/// How deep placeables may be nested. Messages need two levels.
const MAX_DEPTH: usize = 50;

/// Returns the first place in a file at which the parser would panic, as the error that it should have returned.
pub(super) fn unparsable(text: &str) -> Option<ParserError> {
    broken_escape(text).or_else(|| deep_placeable(text))
}

/// Finds an escape sequence that a character beyond ASCII cuts short.
fn broken_escape(text: &str) -> Option<ParserError> {
    let escapes = text.match_indices('\\').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let digits = match rest.chars().next()? {
            'u' => 4,
            'U' => 6,
            _ => return None,
        };
        let start = at + 2;
        let hex = text[start..]
            .bytes()
            .take(digits)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let next = text[start + hex..].chars().next()?;
        let is_cut = hex < digits && !next.is_ascii();
        is_cut.then_some((start, start + hex + next.len_utf8()))
    });
    let (start, end) = escapes.min()?;
    Some(ParserError {
        pos: start..end,
        slice: None,
        kind: ErrorKind::InvalidUnicodeEscapeSequence(text[start..end].to_owned()),
    })
}

fn deep_placeable(text: &str) -> Option<ParserError> {
    let (mut depth, mut position) = (0_usize, 0);
    for line in text.split_inclusive('\n') {
        if !line.starts_with('#') {
            for (at, character) in line.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth > MAX_DEPTH {
                    return Some(ParserError {
                        pos: position + at..position + at + 1,
                        slice: None,
                        kind: ErrorKind::ExpectedInlineExpression,
                    });
                }
            }
        }
        position += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_a_letter_cuts_short_are_found() {
        for (text, place) in [
            ("a = { \"\\u00é\" }", 9..13),
            ("a = { \"\\Ué\" }", 9..11),
            ("a = { \"\\\\ \\u1ü\" }", 12..15),
        ] {
            assert_eq!(
                unparsable(text).map(|error| error.pos),
                Some(place),
                "{text}"
            );
        }
        for text in [
            "a = { \"\\u00e9é\" }",
            "a = é { \"\\u00\" }",
            "a = \\é",
            "a = \\u",
            "",
        ] {
            assert_eq!(unparsable(text), None, "{text}");
        }
    }

    #[test]
    fn only_placeables_that_nobody_nests_are_too_deep() {
        let nested = |depth| format!("a = {}x{}\n", "{".repeat(depth), "}".repeat(depth));
        assert_eq!(unparsable(&nested(50).repeat(9)), None);
        assert_eq!(unparsable(&nested(51)).map(|error| error.pos), Some(54..55));
        assert_eq!(unparsable(&format!("# {}\n", "{".repeat(99))), None);
    }
}
