//! Makes untrusted text safe for headers, log lines and errors.

use std::collections::HashSet;
use std::error::Error;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use crate::model::{Email, code};

/// The text of a test message.
pub(super) const TEST_MESSAGE: &str =
    "This is a test, sent with regstack doctor or from the console. You don't need to do anything.";

/// The most characters that are quoted from a server's response.
pub(super) const MAX_WORDS: usize = 200;

/// The longest error that is kept, in characters. Providers may answer with whole pages.
const MAX_ERROR_LENGTH: usize = 500;

/// Runs of token characters in a message that are at least this long and look random count as secrets.
const SECRET_RUN: usize = 16;

/// Parts of a secret that are at least this long are removed.
const SECRET_PIECE: usize = 6;

/// Runs of digits in a message that are at least this long count as codes, and parts of them of this length are
/// removed.
const CODE_RUN: usize = code::MIN_LENGTH;

/// Returns the text as one line: control characters, line breaks and direction overrides become single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || breaks_line_or_order(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns whether a character can end a line, control a terminal, or reorder the text after it (Unicode UAX #9,
/// explicit formatting).
fn breaks_line_or_order(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the text as one line, with control characters in escaped form (`\n`, `\u{1b}`), cut at 500 characters.
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

/// Returns the links in a text: the words that begin with `http://` or `https://`.
pub(super) fn links(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .collect()
}

/// Removes what could be a token or code of `message`, or a part of one. Providers like to quote what they reject, as
/// plain text or in the encoding in which it was sent.
pub(super) fn redacted(text: &str, message: &str) -> String {
    let mut cut = vec![false; text.len()];
    for (of_secret, shortest, piece) in [
        (is_token as fn(char) -> bool, SECRET_RUN, SECRET_PIECE),
        (|c| c.is_ascii_digit(), CODE_RUN, CODE_RUN),
    ] {
        let secrets = message.split(|c| !of_secret(c));
        let secrets = secrets.filter(|run| run.len() >= shortest && looks_random(run));
        let pieces: HashSet<&[u8]> = secrets
            .flat_map(|secret| secret.as_bytes().windows(piece))
            .collect();
        // Both readings are possible: `=3D` may be an encoded equals sign, or the beginning of a token.
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

/// Returns whether a run of token characters isn't just words, such as `supported-color-schemes` in the HTML of an email.
/// One in a million random runs of 16 characters has neither a digit nor a capital letter; links have longer ones.
fn looks_random(run: &str) -> bool {
    run.bytes()
        .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Returns each character with its position in the text.
fn plain(text: &str) -> Vec<(Range<usize>, char)> {
    let place = |(at, c): (usize, char)| (at..at + c.len_utf8(), c);
    text.char_indices().map(place).collect()
}

/// Returns the same with `%XX` (forms) and `=XX` (quoted-printable) decoded where they stand for ASCII, and without the
/// soft line breaks of quoted-printable, which are escaped at this point.
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

/// Returns the causes of an error, whose own message says little. Without a cause, returns that message.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut beneath = error.source();
    while let Some(cause) = beneath {
        let said = cause.to_string();
        // Some errors repeat their cause.
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

/// The longest name that is used in a greeting, in characters.
const MAX_GREETING_LENGTH: usize = 80;

/// Returns whether mail programs could make a link of a part of the name, or the name is too long for one.
pub(super) fn advertises(name: &str) -> bool {
    let seen = as_seen(name);
    seen.len() > MAX_GREETING_LENGTH
        || seen.iter().any(|c| "/\\@".contains(*c))
        || has_domain(&seen)
}

/// Returns the email address, masked if its beginning could be taken for a link. Anyone can sign up with
/// `ada+www.evil.example/x@example.com`, which reaches Ada.
pub(super) fn unlinked(address: &str) -> String {
    if begins_with_a_link(address) {
        Email::from_stored(address.to_owned()).masked()
    } else {
        address.to_owned()
    }
}

/// Returns whether mail programs could make a link of the local part of an email address, or reorder it.
fn begins_with_a_link(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    let seen = as_seen(local);
    // Mail programs recognise email addresses with only these characters as a whole.
    let is_usual = |c: &char| c.is_alphanumeric() || "._%+-".contains(*c);
    local.chars().any(breaks_line_or_order) || !seen.iter().all(is_usual) && has_domain(&seen)
}

/// Returns the characters as a mail program might interpret them.
fn as_seen(text: &str) -> Vec<char> {
    // Invisible characters would hide a link from this check, but not from every mail program.
    let visible = text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'));
    // Some mail programs treat characters that look like a dot, a slash or an at sign as one.
    visible
        .nfkc()
        .map(|c| if c == '。' { '.' } else { c })
        .collect()
}

/// Returns whether the text contains something like `evil.com`. `J.R.R. Tolkien` doesn't count.
fn has_domain(seen: &[char]) -> bool {
    let is_domain = |part: &[char]| {
        part[0].is_alphanumeric() && part[1] == '.' && part[2..].iter().all(|c| c.is_alphanumeric())
    };
    seen.windows(4).any(is_domain)
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
    fn an_address_that_begins_with_a_link_is_told_from_others() {
        for usual in [
            "ada@example.com",
            "ada.lovelace+news.letter@example.com",
            "o'brien@example.com",
            "bounce+ada=example@lists.example",
            "josé.martín@example.com",
            "a/b@example.com",
        ] {
            assert!(!begins_with_a_link(usual), "{usual}");
        }
        for link in [
            "ada+www.evil.example/claim@gmail.com",
            "evil.example/claim@example.com",
            "evil.example?a@example.com",
            "evil\u{ff0e}example\u{ff0f}claim@example.com",
            "evil.exa\u{200b}mple#claim@example.com",
            "\u{202e}moc.live@example.com",
        ] {
            assert!(begins_with_a_link(link), "{link}");
        }
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
    fn words_of_the_html_are_no_secrets() {
        let body = "<meta name=\"supported-color-schemes\" content=\"x-apple-disable-message-reformatting format-detection\">";
        let reply = "451 4.7.1 message rejected: account disabled, connection not supported, see information";
        assert_eq!(redacted(reply, body), reply);
        let token = "https://app.example/verify?token=abcdefghijklmnopqrsTuvw";
        assert_eq!(
            redacted("554 defghijkl", &format!("{body} {token}")),
            "554 [...]"
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
            // Quoted-printable, as `escaped` leaves it. The last line is shorter than a part that is removed.
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
