//! The summary of a plan, for confirmation.

use std::path::Path;

use serde::Serialize;

use super::apply::Further;
use super::plan::{Change, Plan};
use crate::cli::Context;
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::config;

#[derive(Serialize)]
pub(super) struct Summary {
    existing: bool,
    changes: Vec<Change>,
    acts: Vec<String>,
}

impl Summary {
    /// Summarizes a plan. `ignored` is the `.gitignore` that is extended with secrets and database.
    pub(super) fn of(
        plan: &Plan<'_>,
        further: &Further,
        ignored: Option<&Path>,
        context: &Context,
    ) -> Self {
        let shown = |path: &Path| config::shown(path, context.working_dir());
        let (toml, secrets) = (shown(&plan.place.toml), shown(&plan.place.secrets));
        let mut acts = Vec::new();
        if plan.before.toml != plan.after.toml {
            acts.push(format!("write {toml}"));
        }
        if let Some(ignored) = ignored {
            acts.push(format!(
                "exclude secrets and database from version control in {}",
                shown(ignored)
            ));
        }
        if plan.before.secrets != plan.after.secrets {
            acts.push(format!("write {secrets}, readable by its owner only"));
        }
        if further.schema {
            acts.push("prepare the database, if needed".to_owned());
        }
        if let Some((email, _)) = &further.administrator {
            acts.push(format!("make {email} an administrator"));
        }
        Self {
            existing: plan.existing,
            changes: plan.changes(),
            acts,
        }
    }
}

impl Report for Summary {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let value = |text: &str| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text.to_owned()
            }
        };
        let rows: Vec<Vec<Cell>> = self
            .changes
            .iter()
            .map(|change| {
                let new = match (change.secret, change.new.as_str()) {
                    (true, "kept") => Cell::toned("kept", Tone::Faint),
                    (true, state) => Cell::toned(state, Tone::Good),
                    (false, new) if self.existing => Cell::toned(value(new), Tone::Good),
                    (false, new) if is_default(change.key, new) => {
                        Cell::toned(value(new), Tone::Faint)
                    }
                    (false, new) => value(new).into(),
                };
                let old = change.old.as_deref().map_or_else(String::new, value);
                let mut row = vec![change.key.into(), new];
                if self.existing {
                    let arrow = if change.secret { "" } else { "->" };
                    row.splice(1..1, [Cell::toned(old, Tone::Faint), arrow.into()]);
                }
                row
            })
            .collect();
        if self.existing {
            canvas.table(&["setting", "was", "", "becomes"], &[1, 3], rows);
        } else {
            canvas.table(&["setting", "value"], &[1], rows);
        }
        canvas.line("");
        for act in &self.acts {
            canvas.line(format!("+ {act}"));
        }
        if self.acts.is_empty() {
            canvas.line("Nothing changes.");
        }
    }
}

fn is_default(key: &str, value: &str) -> bool {
    config::key(key).is_ok_and(|key| key.default_literal().trim_matches('"') == value)
}
