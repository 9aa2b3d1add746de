//! Typed templates: finds their files, and checks at startup that all of them render.
//!
//! Overrides take precedence over built-in templates. Independent of how the result is sent.

mod catalog;
mod codes;
mod console;
mod error;
mod live;
mod look;
mod mails;
mod overrides;
mod page;
mod pages;
mod request_details;
mod security_change;
mod translate;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{
    AutoEscape, Environment, ErrorKind, HtmlEscape, TemplateSource, UndefinedBehavior,
};

use super::locales::{Catalogue, FOLDER as LOCALES, Languages, Words};
use super::text;
use crate::config::{SettingError, Settings};
use crate::model::Language;

pub use catalog::TemplateFile;
pub use codes::CodeSms;
pub use error::TemplateError;
pub use live::LiveTemplates;
pub use mails::*;
pub use page::Page;
pub use pages::{FileHashes, OfferedLanguage, PageContext};
pub use request_details::RequestDetails;
pub use security_change::SecurityChange;

/// The setting that names the folders of overrides.
const SETTING: &str = "extra_template_dirs";

/// An email, rendered from its three templates.
#[derive(Debug, Clone)]
pub struct RenderedMail {
    /// The subject, on one line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

#[derive(rust_embed::Embed)]
#[folder = "templates/"]
struct BuiltIn;

/// All templates, with overrides. Compiled once; cheap to clone.
#[derive(Clone)]
pub struct Templates {
    environment: Arc<Environment<'static>>,
    folders: Arc<[PathBuf]>,
    catalogue: Catalogue,
    languages: Languages,
}

impl Templates {
    /// Opens the templates. With folders of overrides, compiles every template and renders it once with sample values.
    ///
    /// # Errors
    /// A folder is missing, a template has a syntax error, or a template uses an unknown variable.
    pub fn load(extra_template_dirs: &[PathBuf]) -> Result<Self, SettingError> {
        let templates = Self::open(extra_template_dirs)?;
        // The tests check the built-in templates, so that not every start has to.
        let faults = if extra_template_dirs.is_empty() {
            Vec::new()
        } else {
            templates.faults()
        };
        if faults.is_empty() {
            return Ok(templates);
        }
        let reasons: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Err(SettingError::new(SETTING, reasons.join("; ")))
    }

    /// Opens the templates without a check. Each is compiled when it is used.
    ///
    /// # Errors
    /// A folder is missing.
    pub fn open(extra_template_dirs: &[PathBuf]) -> Result<Self, SettingError> {
        if let Some(missing) = extra_template_dirs.iter().find(|folder| !folder.is_dir()) {
            let reason = format!("{} is not a folder", missing.display());
            return Err(SettingError::new(SETTING, reason));
        }
        let catalogue = catalogue(extra_template_dirs);
        let languages = Languages::new(
            catalogue.languages().cloned().collect(),
            Language::english(),
        );
        Ok(Self {
            environment: Arc::new(environment(extra_template_dirs)),
            folders: extra_template_dirs.into(),
            catalogue,
            languages,
        })
    }

    /// Returns the templates with the configured languages and look.
    ///
    /// # Errors
    /// A configured language has no messages.
    pub fn offering(self, settings: &Settings) -> Result<Self, SettingError> {
        let pages = &settings.pages;
        let there: Vec<Language> = self.catalogue.languages().cloned().collect();
        let known = |setting: &'static str, tag: &str| {
            let language = Language::parse(tag.trim()).filter(|language| there.contains(language));
            language.ok_or_else(|| {
                let there = there
                    .iter()
                    .map(Language::as_str)
                    .collect::<Vec<_>>()
                    .join(", ");
                let reason = format!("there are no messages in \"{tag}\"; there are {there}");
                SettingError::new(setting, reason)
            })
        };
        let default = known("default_language", &pages.default_language)?;
        let offered = pages.languages.iter().map(|tag| known("languages", tag));
        let mut offered = offered.collect::<Result<Vec<_>, _>>()?;
        if offered.is_empty() {
            offered.clone_from(&there);
        } else if !offered.contains(&default) {
            let reason = "must be one of languages";
            return Err(SettingError::new("default_language", reason));
        }
        let mut environment = Environment::clone(&self.environment);
        look::add(&mut environment, settings);
        Ok(Self {
            environment: Arc::new(environment),
            languages: Languages::new(offered, default),
            ..self
        })
    }

    /// Returns the message catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Returns the languages that people may choose from.
    #[must_use]
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// Compiles every template and renders it once with sample values. Returns each error once.
    #[must_use]
    pub fn faults(&self) -> Vec<TemplateError> {
        let mut faults: Vec<TemplateError> = self
            .catalogue
            .faults()
            .into_iter()
            .map(Into::into)
            .collect();
        let words = self.catalogue.words(&Language::english());
        for (file, sample) in all(words) {
            let tried = self.render(&file, &sample, words);
            let tried = tried.and_then(|_| self.check_variables(&file, &sample, words));
            faults.extend(tried.err().filter(|fault| !faults.contains(fault)));
        }
        faults
    }

    /// Returns suspicious findings about the operator's messages, and elements that the operator's pages lack.
    #[must_use]
    pub fn doubts(&self) -> Vec<TemplateError> {
        let doubts = self.catalogue.doubts().into_iter().map(Into::into);
        doubts.chain(self.page_doubts()).collect()
    }

    /// Renders an email in a language.
    pub fn mail<T: MailTemplate>(
        &self,
        content: &T,
        language: &Language,
    ) -> Result<RenderedMail, TemplateError> {
        let words = self.catalogue.words(language);
        self.render_mail(T::NAME, &content.variables(words), words)
    }

    fn render_mail(
        &self,
        mail: &str,
        variables: &Value,
        words: &Words,
    ) -> Result<RenderedMail, TemplateError> {
        let [subject, text, html] =
            file_names(mail).map(|name| self.render(&name, variables, words));
        Ok(RenderedMail {
            subject: text::one_line(&subject?),
            text: text?,
            html: html?,
        })
    }

    fn render(
        &self,
        name: &str,
        variables: &Value,
        words: &Words,
    ) -> Result<String, TemplateError> {
        let rendered = self
            .environment
            .get_template(name)
            .and_then(|template| template.render(translate::with_words(variables, words)));
        rendered.map_err(|error| self.explain(name, &error))
    }

    /// Looks for unknown variables in branches that are not rendered with the sample.
    fn check_variables(
        &self,
        name: &str,
        variables: &Value,
        words: &Words,
    ) -> Result<(), TemplateError> {
        let variables = translate::with_words(variables, words);
        let template = self
            .environment
            .get_template(name)
            .map_err(|error| self.explain(name, &error))?;
        let known = |variable: &str| {
            variables
                .get_attr(variable)
                .is_ok_and(|value| !value.is_undefined())
                || self
                    .environment
                    .globals()
                    .any(|(global, _)| global == variable)
        };
        let mut unknown: Vec<String> = template
            .undeclared_variables(false)
            .into_iter()
            .filter(|variable| !known(variable))
            .collect();
        unknown.sort();
        let Some(first) = unknown.first() else {
            return Ok(());
        };
        let in_tag = |line: &str| {
            line.contains('{')
                && line
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == first)
        };
        let line = template
            .source()
            .lines()
            .position(in_tag)
            .map_or(1, |index| index + 1);
        Err(TemplateError {
            place: text::escaped(&self.origin(name)),
            line: Some(line),
            reason: text::escaped(&format!("unknown variable {first}")),
        })
    }

    /// Converts an error to a file, a line and a reason. If templates include each other, it names the innermost one.
    fn explain(&self, name: &str, error: &minijinja::Error) -> TemplateError {
        let (mut innermost, mut cause) = (error, std::error::Error::source(error));
        let mut reason = String::new();
        while let Some(source) = cause {
            match source.downcast_ref::<minijinja::Error>() {
                Some(inner) => innermost = inner,
                None => _ = write!(reason, ": {source}"),
            }
            cause = source.source();
        }
        let place = self.origin(innermost.name().unwrap_or(name));
        let kind = if innermost.kind() == ErrorKind::UndefinedError {
            "unknown variable".into()
        } else {
            innermost.kind().to_string()
        };
        let detail = innermost
            .detail()
            .map(|detail| format!(": {detail}"))
            .unwrap_or_default();
        TemplateError {
            place: text::escaped(&place),
            line: innermost.line(),
            reason: text::escaped(&format!("{kind}{detail}{reason}")),
        }
    }

    /// Returns the file of a template, or says that it is built in.
    fn origin(&self, name: &str) -> String {
        self.override_of(name).map_or_else(
            || format!("built-in template {name}"),
            |file| file.display().to_string(),
        )
    }
}

/// Returns the catalogue of the built-in messages and those in the folders.
fn catalogue(folders: &[PathBuf]) -> Catalogue {
    let built_in = BuiltIn::iter().filter_map(|name| {
        let file = BuiltIn::get(&name)?;
        let text = String::from_utf8_lossy(&file.data).into_owned();
        let name = name.strip_prefix(LOCALES)?.strip_prefix('/')?.to_owned();
        Some((name, text))
    });
    Catalogue::open(built_in, folders)
}

/// Returns every template that is rendered, with sample variables.
fn all(words: &Words) -> impl Iterator<Item = (String, Value)> {
    let mails = mails::all(words).into_iter();
    let mails =
        mails.flat_map(|(mail, sample)| file_names(mail).map(|file| (file, sample.clone())));
    mails.chain(single_files().map(|(file, sample)| (file.to_owned(), sample)))
}

/// Returns the templates of SMS and pages, which have one file each.
fn single_files() -> impl Iterator<Item = (&'static str, Value)> {
    codes::all().chain(pages::all())
}

/// Returns the file names of an email: subject, text and HTML.
fn file_names(mail: &str) -> [String; 3] {
    ["subject.txt", "txt", "html"].map(|suffix| format!("{mail}.{suffix}"))
}

/// Renders a built-in page that can't be overridden.
pub(crate) fn render_built_in(
    source: &str,
    content: &impl serde::Serialize,
) -> Result<String, minijinja::Error> {
    environment(&[]).render_named_str(
        "built_in.html",
        source,
        Value::from(minijinja::value::Serde(content)),
    )
}

/// Escapes text for HTML. Unlike Jinja2, minijinja also escapes `/`, which makes links in the source unreadable.
fn escape_html(text: &str) -> String {
    HtmlEscape(text).to_string().replace("&#x2f;", "/")
}

/// Returns an environment set up like the Python package's Jinja2, so that existing overrides render the same, except
/// that unknown variables are errors.
fn environment(folders: &[PathBuf]) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .expect("the delimiters are the usual ones"),
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    look::add(&mut environment, &Settings::default());
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_formatter(|out, state, value| match state.auto_escape() {
        AutoEscape::Html if !value.is_safe() => {
            Ok(out.write_str(&escape_html(&value.to_string()))?)
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    // Only templates that were checked are used. A changed file takes effect when all templates are read and checked
    // again.
    environment.set_auto_reload(false);
    let folders = folders.to_vec();
    environment.set_loader(move |name| {
        if !console::is_of_the_console(name)
            && let Some(source) = overrides::read(&folders, name)?
        {
            return Ok(Some(TemplateSource::new(source)));
        }
        Ok(Templates::built_in(name)
            .map(|source| TemplateSource::new(String::from_utf8_lossy(&source).into_owned())))
    });
    environment
}

#[cfg(test)]
pub(super) use mails::tests::ada;

#[cfg(test)]
mod tests;
