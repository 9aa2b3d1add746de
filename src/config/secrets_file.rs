//! `regstack.secrets.env`: `KEY=value` lines, quotes allowed, `#` comments.
//!
//! Keys need not be settings: a webhook's secret may be here under any name. No value appears in a fault. What is rewritten
//! keeps all else: order, comments, other keys.

use super::layers::Variable;
use super::report::Report;

/// The entries of a secrets file called `name`, in order.
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
                None,
            );
            continue;
        };
        if let Some(first) = entries.iter().find(|entry| entry.name == key) {
            let reason = format!("is set already, at {}: remove one of the two", first.layer);
            report.fault(layer, key, reason, None);
            continue;
        }
        match unquote(value) {
            Ok(value) => entries.push(Variable {
                name: key.to_owned(),
                value: value.to_owned(),
                layer,
            }),
            Err(reason) => report.fault(layer, key, reason, None),
        }
    }
    entries
}

/// The text of a secrets file, about to be changed.
pub struct SecretsFile<'a> {
    text: &'a str,
}

/// A secrets file whose signing secret is another one now. No `Debug`: it is all secrets.
pub struct Rotated {
    /// The whole text.
    pub text: String,
    /// How many older secrets are in it.
    pub previous: usize,
}

const SECRET: &str = "REGSTACK_JWT_SECRET";
const PREVIOUS: &str = "REGSTACK_JWT_PREVIOUS_SECRETS";

impl<'a> SecretsFile<'a> {
    /// This text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// The same with `secret` in the place of `jwt_secret`, which becomes the first of `jwt_previous_secrets`.
    ///
    /// # Errors
    /// Why it cannot be changed like that.
    pub fn rotated(&self, secret: &str) -> Result<Rotated, &'static str> {
        let old = self
            .value(SECRET)
            .filter(|old| !old.is_empty())
            .ok_or("it has no line REGSTACK_JWT_SECRET=…")?;
        if old.contains(',') {
            return Err("the secret has a comma, and jwt_previous_secrets could not hold it");
        }
        let previous = self.value(PREVIOUS).unwrap_or_default();
        let list = [old, previous];
        let list = list.iter().filter(|part| !part.is_empty()).copied();
        let list = list.collect::<Vec<_>>().join(",");
        let list = quoted(&list).ok_or("the secrets have quotes of both kinds")?;
        let mut lines = Vec::new();
        for line in self.text.split_inclusive('\n') {
            let Some(entry) = Entry::of(line) else {
                lines.push(line.to_owned());
                continue;
            };
            match entry.key {
                SECRET => {
                    lines.push(entry.with(secret));
                    if self.value(PREVIOUS).is_none() {
                        let end = if line.ends_with('\n') { "" } else { "\n" };
                        lines.push(format!("{end}{PREVIOUS}={list}\n"));
                    }
                }
                PREVIOUS => lines.push(entry.with(&list)),
                _ => lines.push(line.to_owned()),
            }
        }
        Ok(Rotated {
            text: lines.concat(),
            previous: list
                .split(',')
                .filter(|part| !part.trim().is_empty())
                .count(),
        })
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        let mut entries = self.text.split_inclusive('\n').filter_map(Entry::of);
        entries
            .find(|entry| entry.key == key)
            .and_then(|entry| unquote(entry.value).ok())
    }
}

/// One `KEY=value` line, in parts.
struct Entry<'a> {
    key: &'a str,
    /// What stands before the value.
    before: &'a str,
    /// The value with its quotes, and a comment behind it.
    value: &'a str,
    /// The end of the line.
    end: &'a str,
}

impl<'a> Entry<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let start = line.trim_start_matches('\u{feff}').trim_start();
        let start = start.strip_prefix("export ").unwrap_or(start);
        let (key, rest) = start.split_once('=')?;
        let (key, value) = (key.trim(), rest.trim_start_matches([' ', '\t']));
        let text = value.trim_end();
        is_name(key).then(|| Self {
            key,
            before: &line[..line.len() - value.len()],
            value: text,
            end: &value[text.len()..],
        })
    }

    /// The line with another value; a comment behind it stays.
    fn with(&self, value: &str) -> String {
        let plain = unquote(self.value).unwrap_or_default();
        let after = match self.value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let rest = self.value[1..].split_once(quote);
                rest.map_or("", |(_, after)| after)
            }
            _ => &self.value[plain.len()..],
        };
        format!("{}{value}{after}{}", self.before, self.end)
    }
}

/// A value as it is written: in quotes where it would not be read back without.
fn quoted(value: &str) -> Option<String> {
    let forms = [
        value.to_owned(),
        format!("\"{value}\""),
        format!("'{value}'"),
    ];
    forms
        .into_iter()
        .find(|form| form.trim() == form && unquote(form) == Ok(value))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The value without its quotes or, unquoted, without a comment after white space. A backslash is a backslash.
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
        Err("must not go on after the closing quote")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_moves_the_secret_and_keeps_all_else() {
        for (before, after, previous) in [
            (
                "# ours\nREGSTACK_JWT_SECRET=old\nOTHER=x # y\n",
                "# ours\nREGSTACK_JWT_SECRET=new\nREGSTACK_JWT_PREVIOUS_SECRETS=old\nOTHER=x # y\n",
                1,
            ),
            (
                "REGSTACK_JWT_PREVIOUS_SECRETS=a,b\r\nexport REGSTACK_JWT_SECRET = 'o l#d'  # since May\r\n",
                "REGSTACK_JWT_PREVIOUS_SECRETS=o l#d,a,b\r\nexport REGSTACK_JWT_SECRET = new  # since May\r\n",
                3,
            ),
            (
                "REGSTACK_JWT_SECRET=old",
                "REGSTACK_JWT_SECRET=new\nREGSTACK_JWT_PREVIOUS_SECRETS=old\n",
                1,
            ),
            (
                "REGSTACK_JWT_SECRET=\"it's # so\"\nREGSTACK_JWT_PREVIOUS_SECRETS=\n",
                "REGSTACK_JWT_SECRET=new\nREGSTACK_JWT_PREVIOUS_SECRETS=\"it's # so\"\n",
                1,
            ),
        ] {
            let Ok(rotated) = SecretsFile::new(before).rotated("new") else {
                panic!("{before} cannot be rotated");
            };
            assert_eq!((rotated.text.as_str(), rotated.previous), (after, previous));
            let mut report = Report::default();
            let entries = read(&rotated.text, "s.env", &mut report);
            let value = |name: &str| {
                let entry = entries.iter().find(|entry| entry.name == name);
                entry.map(|entry| entry.value.clone()).unwrap()
            };
            assert!(report.faults.is_empty());
            assert_eq!(value(SECRET), "new");
            let old = SecretsFile::new(before).value(SECRET).unwrap();
            assert!(value(PREVIOUS).starts_with(old), "{}", value(PREVIOUS));
        }
        for refused in [
            "",
            "REGSTACK_JWT_SECRET=\n",
            "REGSTACK_JWT_SECRET_FILE=/run/secret\n",
            "# REGSTACK_JWT_SECRET=old\n",
            "REGSTACK_JWT_SECRET=a,b\n",
            "REGSTACK_JWT_SECRET=\"it's\"\nREGSTACK_JWT_PREVIOUS_SECRETS='a \"b\" #'\n",
        ] {
            assert!(
                SecretsFile::new(refused).rotated("new").is_err(),
                "{refused}"
            );
        }
    }

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
