//! Domain names in an SPF record: plain names, or texts with macros (RFC 7208 §7.1, §12).

/// The domain of a term.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Domain {
    /// A name, in lower case and without a dot at the end.
    Named(String),
    /// A name with macros, which depends on the mail.
    Computed,
}

const NO_DOMAIN: &str = "has an invalid domain";
const NO_MACRO: &str = "has a % that doesn't start a macro";
const BEYOND_ASCII: &str = "has a non-ASCII character";

/// Macro letters that are allowed in a domain.
const LETTERS: &str = "slodiphv";
/// Macro letters that are only allowed in explanations.
const OF_EXPLANATIONS: &str = "crt";

/// Parses a domain (`domain-spec`), which ends in a valid top-level label or a macro.
pub(super) fn domain(text: &str) -> Result<Domain, &'static str> {
    if !text.chars().all(|c| c.is_ascii_graphic()) {
        return Err(NO_DOMAIN);
    }
    let after = after_last_macro(text, LETTERS)?;
    if after == Some("") {
        return Ok(Domain::Computed);
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let (before, last) = name.rsplit_once('.').ok_or(NO_DOMAIN)?;
    if !is_top_level(last) {
        return Err(NO_DOMAIN);
    }
    if after.is_some() {
        return Ok(Domain::Computed);
    }
    let labels_fit = before
        .split('.')
        .all(|label| (1..=63).contains(&label.len()));
    if labels_fit && name.len() <= 253 {
        Ok(Domain::Named(name.to_lowercase()))
    } else {
        Err(NO_DOMAIN)
    }
}

/// Checks the value of an unknown modifier (`macro-string`).
pub(super) fn text(text: &str) -> Result<(), &'static str> {
    if !text.chars().all(|c| c.is_ascii_graphic()) {
        return Err(BEYOND_ASCII);
    }
    after_last_macro(text, &[LETTERS, OF_EXPLANATIONS].concat()).map(drop)
}

/// Returns the text after the last macro, or `None` if there is no macro.
fn after_last_macro<'a>(text: &'a str, letters: &str) -> Result<Option<&'a str>, &'static str> {
    let mut rest = text;
    let mut is_computed = false;
    while let Some(at) = rest.find('%') {
        is_computed = true;
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(['%', '_', '-']) {
            rest = after;
            continue;
        }
        let inner = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let (inner, after) = inner.ok_or(NO_MACRO)?;
        check(inner, letters)?;
        rest = after;
    }
    Ok(is_computed.then_some(rest))
}

/// Checks the content of a macro's braces: a letter, a number of parts, `r`, delimiters.
fn check(inner: &str, letters: &str) -> Result<(), &'static str> {
    let letter = inner.chars().next().ok_or(NO_MACRO)?.to_ascii_lowercase();
    if !letters.contains(letter) {
        return Err(if OF_EXPLANATIONS.contains(letter) {
            "has a macro that is only allowed in explanations"
        } else {
            NO_MACRO
        });
    }
    let parts = &inner[1..];
    let delimiters = parts.trim_start_matches(|c: char| c.is_ascii_digit());
    let count = &parts[..parts.len() - delimiters.len()];
    let is_zero = !count.is_empty() && count.bytes().all(|digit| digit == b'0');
    let delimiters = delimiters.strip_prefix(['r', 'R']).unwrap_or(delimiters);
    if is_zero || !delimiters.chars().all(|c| ".-+,/_=".contains(c)) {
        return Err(NO_MACRO);
    }
    Ok(())
}

/// Returns whether a label may be a top-level domain (`toplabel`): letters, digits and hyphens, no hyphen at either
/// end, and not only digits.
fn is_top_level(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !label.chars().all(|c| c.is_ascii_digit())
}
