//! `regstack.secrets.env`: `KEY=value` lines, quotes allowed, `#` comments.
//!
//! Names need not be settings: a webhook's secret may have any name. Faults contain no values.

use super::report::{Fault, Report};

/// One variable of the environment or the secrets file.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) layer: String,
}

/// Returns the names and values in a text of this format. Faults call the text `name`.
///
/// # Errors
/// Every line that can't be read, without its value.
pub fn entries(text: &str, name: &str) -> Result<Vec<(String, String)>, Vec<Fault>> {
    let mut report = Report::default();
    let entries = read(text, name, &mut report);
    if report.faults.is_empty() {
        let pairs = entries.into_iter().map(|entry| (entry.name, entry.value));
        Ok(pairs.collect())
    } else {
        Err(report.faults)
    }
}

/// Returns the entries of a secrets file called `name`, in order.
pub(super) fn read(text: &str, name: &str, report: &mut Report) -> Vec<Variable> {
    let mut entries: Vec<Variable> = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let layer = format!("{name}:{}", index + 1);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let entry = line
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim()))
            .filter(|(key, _)| is_name(key));
        let Some((key, value)) = entry else {
            report.fault(
                layer,
                "",
                "must be KEY=value, a comment that starts with #, or empty",
            );
            continue;
        };
        if let Some(first) = entries.iter().find(|entry| entry.name == key) {
            let reason = format!("is already set at {}: remove one of the two", first.layer);
            report.fault(layer, key, reason);
            continue;
        }
        match unquote(value) {
            Ok(value) => entries.push(Variable {
                name: key.to_owned(),
                value: value.to_owned(),
                layer,
            }),
            Err(reason) => report.fault(layer, key, reason),
        }
    }
    entries
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns the value without its quotes. An unquoted value ends before white space and a comment. Backslashes have no
/// special meaning.
pub(super) fn unquote(value: &str) -> Result<&str, &'static str> {
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let comment = value
            .char_indices()
            .find(|&(at, c)| c == '#' && (at == 0 || value[..at].ends_with(char::is_whitespace)));
        return Ok(value[..comment.map_or(value.len(), |(at, _)| at)].trim_end());
    };
    let (inner, after) = value[1..]
        .split_once(quote)
        .ok_or("must end with the quote it starts with")?;
    if after.is_empty() || after.trim_start().starts_with('#') {
        Ok(inner)
    } else {
        Err("must end at the closing quote")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_quotes_comments_and_export() {
        let text = "\u{feff}# first\r\n\r\nREGSTACK_A=plain\r\nexport REGSTACK_B = \"two words\" # why\nC='it is \"so\"'\nD=a#b\nE=a b # c\nF=\nG=# none\nH=\"a\\n=b\"\n";
        let mut report = Report::default();
        let entries: Vec<_> = read(text, "s.env", &mut report)
            .into_iter()
            .map(|entry| (entry.name, entry.value, entry.layer))
            .collect();
        assert!(report.faults.is_empty());
        let wanted = [
            ("REGSTACK_A", "plain", 3),
            ("REGSTACK_B", "two words", 4),
            ("C", "it is \"so\"", 5),
            ("D", "a#b", 6),
            ("E", "a b", 7),
            ("F", "", 8),
            ("G", "", 9),
            ("H", "a\\n=b", 10),
        ];
        assert_eq!(
            entries,
            wanted.map(|(key, value, line)| (
                key.to_owned(),
                value.to_owned(),
                format!("s.env:{line}")
            ))
        );
    }

    #[test]
    fn lines_that_cannot_be_read_are_named_and_not_repeated() {
        let text = "canary\n=canary\nA B=canary\n1A=canary\nQ=\"canary\nR='canary'canary\nGOOD=1\n";
        let mut report = Report::default();
        assert_eq!(read(text, "s.env", &mut report).len(), 1);
        assert_eq!(
            report
                .faults
                .iter()
                .map(|fault| fault.layer.as_str())
                .collect::<Vec<_>>(),
            [
                "s.env:1", "s.env:2", "s.env:3", "s.env:4", "s.env:5", "s.env:6"
            ]
        );
        assert!(!format!("{report:?}").contains("canary"));
    }
}
