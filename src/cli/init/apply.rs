//! Carries out a confirmed plan: the files, the schema, the administrator, and the report.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::gitignore;
use super::plan::{Change, Plan};
use super::write::{self, NewFile, Written};
use crate::app::App;
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, create_admin, preflight, progress};
use crate::config::{self, Loaded};
use crate::model::{Email, NewPassword};

pub(super) struct Further {
    pub(super) schema: bool,
    pub(super) administrator: Option<(Email, NewPassword)>,
}

#[derive(Serialize)]
pub(super) struct Done {
    /// `written`, or `unchanged` if nothing had to be written.
    outcome: &'static str,
    files: Vec<Written>,
    changes: Vec<Change>,
    database: Vec<String>,
    administrator: Option<Administrator>,
    next: Vec<String>,
    #[serde(skip)]
    working_dir: PathBuf,
}

#[derive(Serialize)]
struct Administrator {
    outcome: &'static str,
    email: String,
}

impl Done {
    pub(super) fn nothing(plan: &Plan<'_>, context: &Context) -> Self {
        Self {
            outcome: "unchanged",
            files: Vec::new(),
            changes: Vec::new(),
            database: Vec::new(),
            administrator: None,
            next: next(&plan.place.toml, context),
            working_dir: context.working_dir().to_owned(),
        }
    }
}

impl Report for Done {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let mut fields = Vec::new();
        for Written { path, state } in &self.files {
            let shown = config::shown(path, &self.working_dir);
            let tone = if *state == "unchanged" {
                Tone::Faint
            } else {
                Tone::Good
            };
            fields.push((*state, Cell::toned(shown, tone)));
        }
        match self.database.as_slice() {
            [] => {}
            [step] => fields.push(("database", step.as_str().into())),
            _ => fields.push(("database", "ready".into())),
        }
        if let Some(Administrator { outcome, email }) = &self.administrator {
            fields.push((outcome, format!("administrator {email}").into()));
        }
        if fields.is_empty() {
            canvas.line("there already is an installation: nothing was changed");
        } else {
            canvas.fields(fields);
        }
        canvas.line("");
        canvas.line("Next:");
        for command in &self.next {
            canvas.line(format!("  {command}"));
        }
    }
}

/// Writes the files, then the schema and the administrator. After a failure, the completed steps stay, and the error
/// says so.
pub(super) async fn apply(plan: &Plan<'_>, further: Further, context: &Context) -> Result<Done> {
    let loaded = plan.usable()?;
    let changes = plan.changes();
    let files = write::replace(&plan.place.folder, &files(plan)?)?;
    let mut done = Done {
        outcome: "written",
        files,
        changes,
        ..Done::nothing(plan, context)
    };
    let written = |failure: Failure| Failure {
        what: format!("the files were written, but {}", failure.what),
        ..failure
    };
    if further.schema {
        context.start_log()?;
        let migrated = progress::waited(App::migrate(&loaded.settings)).await;
        done.database = migrated.map_err(|error| {
            written(preflight::not_opened(error, &loaded))
                .next("fix that, then run regstack db migrate")
        })?;
    }
    if let Some((email, password)) = further.administrator {
        let next = format!("regstack create-admin --email {email}");
        let made = Box::pin(administrator(email, password, loaded, context)).await;
        done.administrator = Some(made.map_err(|failure| written(failure).next(next))?);
    }
    let settled = done.files.iter().all(|file| file.state == "unchanged");
    if settled && done.database.is_empty() && done.administrator.is_none() {
        done.outcome = "unchanged";
    }
    Ok(done)
}

/// Returns the files in the order in which they are written: secrets are excluded from version control before they are
/// written, and exist before the settings that need them.
fn files(plan: &Plan<'_>) -> Result<Vec<NewFile>> {
    let place = &plan.place;
    let file = |path: &Path, before: &str, after: &str, private| NewFile {
        path: path.to_owned(),
        before: (path.exists() || !before.is_empty()).then(|| before.to_owned()),
        text: after.to_owned(),
        private,
    };
    let secrets = file(
        &place.secrets,
        &plan.before.secrets,
        &plan.after.secrets,
        true,
    );
    let toml = file(&place.toml, &plan.before.toml, &plan.after.toml, false);
    Ok(gitignore::entry(plan)?
        .into_iter()
        .chain([secrets, toml])
        .collect())
}

async fn administrator(
    email: Email,
    password: NewPassword,
    loaded: Loaded,
    context: &Context,
) -> Result<Administrator> {
    let app = Box::pin(context.assemble(loaded, context.ambient(None))).await?;
    let what = format!("{email} was not made an administrator");
    let origin = context.origin();
    let made = progress::waited(app.accounts.create_admin(email, Some(password), &origin))
        .await
        .map_err(|error| Failure::act(what, error))?;
    let (outcome, user) = create_admin::outcome(made);
    Ok(Administrator {
        outcome,
        email: user.email.to_string(),
    })
}

/// Returns the next two commands, with `--config` unless they find the installation without it.
fn next(toml: &Path, context: &Context) -> Vec<String> {
    let mut sources = context.sources();
    sources.config = None;
    let found = config::load(&sources).map_or_else(|error| error.files, |loaded| loaded.files);
    let config = match config::shown(toml, context.working_dir()) {
        _ if found.iter().any(|file| file == toml) => String::new(),
        here if here == "regstack.toml" => String::new(),
        elsewhere => format!(" --config {elsewhere}"),
    };
    ["serve", "doctor"]
        .map(|command| format!("regstack {command}{config}"))
        .into()
}
