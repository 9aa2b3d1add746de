//! A language that nobody speaks: English, every letter of which is another character. What can be read in it comes from the
//! catalogue; what is still in plain letters does not.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::{parser, serializer};
use regstack::internals::delivery::Templates;
use tempfile::TempDir;

/// Its tag.
pub(crate) const TAG: &str = "en-XA";

/// What is data, and stands as it is in every language.
const DATA: [&str; 24] = [
    "RegStack", "Ada", "Lovelace", "Grace", "Hopper", "ada", "grace", "locked", "admiral",
    "nobody", "hedy", "joan", "mary", "alan", "example", "com", "January", "November", "December",
    "Nov", "Dec", "Jan", "UTC", "AM",
];

/// A folder of templates in which there are the messages in it, for `extra_template_dirs`.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("locales/console")).unwrap();
    for part in ["locales", "locales/console"] {
        let english = Templates::built_in(&format!("{part}/en.ftl")).unwrap();
        let english = String::from_utf8(english).unwrap();
        let file = folder.path().join(format!("{part}/{TAG}.ftl"));
        std::fs::write(file, in_it(english)).unwrap();
    }
    folder
}

/// The messages of a file in it.
fn in_it(english: String) -> String {
    let mut resource = parser::parse(english).unwrap();
    for entry in &mut resource.body {
        if let Entry::Message(message) = entry
            && let Some(pattern) = &mut message.value
        {
            disguise(pattern);
        }
    }
    serializer::serialize(&resource)
}

fn disguise(pattern: &mut Pattern<String>) {
    for element in &mut pattern.elements {
        match element {
            PatternElement::TextElement { value } => *value = disguised(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Select { variants, .. } => {
                    for variant in variants {
                        disguise(&mut variant.value);
                    }
                }
                Expression::Inline(InlineExpression::StringLiteral { value }) => {
                    *value = disguised(value);
                }
                Expression::Inline(_) => {}
            },
        }
    }
}

/// The text in full-width letters.
fn disguised(text: &str) -> String {
    let wide = |c: char| match c {
        'a'..='z' | 'A'..='Z' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(wide).collect()
}

/// The words of a text that are in plain letters, data and links aside.
pub(crate) fn plain_words(text: &str) -> Vec<&str> {
    let shown = text
        .split_whitespace()
        .filter(|word| !word.contains("://") && !word.starts_with('%'));
    shown
        .flat_map(|word| word.split(|c: char| !c.is_ascii_alphabetic()))
        .filter(|word| word.len() > 1 && !DATA.contains(word))
        .collect()
}

/// What can be read of HTML, by eye or by a screen reader, one text a line. Elements that are not to be translated are
/// left out.
pub(crate) fn readable(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text += before;
        text.push('\n');
        let end = |after: &str| tag.find(after).map_or(tag.len(), |at| at + after.len());
        let name = tag.split([' ', '>', '\n']).next().unwrap_or_default();
        let (opening, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = match name {
            "!--" | "!--[if" => &tag[end("-->")..],
            "style" | "script" => &tag[end(&format!("</{name}>"))..],
            _ if opening.contains("translate=\"no\"") => &tag[end(&format!("</{name}>"))..],
            _ => after,
        };
        let is_description = name == "meta" && opening.contains("name=\"description\"");
        for attribute in ["alt", "title", "placeholder", "aria-label", "content"] {
            let value = opening.split(&format!(" {attribute}=\"")).nth(1);
            if attribute != "content" || is_description {
                text += value
                    .and_then(|value| value.split('"').next())
                    .unwrap_or_default();
                text.push('\n');
            }
        }
    }
    // Entities are characters, and not words.
    let mut shown = String::new();
    for (number, piece) in (text + rest).split('&').enumerate() {
        let after = piece.split_once(';').filter(|(entity, _)| {
            number > 0
                && entity.len() < 9
                && entity
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '#')
        });
        shown += after.map_or(piece, |(_, after)| after);
    }
    shown
}
