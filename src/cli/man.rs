//! `regstack man`: the manual, with one page for each command.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap_mangen::Man;
use serde_json::json;

use super::output::write_out;
use super::{Context, Failure, Result};

/// The date of this version's release in CHANGELOG.md, or before that of the latest change to the manual. It is the
/// same in every build. `tests/refresh` writes it.
const DATE: &str = "2026-11-30";

/// Write the man pages
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without a folder, prints the first page. The same files are in man/ of the\nsource code.\n\nExample:\n  regstack man | man -l -"
)]
pub(super) struct Args {
    /// The folder to write all pages to; created if it doesn't exist
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let unwritten =
        |cause: io::Error| Failure::failed("the manual can't be written").because(cause);
    let pages = pages().map_err(unwritten)?;
    let Some(folder) = &args.folder else {
        if context.global.json {
            return Err(Failure::refused("a manual page isn't JSON")
                .next("name a folder to write the pages to"));
        }
        let (_, page) = &pages[0];
        return write_out(page).map(drop);
    };
    let folder = context.working_dir().join(folder);
    fs::create_dir_all(&folder).map_err(unwritten)?;
    let mut written = Vec::with_capacity(pages.len());
    for (name, page) in pages {
        let path = folder.join(name);
        fs::write(&path, page).map_err(unwritten)?;
        written.push(path);
    }
    let line = format!("wrote {} pages", written.len());
    context
        .output
        .print_lines(&json!({ "pages": written }), [line])
}

/// Returns the pages with their file names, that of the whole program first.
fn pages() -> io::Result<Vec<(String, String)>> {
    let mut root = super::described();
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    Ok(pages)
}

/// Returns how a command is called: its options with their values, then the rest of clap's usage.
fn usage(command: &clap::Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let Some((name, rest)) = usage.split_once(" [OPTIONS]") else {
        return usage.to_owned();
    };
    let mut text = name.to_owned();
    let options = command.get_arguments().filter(|option| {
        let is_named_by_clap = option
            .get_long()
            .is_none_or(|long| rest.contains(&format!("--{long}")));
        !option.is_positional() && !option.is_hide_set() && !is_named_by_clap
    });
    for option in options {
        text.extend([" [--", option.get_long().unwrap_or_default()]);
        let values = option.get_value_names().unwrap_or_default();
        if option.get_action().takes_values() {
            text.extend(values.iter().flat_map(|value| [" <", value.as_str(), ">"]));
        }
        text.push(']');
    }
    text + rest
}

/// Formats a page as `mandoc -Tlint` requires: no line longer than 80 characters, no trailing blanks, no adjacent
/// breaks.
fn tidied(page: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in page.lines().map(str::trim_end) {
        let before = lines.last().map_or("", String::as_str);
        match (before, line) {
            ("", "" | ".br") | (".br", ".br") => continue,
            (".br", "") => {
                lines.pop();
            }
            _ => {}
        }
        let mut rest = line;
        // Lines of a table, a title or an example are not wrapped.
        while rest.len() > 80 && !rest.starts_with([' ', '.']) {
            let Some(at) = rest[..80].rfind(' ') else {
                break;
            };
            lines.push(rest[..at].to_owned());
            rest = &rest[at + 1..];
        }
        lines.push(rest.to_owned());
    }
    lines.join("\n") + "\n"
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    let source = concat!("regstack ", env!("CARGO_PKG_VERSION"));
    let name = command.get_display_name().unwrap_or("regstack");
    let man = Man::new(command.clone().override_usage(usage(command)));
    let man = man
        .title(name.to_uppercase())
        .date(DATE)
        .source(source)
        .manual("regstack manual");
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    pages.push((format!("{name}.1"), tidied(&page)));
    let visible = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    for child in visible {
        collect(child, pages)?;
    }
    Ok(())
}
