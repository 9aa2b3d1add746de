//! Changes `KEY=value` lines. Comments, the order and all other lines stay.

use crate::config::secrets_file;

/// Returns the text with `name` set to `value`, in its line if there is one, or else in a new line at the end.
pub(super) fn set(text: &str, name: &str, value: &str) -> Result<String, String> {
    let quoted = quote(value)?;
    let mut found = false;
    let mut edited: String = text
        .split_inclusive('\n')
        .map(|line| match entry(line) {
            Some((key, at)) if key == name && !found => {
                found = true;
                let ending = &line[line.trim_end_matches(['\r', '\n']).len()..];
                let comment = comment_of(&line[at..]);
                format!("{}{quoted}{comment}{ending}", &line[..at])
            }
            _ => line.to_owned(),
        })
        .collect();
    if !found {
        if !edited.is_empty() && !edited.ends_with('\n') {
            edited.push('\n');
        }
        edited.extend([name, "=", &quoted, "\n"]);
    }
    Ok(edited)
}

/// Returns the text without the line that sets `name`.
pub(super) fn unset(text: &str, name: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| entry(line).is_none_or(|(key, _)| key != name))
        .collect()
}

/// Returns the name that a line sets, and where its value starts.
fn entry(line: &str) -> Option<(&str, usize)> {
    let (before, after) = line.split_once('=')?;
    let name = before.trim_start_matches('\u{feff}').trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    (!name.starts_with('#')).then(|| {
        let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
        (name, before.len() + 1 + blank)
    })
}

/// Returns the comment after a value, with the white space before it.
fn comment_of(value: &str) -> &str {
    let value = value.trim_end();
    let after_quotes = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or(value.len(), |at| at + 2),
        _ => 0,
    };
    let comment = value.char_indices().find(|&(at, c)| {
        c == '#' && at >= after_quotes && value[..at].ends_with(char::is_whitespace)
    });
    comment.map_or("", |(at, _)| &value[value[..at].trim_end().len()..])
}

/// Returns the value quoted so that it is read back unchanged. There is no escaping, so some texts can't be written.
fn quote(value: &str) -> Result<String, String> {
    const UNFIT: &str = "can't be written to regstack.secrets.env";
    if value.contains(char::is_control) {
        return Err(format!(
            "{UNFIT}: it has a line break or another control character"
        ));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~+/=:@%,!?*".contains(c);
    let bare = !value.is_empty() && value.chars().all(plain);
    let candidates = [
        bare.then(|| value.to_owned()),
        Some(format!("\"{value}\"")),
        Some(format!("'{value}'")),
        Some(value.to_owned()),
    ];
    candidates
        .into_iter()
        .flatten()
        .find(|quoted| secrets_file::unquote(quoted.trim()) == Ok(value))
        .ok_or_else(|| {
            format!(
                "{UNFIT}: it has both kinds of quotes; put it in a separate file and name that file"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::report::Report;

    fn read(text: &str, name: &str) -> Option<String> {
        let mut report = Report::default();
        let entries = secrets_file::read(text, "s.env", &mut report);
        assert!(report.faults.is_empty(), "{report:?}: {text}");
        let entry = entries.into_iter().find(|entry| entry.name == name);
        entry.map(|entry| entry.value)
    }

    #[test]
    fn every_value_comes_back_as_it_was_given() {
        for value in [
            "simple-Value_1.~",
            "two words",
            " blanks around ",
            "with \"double\" quotes",
            "with 'single' quotes",
            "hash # in it",
            "#first",
            "a#b",
            "back\\slash",
            "$HOME `x` ${y}",
            "mid\"dle'both",
            "ünïcode 山",
            "",
        ] {
            let text = set("# head\nA=1\n", "REGSTACK_X", value).unwrap();
            assert_eq!(read(&text, "REGSTACK_X").as_deref(), Some(value), "{text}");
            assert_eq!(read(&text, "A").as_deref(), Some("1"));
        }
    }

    #[test]
    fn what_the_form_cannot_hold_is_refused_without_repeating_it() {
        for value in ["canary\nB=2", "\"canary' #", "canary\u{7}", " 'canary\" "] {
            let reason = set("", "A", value).unwrap_err();
            assert!(!reason.contains("canary"), "{reason}");
        }
    }

    #[test]
    fn a_line_is_changed_where_it_stands() {
        let text = "\u{feff}# mine\r\nexport A = \"old\" # why\r\n\r\n#B=off\r\nB=1#x\r\nC=\"a # b\"   # last";
        let edited = set(text, "A", "new").unwrap();
        assert_eq!(edited, text.replace("\"old\"", "new"));
        let edited = set(text, "C", "c d").unwrap();
        assert_eq!(edited, text.replace("\"a # b\"", "\"c d\""));
        assert_eq!(set(text, "B", "2").unwrap(), text.replace("B=1#x", "B=2"));
        assert_eq!(
            set("A=1", "D", "4").unwrap(),
            "A=1\nD=4\n",
            "a last line without an end gets one"
        );
    }

    #[test]
    fn taking_a_line_out_leaves_the_others() {
        assert_eq!(unset("# A=0\nA=1\n# b\nB=2\n", "A"), "# A=0\n# b\nB=2\n");
        assert_eq!(unset("B=2", "A"), "B=2");
    }
}
