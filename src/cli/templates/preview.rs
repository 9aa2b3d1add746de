//! `regstack templates preview`.

use clap::ValueEnum;
use serde::Serialize;

use super::open;
use crate::cli::output::{Canvas, Report};
use crate::cli::{Context, Failure, Result};
use crate::delivery::{TemplateError, Templates};
use crate::model::Language;

/// Show an email or a page with sample values
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --json, prints all parts of an email. Pages and SMS have only one part.

Examples:
  regstack templates preview verification --part html > verification.html
  regstack templates preview auth/login.html")]
pub(in crate::cli) struct Args {
    /// An email (verification), or the file of a page or an SMS (auth/login.html)
    #[arg(value_name = "NAME")]
    name: String,
    /// The part of an email [default: txt]
    #[arg(long, value_enum)]
    part: Option<Part>,
    /// The language [default: en]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    Subject,
    Txt,
    Html,
}

#[derive(Serialize)]
struct Preview {
    name: String,
    subject: String,
    txt: String,
    html: String,
    #[serde(skip)]
    part: Part,
}

impl Report for Preview {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let part = match self.part {
            Part::Subject => &self.subject,
            Part::Txt => &self.txt,
            Part::Html => &self.html,
        };
        canvas.file(part);
    }
}

#[derive(Serialize)]
struct FilePreview {
    name: String,
    text: String,
}

impl Report for FilePreview {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.file(&self.text);
    }
}

/// Returns the language with this tag, if it has messages.
fn language(tag: Option<&str>, templates: &Templates) -> Result<Language> {
    let Some(tag) = tag else {
        return Ok(Language::english());
    };
    let wanted = Language::parse(tag);
    let mut there = templates.catalogue().languages();
    let found = there.find(|language| Some(*language) == wanted.as_ref());
    found.cloned().ok_or_else(|| {
        let there = templates.catalogue().languages().map(Language::to_string);
        let there = there.collect::<Vec<_>>().join(", ");
        Failure::refused(format!("there are no messages in \"{tag}\""))
            .because(format!("there are {there}"))
    })
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let name = &args.name;
    let (templates, settings) = open(context)?;
    // Rendered in the installation's look. Faults in its languages are reported by `templates check` and `serve`.
    let templates = templates.clone().offering(&settings).unwrap_or(templates);
    let language = &language(args.lang.as_deref(), &templates)?;
    let broken = |error: TemplateError| {
        Failure::configuration(format!("{name} can't be rendered"))
            .because(error)
            .next("regstack templates check")
    };
    if let Some(rendered) = templates.preview_file(name, language) {
        if args.part.is_some() {
            return Err(Failure::refused("--part is only for emails")
                .because(format!("{name} has only one part")));
        }
        let text = rendered.map_err(broken)?;
        return context.output.print(&FilePreview {
            name: name.clone(),
            text,
        });
    }
    let rendered = templates.preview(name, language).ok_or_else(|| {
        Failure::refused(format!("there is no email called \"{name}\""))
            .because(format!("there are {}", Templates::mails().join(", ")))
            .next("name pages and SMS by their files: regstack templates list")
    })?;
    let mail = rendered.map_err(broken)?;
    context.output.print(&Preview {
        name: name.clone(),
        subject: mail.subject,
        txt: mail.text,
        html: mail.html,
        part: args.part.unwrap_or(Part::Txt),
    })
}
