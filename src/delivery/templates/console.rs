//! The pages of the console. They can't be overridden: an operator's template could neither be checked at startup, because
//! each page has variables of its own, nor be trusted with what administrators do. Their messages can.

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{TemplateError, Templates};
use crate::model::Language;

/// The folder of their templates.
const FOLDER: &str = "console/";

/// Returns whether a template belongs to the console.
pub(super) fn is_of_the_console(name: &str) -> bool {
    name.starts_with(FOLDER)
}

impl Templates {
    /// Renders a page of the console in a language. `name` is that of its file in `templates/console/`, without the
    /// ending.
    ///
    /// # Errors
    /// The template uses an unknown variable or message.
    pub fn console(
        &self,
        name: &str,
        variables: &impl Serialize,
        language: &Language,
    ) -> Result<String, TemplateError> {
        let words = self.catalogue.words(language);
        let file = format!("{FOLDER}{name}.html");
        self.render(&file, &Value::from(Serde(variables)), words)
    }
}
