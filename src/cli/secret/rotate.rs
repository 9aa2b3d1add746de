//! `regstack secret rotate`.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::cli::output::{Canvas, Report};
use crate::cli::{Context, Failure, Result, files, preflight};
use crate::config::{self, Files, Loaded};
use crate::secret::{ExposeSecret as _, SecretString};

/// Replace the signing secret without logging anyone out
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The old secret moves to jwt_previous_secrets, so that nobody is logged out.
Restart the server afterwards.

Several servers must all accept the new secret before the first one uses it:
  1. regstack secret rotate --prepare, copy the secrets file to every server,
     restart all of them
  2. regstack secret rotate, copy the file again, restart all of them

Example:
  regstack secret rotate && systemctl restart regstack")]
pub(in crate::cli) struct Args {
    /// Only let servers accept the new secret; don't use it yet
    #[arg(long)]
    prepare: bool,
}

/// Failed messages are kept for a week, encrypted with the secret of their time.
const OUTBOX_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Serialize)]
struct Rotated {
    file: PathBuf,
    /// How many secrets are accepted in addition to the new one.
    previous_secrets: usize,
    /// The time after which the replaced secret is no longer needed.
    needed_until: Timestamp,
    /// Whether the new secret is only accepted, and not used yet.
    prepared: bool,
}

impl Report for Rotated {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let (file, until) = (self.file.display(), canvas.look.date(self.needed_until));
        let text = if self.prepared {
            format!(
                "{file} has a jwt_next_secret, which is accepted and not used yet
copy the file to every server and restart all of them
then run regstack secret rotate, copy the file again, and restart all of them"
            )
        } else {
            format!(
                "{file} has a new jwt_secret
the old one is first in jwt_previous_secrets; you can remove it after {until}
restart every server: until then, it only accepts the secrets it knows"
            )
        };
        text.lines().for_each(|line| canvas.line(line));
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let loaded = context.load()?;
    let file = place(&loaded)?;
    let text = config::read_text_file(&file).map_err(|cause| unwritten(&file, cause))?;
    if ["jwt_secret", "jwt_previous_secrets", "jwt_next_secret"]
        .iter()
        .any(|key| {
            let layer = preflight::layer(&loaded.values, key);
            names_a_file(&text, layer)
        })
    {
        return Err(elsewhere("").because(format!("{} names files that hold it", file.display())));
    }
    let tokens = &loaded.settings.tokens;
    let old = std::iter::once(&tokens.jwt_secret).chain(&tokens.jwt_previous_secrets);
    let old: Vec<&str> = old.map(SecretString::expose_secret).collect();
    if old
        .iter()
        .any(|secret| secret.contains(',') || secret.trim() != *secret)
    {
        return Err(elsewhere("").because(
            "jwt_previous_secrets can't contain a secret with commas or surrounding spaces",
        ));
    }
    let mut settings = Files {
        toml: String::new(),
        secrets: text,
    };
    let next = tokens.jwt_next_secret.as_ref();
    let next = next.map_or_else(
        || super::generate(context),
        |next| next.expose_secret().to_owned(),
    );
    let changes = if args.prepare {
        vec![("jwt_next_secret", next)]
    } else {
        let unset = config::key("jwt_next_secret").map_err(|(reason, _)| reason);
        unset
            .and_then(|key| settings.unset(key))
            .map_err(|reason| unwritten(&file, io::Error::other(reason)))?;
        vec![
            ("jwt_secret", next),
            ("jwt_previous_secrets", old.join(",")),
        ]
    };
    for (name, value) in changes {
        let set = match config::key(name) {
            Ok(key) => settings.set(key, &value),
            Err((reason, _)) => Err(reason),
        };
        set.map_err(|reason| unwritten(&file, io::Error::other(format!("{name} {reason}"))))?;
    }
    replace(&file, &settings.secrets).map_err(|cause| unwritten(&file, cause))?;
    context.output.print(&Rotated {
        file,
        previous_secrets: old.len(),
        needed_until: needed_until(context, &loaded),
        prepared: args.prepare,
    })
}

/// Returns whether the line of the secrets file that a layer refers to is a variable that only names a file.
fn names_a_file(text: &str, layer: &str) -> bool {
    let number = layer
        .rsplit(':')
        .next()
        .and_then(|number| number.parse().ok());
    let line = number.and_then(|number: usize| text.lines().nth(number.checked_sub(1)?));
    let name = line
        .and_then(|line| line.split_once('='))
        .map(|(name, _)| name.trim());
    name.is_some_and(|name| name.ends_with("_FILE"))
}

/// Returns the secrets file, if the secrets are in it or can be: a layer with precedence would hide what is written
/// there.
fn place(loaded: &Loaded) -> Result<PathBuf> {
    let files = loaded.files.iter();
    let file = files
        .rev()
        .find(|file| file.ends_with("regstack.secrets.env"));
    let from_file = |layer: &str| layer.contains("regstack.secrets.env:");
    for key in ["jwt_secret", "jwt_previous_secrets", "jwt_next_secret"] {
        let layer = preflight::layer(&loaded.values, key);
        let unset = key != "jwt_secret" && layer == "default";
        if !unset && !from_file(layer) {
            return Err(elsewhere(layer).because(format!("{key} comes from {layer}")));
        }
    }
    file.cloned().ok_or_else(|| elsewhere(""))
}

/// Returns the error for a secret that is stored elsewhere.
fn elsewhere(layer: &str) -> Failure {
    let next = if layer.contains("regstack.toml") {
        "move it to regstack.secrets.env as REGSTACK_JWT_SECRET, where it belongs"
    } else {
        "replace it there with the output of `regstack secret generate`, and add the old one to jwt_previous_secrets"
    };
    Failure::refused("this command can't write where the secret is kept").next(next)
}

fn unwritten(file: &Path, cause: io::Error) -> Failure {
    Failure::failed(format!("{} can't be rewritten", file.display())).because(cause)
}

/// Replaces a file atomically. Its owner stays the same and can still read it; others cannot.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    // For a symbolic link, its target is replaced.
    let file = file.canonicalize()?;
    let before = file.metadata()?;
    // A group that could read the file still can, because the server may run with that group.
    let mode = files::PRIVATE | before.mode() & 0o040;
    let staged = files::stage(&file, text.as_bytes(), mode, Some(&before))?;
    staged.persist(&file).map_err(|error| error.error)?;
    files::sync_folder(file.parent().unwrap_or(&file))
}

/// Returns the time until which something signed or encrypted with the old secret may be valid.
fn needed_until(context: &Context, loaded: &Loaded) -> Timestamp {
    let tokens = &loaded.settings.tokens;
    let lives = [
        tokens.jwt_ttl_seconds,
        tokens.password_reset_token_ttl_seconds,
        tokens.email_change_token_ttl_seconds,
        tokens.invite_token_ttl_seconds,
    ];
    let longest = lives.into_iter().max().unwrap_or_default();
    let longest = SignedDuration::from_secs(longest.into()).max(OUTBOX_LIFE);
    context
        .clock
        .now()
        .saturating_add(longest)
        .unwrap_or(Timestamp::MAX)
}
