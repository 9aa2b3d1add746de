//! `regstack templates list`.

use std::path::PathBuf;

use serde::Serialize;

use super::open;
use crate::cli::output::{Cell, Format, List, Look, Row, Tone};
use crate::cli::{Context, Result};
use crate::delivery::templates::TemplateFile;

/// List templates, their variables, and the files that override them
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  regstack templates list")]
pub(in crate::cli) struct Args {
    /// The form of the list
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    format: Option<Format>,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    /// Empty for a part that other templates include, which has their variables.
    variables: Vec<String>,
    overridden_by: Option<PathBuf>,
}

impl From<TemplateFile> for Listed {
    fn from(file: TemplateFile) -> Self {
        Self {
            name: file.name,
            variables: file.variables,
            overridden_by: file.overridden_by,
        }
    }
}

/// The longest list of variables that is shown. JSON and CSV have all of them.
const MAX_WIDTH: usize = 50;

impl Listed {
    /// Returns the first variables and the number of the others, because a pipe has no width to cut them to.
    fn first_variables(&self) -> String {
        let mut shown = String::new();
        for (index, name) in self.variables.iter().enumerate() {
            if shown.len() + name.len() > MAX_WIDTH {
                return format!("{shown}, and {} more", self.variables.len() - index);
            }
            shown.extend([if index > 0 { ", " } else { "" }, name.as_str()]);
        }
        shown
    }
}

impl Row for Listed {
    const FIELDS: &'static str = "name,variables,overridden_by";
    const TITLES: &'static [&'static str] = &["name", "variables", "overridden by"];
    const SHRINK: &'static [usize] = &[1, 2];

    fn cells(&self, _look: &Look) -> Vec<Cell> {
        let variables = if self.variables.is_empty() {
            Cell::toned("those of its mail or page", Tone::Faint)
        } else {
            self.first_variables().into()
        };
        let file = self.overridden_by.as_ref();
        vec![
            self.name.as_str().into(),
            variables,
            file.map_or_else(String::new, |file| file.display().to_string())
                .into(),
        ]
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let items = open(context)?.0.files().into_iter().map(Listed::from);
    let list = List {
        items: items.collect(),
        next: None,
    };
    context.output.print_list(&list, args.format)
}
