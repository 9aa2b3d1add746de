//! Making foreign text safe for a place: a header, a log line, an error.

use std::error::Error;

use crate::model::code;

/// The longest error kept, in characters; providers may answer with pages.
const LONGEST_ERROR: usize = 500;

/// A run of token characters at least this long that also stands in the message is taken for a secret.
const SECRET_RUN: usize = 16;

/// A run of digits at least this long that also stands in the message is taken for a code.
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
    for c in text.trim().chars().take(LONGEST_ERROR) {
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

/// The text without what could be a token or code of `message`: providers like to quote what they object to.
pub(super) fn redacted(text: &str, message: &str) -> String {
    let token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let without_tokens = without(text, message, token, SECRET_RUN);
    without(&without_tokens, message, |c| c.is_ascii_digit(), CODE_RUN)
}

/// The text without runs of such characters, at least that long, that stand in `message` too.
fn without(text: &str, message: &str, token: fn(char) -> bool, shortest: usize) -> String {
    let mut rest = text;
    let mut safe = String::new();
    while !rest.is_empty() {
        let run = rest.find(|c| !token(c)).unwrap_or(rest.len());
        let other = rest[run..].find(token).map_or(rest.len(), |at| run + at);
        safe += if run >= shortest && message.contains(&rest[..run]) {
            "[...]"
        } else {
            &rest[..run]
        };
        safe += &rest[run..other];
        rest = &rest[other..];
    }
    safe
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
const LONGEST_GREETING: usize = 80;

/// Whether mail programs might make a link of a part of the name, or it is too long to be one.
pub(super) fn advertises(name: &str) -> bool {
    // Invisible characters would hide a link from this look, not from every mail program.
    let seen: Vec<char> = name.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')).collect();
    // `evil.com`, yet not `J.R.R. Tolkien`.
    let is_domain = |part: &[char]| {
        part[0].is_alphanumeric()
            && ['.', '。', '．'].contains(&part[1])
            && part[2..].iter().all(|c| c.is_alphanumeric())
    };
    seen.len() > LONGEST_GREETING
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
        assert_eq!(escaped(&"x".repeat(10_000)).len(), LONGEST_ERROR);
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
            "21610 to +14155550123: Body=Your+code%3A+[...] x[...]y 0427190"
        );
    }
}
