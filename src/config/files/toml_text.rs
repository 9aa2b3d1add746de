//! Changes TOML text. The TOML library locates things, and only the bytes of a changed value are replaced.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike};

use crate::config::example::described;
use crate::config::key::Key;

/// Returns the text with the key set to this value. It replaces the key's value or its commented-out default, if there
/// is one. Otherwise it is added after the other keys of its section, with its help.
pub(super) fn set(text: &str, key: &Key, literal: &str) -> Result<String, String> {
    let place = Place::of(text, key)?;
    if let Some(value) = place.value {
        return verified(splice(text, value, literal), key);
    }
    let field = place.field;
    if let Some(line) = commented(text, &place.region, field)
        && let Ok(edited) = verified(splice(text, line, &format!("{field} = {literal}")), key)
    {
        return Ok(edited);
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (before, after) = match place.insert {
        Insert::Inline => (
            if place.empty { " " } else { ", " }.to_owned(),
            String::new(),
        ),
        Insert::Line => {
            let head = &text[..place.at];
            let gap = match head {
                _ if head.is_empty() || head.ends_with(&format!("{end}{end}")) => String::new(),
                _ if head.ends_with('\n') => end.to_owned(),
                _ => end.repeat(2),
            };
            let section = place
                .section
                .map_or_else(String::new, |name| format!("[{name}]{end}{end}"));
            let blank = match text[place.at..].chars().next() {
                None | Some('\n' | '\r') => "",
                Some(_) => end,
            };
            (
                format!("{gap}{section}# {}{end}", described(key)),
                format!("{end}{blank}"),
            )
        }
    };
    let line = format!("{before}{field} = {literal}{after}");
    verified(splice(text, place.at..place.at, &line), key)
}

/// Returns the text without the key. Its comments stay.
pub(super) fn unset(text: &str, key: &Key) -> Result<String, String> {
    let place = Place::of(text, key)?;
    let Some(value) = place.value else {
        return Ok(text.to_owned());
    };
    if matches!(place.insert, Insert::Inline) {
        return Err(format!("{} is in braces: remove it by hand", key.name));
    }
    let start = text[..value.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[value.end..]
        .find('\n')
        .map_or(text.len(), |at| value.end + at + 1);
    let comment = text[value.end..end].trim_start_matches([' ', '\t']);
    let kept = if comment.starts_with('#') {
        comment
    } else {
        ""
    };
    let edited = splice(text, start..end, kept);
    match Place::of(&edited, key)?.value {
        None => Ok(edited),
        Some(_) => Err(format!(
            "{} can't be removed automatically: do it by hand",
            key.name
        )),
    }
}

enum Insert {
    /// On a line of its own.
    Line,
    /// Between the braces of an inline table.
    Inline,
}

/// Where a key is, or where it would be inserted.
struct Place<'a> {
    /// The range of its value, if it is set.
    value: Option<Range<usize>>,
    /// Where it would be inserted, and how.
    at: usize,
    insert: Insert,
    /// Its name in that place. It is dotted if its section is written that way.
    field: &'a str,
    /// The section to create first.
    section: Option<&'a str>,
    /// Whether the inline table is empty.
    empty: bool,
    /// The part of the text that may contain its commented-out line.
    region: Range<usize>,
}

impl<'a> Place<'a> {
    fn of(text: &str, key: &'a Key) -> Result<Self, String> {
        // The library doesn't accept a byte order mark, so it is left out and all positions are relative to its end.
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let document = Document::parse(&text[mark..])
            .map_err(|error| format!("is not TOML: {}", error.message()))?;
        let root: &dyn TableLike = document.as_table();
        let headers = headers(root);
        let line_after = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        let next_header = |at: usize| {
            let next = headers
                .iter()
                .map(|header| header.start + mark)
                .filter(|&start| start >= at);
            next.min().unwrap_or(text.len())
        };
        let shifted = |span: Range<usize>| span.start + mark..span.end + mark;
        let place = |value, at, field, region| Self {
            value,
            at,
            insert: Insert::Line,
            field,
            section: None,
            empty: false,
            region,
        };
        let at_root = |value, field| {
            let at = match last_value(root) {
                Some(end) => line_after(end + mark),
                None => after_head(text, mark),
            };
            place(value, at, field, mark..next_header(mark))
        };
        let value_in =
            |table: &dyn TableLike, field: &str| table.get(field).and_then(Item::span).map(shifted);
        let Some((section, field)) = key.name.split_once('.') else {
            return Ok(at_root(value_in(root, key.name), key.name));
        };
        let Some(item) = root.get(section) else {
            return Ok(Self {
                section: Some(section),
                ..place(None, text.len(), field, text.len()..text.len())
            });
        };
        let table = item
            .as_table_like()
            .ok_or_else(|| format!("{section} must be a section: [{section}]"))?;
        let value = value_in(table, field);
        match item {
            Item::Table(table) if table.is_dotted() || table.is_implicit() => {
                Ok(at_root(value, key.name))
            }
            Item::Table(table) => {
                let header = table
                    .span()
                    .map(shifted)
                    .ok_or("can't be edited automatically")?;
                let end = last_value(table).map_or(header.end, |end| end + mark);
                let start = line_after(header.start);
                Ok(place(
                    value,
                    line_after(end),
                    field,
                    start..next_header(start),
                ))
            }
            _ => {
                let span = item
                    .span()
                    .map(shifted)
                    .ok_or("can't be edited automatically")?;
                let inside = text[..span.end - 1].trim_end().len();
                Ok(Self {
                    insert: Insert::Inline,
                    empty: table.is_empty(),
                    ..place(value, inside, field, 0..0)
                })
            }
        }
    }
}

/// Returns where the section headers are.
fn headers(root: &dyn TableLike) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (_, item) in root.iter() {
        match item {
            Item::Table(table) => {
                if !table.is_dotted() && !table.is_implicit() {
                    found.extend(table.span());
                }
                found.extend(headers(table));
            }
            Item::ArrayOfTables(tables) => {
                found.extend(tables.iter().filter_map(toml_edit::Table::span));
            }
            _ => {}
        }
    }
    found
}

/// Returns the end of the last value directly in a table, including dotted ones.
fn last_value(table: &dyn TableLike) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(table) if table.is_dotted() => last_value(table),
        _ => None,
    });
    ends.max()
}

/// Returns the position after the comment at the head of a file, if a blank line or the end of the file follows it.
fn after_head(text: &str, mark: usize) -> usize {
    let mut at = mark;
    for line in text[mark..].split_inclusive('\n') {
        match line.trim() {
            comment if comment.starts_with('#') => at += line.len(),
            "" => return at + line.len(),
            _ => return mark,
        }
    }
    at
}

/// Returns the range of the line with a commented-out default of this name, without its line break.
fn commented(text: &str, region: &Range<usize>, field: &str) -> Option<Range<usize>> {
    let mut start = region.start;
    for line in text[region.clone()].split_inclusive('\n') {
        let rest = line.trim_start().strip_prefix('#').map(str::trim_start);
        let names = rest.and_then(|rest| rest.strip_prefix(field));
        if names.is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return Some(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    None
}

fn splice(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

/// Returns the text if it is still valid TOML and contains the key.
fn verified(edited: String, key: &Key) -> Result<String, String> {
    match Place::of(&edited, key)?.value {
        Some(_) => Ok(edited),
        None => Err(format!(
            "{} can't be added to the file automatically: do it by hand",
            key.name
        )),
    }
}
