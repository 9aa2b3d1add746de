//! The function `t("key", name=value)`, which templates use for messages.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, Value, from_args, merge_maps};
use minijinja::{AutoEscape, Error, ErrorKind, State, context};

use super::escape_html;
use crate::delivery::locales::{Argument, Words};

/// Placeholders for markup while a message is escaped. They are noncharacters, which don't occur in text (Unicode,
/// section 23.7).
const STAND_INS: std::ops::RangeInclusive<char> = '\u{fdd0}'..='\u{fdef}';

/// Adds the language's variables and the function `t`.
pub(super) fn with_words(variables: &Value, words: &Words) -> Value {
    let own = context! {
        t => Value::from_object(Translate(words.clone())),
        lang => words.language().as_str(),
        dir => words.direction(),
        messages => Value::from_safe_string(words.for_script().to_owned()),
    };
    merge_maps([variables.clone(), own])
}

/// The function `t` for one language.
struct Translate(Words);

impl fmt::Debug for Translate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "messages in {}", self.0.language())
    }
}

impl Object for Translate {
    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (key, variables): (&str, Kwargs) = from_args(args)?;
        let is_html = matches!(state.auto_escape(), AutoEscape::Html);
        let mut markup = Vec::new();
        let mut arguments = BTreeMap::new();
        for name in variables.args() {
            let value: Value = variables.get(name)?;
            let argument = if let Some(number) = value.as_i64().filter(|_| value.is_number()) {
                Argument::Number(number)
            } else if is_html && value.is_safe() {
                let stand_in = STAND_INS.clone().nth(markup.len()).map(String::from);
                let stand_in = stand_in.unwrap_or_default();
                markup.push((stand_in.clone(), value.to_string()));
                Argument::Set(stand_in.into())
            } else {
                let mut text = value.to_string();
                text.retain(|c| !STAND_INS.contains(&c));
                Argument::from(text)
            };
            arguments.insert(name, argument);
        }
        let said = self.0.say(key, &arguments);
        let text = said.map_err(|reason| Error::new(ErrorKind::InvalidOperation, reason))?;
        if !is_html {
            return Ok(Value::from(text));
        }
        let mut html = escape_html(&text);
        for (stand_in, markup) in markup {
            html = html.replace(&stand_in, &markup);
        }
        Ok(Value::from_safe_string(html))
    }
}
