//! `regstack templates eject`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::{Context, Failure, Result, files};
use crate::delivery::Templates;

/// Copy built-in templates to a folder so that you can change them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --to, writes to the first folder of extra_template_dirs. Keeps existing
files unless you use --force.

Example:
  regstack templates eject verification mail/frame.html --to templates")]
pub(in crate::cli) struct Args {
    /// Emails (verification) or single templates (auth/login.html), as listed
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    /// The folder to write to; created if it doesn't exist
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Replace existing files
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let templates = named(&args.names)?;
    let known = context.load()?.settings.pages.extra_template_dirs;
    let folder = match (&args.to, known.first()) {
        (Some(to), _) => context.working_dir().join(to),
        (None, Some(first)) => first.clone(),
        (None, None) => {
            return Err(Failure::refused(
                "no folder for overrides is configured (extra_template_dirs)",
            )
            .next("name one with --to FOLDER"));
        }
    };
    let files: Vec<PathBuf> = templates.iter().map(|name| folder.join(name)).collect();
    if let Some(there) = files
        .iter()
        .find(|file| !args.force && file.symlink_metadata().is_ok())
    {
        return Err(
            Failure::refused(format!("{} already exists", there.display()))
                .because("nothing was written")
                .next("edit it, or replace it with --force"),
        );
    }
    for (name, file) in templates.iter().zip(&files) {
        let source = Templates::built_in(name).unwrap_or_default();
        write(file, &source, args.force).map_err(|cause| {
            let before = files.iter().take_while(|other| *other != file).count();
            Failure::failed(format!("{} can't be written", file.display()))
                .because(format!("{cause}; files written before it: {before}"))
        })?;
    }
    let lines = files.iter().map(|file| format!("wrote {}", file.display()));
    let document = json!({ "written": &files });
    context.output.print_lines(&document, lines)?;
    let same = |other: &PathBuf| other.canonicalize().ok() == folder.canonicalize().ok();
    if !known.iter().any(same) {
        context.output.say(&format!(
            "they take effect when you add {} to extra_template_dirs",
            folder.display()
        ));
    }
    Ok(())
}

/// Returns the templates with these names, each once.
fn named(names: &[String]) -> Result<BTreeSet<String>> {
    let all = Templates::open(&[]).map(|templates| templates.files());
    let all = all.unwrap_or_default();
    let mut templates = BTreeSet::new();
    for name in names {
        let mail = Templates::mails().contains(&name.as_str());
        let of_mail = |file: &str| {
            mail && file
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        let files = all.iter().map(|file| &file.name);
        let found: Vec<&String> = files
            .filter(|file| *file == name || of_mail(file))
            .collect();
        if found.is_empty() {
            return Err(
                Failure::refused(format!("there is no template called \"{name}\""))
                    .next("regstack templates list"),
            );
        }
        templates.extend(found.into_iter().cloned());
    }
    Ok(templates)
}

fn write(file: &Path, content: &[u8], replace: bool) -> io::Result<()> {
    let folder = file
        .parent()
        .ok_or_else(|| io::Error::other("the file is in no folder"))?;
    fs::create_dir_all(folder)?;
    // Readable like any file of the operator's, because the server may run as another user.
    let staged = files::stage(file, content, files::ORDINARY, None)?;
    let written = if replace {
        staged.persist(file)
    } else {
        staged.persist_noclobber(file)
    };
    written.map(drop).map_err(|error| error.error)
}
