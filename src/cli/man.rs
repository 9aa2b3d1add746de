//! `regstack man`: the manual, a page a command.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap_mangen::Man;
use serde_json::json;

use super::output::write_out;
use super::{Context, Failure, Result};

/// Write the man pages
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without a folder the first page is printed. The same files are in man/ of the\nsource.\n\nExample:\n  regstack man | man -l -"
)]
pub(super) struct Args {
    /// The folder to write all pages to; it is made where it is missing
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let unwritten =
        |cause: io::Error| Failure::failed("the manual cannot be written").because(cause);
    let pages = pages().map_err(unwritten)?;
    let Some(folder) = &args.folder else {
        if context.global.json {
            return Err(Failure::refused("a page of the manual is no JSON")
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

/// The pages with their file names, that of the whole program first.
fn pages() -> io::Result<Vec<(String, String)>> {
    let mut root = super::command();
    root.build();
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    Ok(pages)
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    let source = concat!("regstack ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source);
    let name = man.get_filename();
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    pages.push((name, page));
    let visible = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    for child in visible {
        collect(child, pages)?;
    }
    Ok(())
}
