//! The parts of a message: its variables, and its text for a script to fill in.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Variant,
    VariantKey,
};

/// Text between these characters is isolated from the direction of the text around it (Unicode UAX #9: FSI, PDI).
pub(super) const ISOLATES: (&str, &str) = ("\u{2068}", "\u{2069}");

/// The plural categories that a language may have (CLDR).
const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// A message in a file.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) key: &'a str,
    pattern: &'a Pattern<&'a str>,
}

impl<'a> Message<'a> {
    /// Returns the messages of a file that have a text.
    pub(super) fn all(resource: &'a FluentResource) -> impl Iterator<Item = Self> {
        resource.entries().filter_map(|entry| match entry {
            Entry::Message(message) => Some(Self {
                key: message.id.name,
                pattern: message.value.as_ref()?,
            }),
            _ => None,
        })
    }

    /// Returns the variables that the message uses, in any of its variants.
    pub(super) fn variables(self) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        in_pattern(self.pattern, &mut found);
        found
    }

    /// Returns the plural categories for which the message has variants. Empty if its text doesn't depend on a number.
    pub(super) fn plurals(self) -> Vec<&'static str> {
        let mut found = BTreeSet::new();
        for element in &self.pattern.elements {
            if let PatternElement::Placeable {
                expression: Expression::Select { variants, .. },
            } = element
            {
                found.extend(variants.iter().filter_map(|variant| name(&variant.key)));
            }
        }
        PLURALS
            .into_iter()
            .filter(|form| found.contains(form))
            .collect()
    }

    /// Returns the text for a plural category, with variables as `{name}`. Returns `None` if the message has anything
    /// but text, variables and plurals, because only Fluent can format it then.
    pub(super) fn plain(self, plural: &str, around: (&str, &str)) -> Option<String> {
        let mut text = String::new();
        plain(self.pattern, plural, around, &mut text).then_some(text)
    }
}

fn name<'a>(key: &VariantKey<&'a str>) -> Option<&'a str> {
    match key {
        VariantKey::Identifier { name } => Some(*name),
        VariantKey::NumberLiteral { .. } => None,
    }
}

fn in_pattern<'a>(pattern: &'a Pattern<&'a str>, found: &mut BTreeSet<&'a str>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, found);
        }
    }
}

fn in_expression<'a>(expression: &'a Expression<&'a str>, found: &mut BTreeSet<&'a str>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, found),
        Expression::Select { selector, variants } => {
            in_inline(selector, found);
            for Variant { value, .. } in variants {
                in_pattern(value, found);
            }
        }
    }
}

fn in_inline<'a>(inline: &'a InlineExpression<&'a str>, found: &mut BTreeSet<&'a str>) {
    match inline {
        InlineExpression::VariableReference { id } => _ = found.insert(id.name),
        InlineExpression::Placeable { expression } => in_expression(expression, found),
        InlineExpression::FunctionReference { arguments, .. } => in_arguments(arguments, found),
        InlineExpression::TermReference { arguments, .. } => {
            if let Some(arguments) = arguments {
                in_arguments(arguments, found);
            }
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. } => {}
    }
}

fn in_arguments<'a>(arguments: &'a CallArguments<&'a str>, found: &mut BTreeSet<&'a str>) {
    for argument in &arguments.positional {
        in_inline(argument, found);
    }
    for argument in &arguments.named {
        in_inline(&argument.value, found);
    }
}

fn plain(pattern: &Pattern<&str>, plural: &str, around: (&str, &str), text: &mut String) -> bool {
    pattern.elements.iter().all(|element| match element {
        PatternElement::TextElement { value } => {
            text.push_str(value);
            true
        }
        PatternElement::Placeable { expression } => match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                text.extend([around.0, "{", id.name, "}", around.1]);
                true
            }
            Expression::Inline(InlineExpression::StringLiteral { value }) => {
                text.push_str(value);
                !value.contains('\\')
            }
            Expression::Select { variants, .. } => {
                let own = variants
                    .iter()
                    .find(|variant| name(&variant.key) == Some(plural));
                let variant = own.or_else(|| variants.iter().find(|variant| variant.default));
                variant.is_some_and(|variant| plain(&variant.value, plural, around, text))
            }
            Expression::Inline(_) => false,
        },
    })
}
