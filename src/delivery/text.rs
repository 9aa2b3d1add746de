//! Making foreign text safe for a place: a header, a log line, an error.

use std::collections::HashSet;
use std::error::Error;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use crate::model::code;

/// What a test message says.
pub(super) const TEST_MESSAGE: &str = "This was sent by regstack doctor; nothing needs to be done.";

/// The most that is repeated of what a neighbor says, in characters.
pub(super) const MAX_WORDS: usize = 200;

/// The longest error kept, in characters; providers may answer with pages.
const MAX_ERROR_LENGTH: usize = 500;

/// A run of token characters at least this long in a message is taken for a secret.
const SECRET_RUN: usize = 16;

/// What is shared with a secret and at least this long is taken for a piece of it.
const SECRET_PIECE: usize = 6;

/// A run of digits at least this long in a message is taken for a code, and so is any piece of it that is as long.
const CODE_RUN: usize = code::MIN_LENGTH;

/// The text as one line: control characters, line ends and direction overrides become single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || breaks_line_or_order(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether a character can end a line, drive a terminal, or reorder what follows it (Unicode UAX #9, explicit formatting).
fn breaks_line_or_order(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text as one line that still shows what was in it: `\n`, `\u{1b}`. Cut at 500 characters.
pub(super) fn escaped(text: &str) -> String {
    let mut line = String::new();
    for c in text.trim().chars().take(MAX_ERROR_LENGTH) {
        if breaks_line_or_order(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

/// The links of a text: its words that begin with `http://` or `https://`.
pub(super) fn links(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .collect()
}

/// The text without what could be a token or code of `message`, or a piece of one: providers like to quote what they
/// object to, as it is or as it was encoded on its way.
pub(super) fn redacted(text: &str, message: &str) -> String {
    let mut cut = vec![false; text.len()];
    for (of_secret, shortest, piece) in [
        (is_token as fn(char) -> bool, SECRET_RUN, SECRET_PIECE),
        (|c| c.is_ascii_digit(), CODE_RUN, CODE_RUN),
    ] {
        let secrets = message.split(|c| !of_secret(c));
        let secrets = secrets.filter(|run| run.len() >= shortest);
        let pieces: HashSet<&[u8]> = secrets
            .flat_map(|secret| secret.as_bytes().windows(piece))
            .collect();
        // Either may be right: `=3D` may be an equals sign, or the beginning of a token.
        for reading in [plain(text), decoded(text)] {
            for run in reading.chunk_by(|(_, one), (_, next)| of_secret(*one) == of_secret(*next)) {
                let letters: String = run.iter().map(|(_, c)| *c).collect();
                if letters
                    .as_bytes()
                    .windows(piece)
                    .any(|piece| pieces.contains(piece))
                {
                    cut[run[0].0.start..run[run.len() - 1].0.end].fill(true);
                }
            }
        }
    }
    let mut safe = String::new();
    for (at, c) in text.char_indices() {
        if !cut[at] {
            safe.push(c);
        } else if at == 0 || !cut[at - 1] {
            safe += "[...]";
        }
    }
    safe
}

const fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Each character with its place in the text.
fn plain(text: &str) -> Vec<(Range<usize>, char)> {
    let place = |(at, c): (usize, char)| (at..at + c.len_utf8(), c);
    text.char_indices().map(place).collect()
}

/// The same, with the ASCII that stands as `%XX` in forms or as `=XX` in quoted-printable read as what it means, and
/// without the line breaks of the latter, escaped as they are by now.
fn decoded(text: &str) -> Vec<(Range<usize>, char)> {
    let mut characters = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at + c.len_utf8()..];
        let soft_break = ["\\r\\n", "\\n"].iter().find(|end| rest.starts_with(**end));
        let hex = rest
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let (length, meant) = match (c, soft_break, hex.filter(u8::is_ascii)) {
            ('=', Some(end), _) => (1 + end.len(), None),
            ('=' | '%', _, Some(byte)) => (3, Some(char::from(byte))),
            _ => (c.len_utf8(), Some(c)),
        };
        characters.extend(meant.map(|c| (at..at + length, c)));
        at += length;
    }
    characters
}

/// What is beneath an error whose own words tell little; those words where there is nothing.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut beneath = error.source();
    while let Some(cause) = beneath {
        let said = cause.to_string();
        // Some repeat what is beneath them.
        if !words.iter().any(|before| before.contains(&said)) {
            words.push(said);
        }
        beneath = cause.source();
    }
    if words.is_empty() {
        error.to_string()
    } else {
        words.join(": ")
    }
}

/// The longest name that is greeted, in characters.
const MAX_GREETING_LENGTH: usize = 80;

/// Whether mail programs might make a link of a part of the name, or it is too long to be one.
pub(super) fn advertises(name: &str) -> bool {
    // Invisible characters would hide a link from this look, not from every mail program.
    let visible = name.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'));
    // What looks like a dot, a slash or an at sign is one to some of them.
    let seen: Vec<char> = visible
        .nfkc()
        .map(|c| if c == '。' { '.' } else { c })
        .collect();
    // `evil.com`, yet not `J.R.R. Tolkien`.
    let is_domain = |part: &[char]| {
        part[0].is_alphanumeric() && part[1] == '.' && part[2..].iter().all(|c| c.is_alphanumeric())
    };
    seen.len() > MAX_GREETING_LENGTH
        || seen.iter().any(|c| "/\\@".contains(*c))
        || seen.windows(4).any(is_domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_line_whatever_comes() {
        assert_eq!(
            one_line(" Ada \r\nBcc: x\u{0}\u{1b}[31m\u{85}\u{2028}\u{202e}y\t "),
            "Ada Bcc: x [31m y"
        );
        assert_eq!(one_line("Ärzte & Söhne 👩‍⚕️"), "Ärzte & Söhne 👩‍⚕️");
        assert_eq!(one_line("\r\n"), "");
    }

    #[test]
    fn errors_show_control_characters_without_sending_them() {
        assert_eq!(
            escaped("550 no\r\n\u{1b}[2J\u{9b}é"),
            "550 no\\r\\n\\u{1b}[2J\\u{9b}é"
        );
        assert_eq!(escaped(&"x".repeat(10_000)).len(), MAX_ERROR_LENGTH);
    }

    #[test]
    fn a_quoted_token_is_cut_out_and_the_rest_stays() {
        let body = "Open https://app.example/verify?token=AbCd-0123_456789xyz now";
        let reply = "554 5.7.1 blocked: https://app.example/verify?token=AbCd-0123_456789xyz, see https://mail.example/policy/not-in-the-message";
        assert_eq!(
            redacted(reply, body),
            "554 5.7.1 blocked: https://app.example/verify?token=[...], see https://mail.example/policy/not-in-the-message"
        );
        assert_eq!(
            redacted("554 é AbCd-0123_456789", body),
            "554 é [...]",
            "cut short by the server"
        );
        assert_eq!(redacted("", body), "");
        assert_eq!(
            redacted(
                "21610 to +14155550123: Body=Your+code%3A+042719 x042719y 0427190",
                "Your code: 042719"
            ),
            "21610 to +14155550123: Body=Your+code%3A+[...] x[...]y [...]"
        );
    }

    #[test]
    fn a_secret_that_was_encoded_or_broken_on_its_way_is_cut_out_whole() {
        let sms = "Acme login code: 791674. It expires in 5 minutes.";
        for (quoted, safe) in [
            ("Body=code%3A%20791674.", "Body=code%3A%[...]."),
            ("code=791674", "code=[...]"),
            ("code%3D791674", "code%3D[...]"),
            ("code %37%39%31%36%37%34!", "code [...]!"),
            ("%2520791674 at 5, 20003", "%[...] at 5, 20003"),
            ("cut short: 7916", "cut short: [...]"),
        ] {
            assert_eq!(redacted(quoted, sms), safe);
        }
        let token = "41bCd-0123_456789xyzQrStUvWxYz98";
        let mail = format!("Open https://app.example/verify?token={token} now");
        for (quoted, safe) in [
            // Quoted-printable, as `escaped` leaves it; the last line holds less than a piece.
            (
                "554 spam: verify?token=3D41bCd-0123_456789xyz=\\r\\nQrStUv=\\nWxYz98 now",
                "554 spam: verify?token=[...] now",
            ),
            (
                "554 token=3D41bCd-0123_456789xyzQrStUvW=\\r\\nxYz98\\r\\nnow",
                "554 token=[...]\\r\\nnow",
            ),
            ("554 token=41bCd-0123_456789", "554 [...]"),
            ("554 token%3D41bCd%2D0123%5F4", "554 token%3D[...]"),
            ("554 after xyzQrS", "554 after [...]"),
            ("é% =é100% =zz %é", "é% =é100% =zz %é"),
        ] {
            assert_eq!(redacted(quoted, &mail), safe);
        }
    }
}
