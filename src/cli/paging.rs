//! What every list has in common: which page, in which form.

use std::fmt::Debug;

use clap::Args;

use super::context::Context;
use super::error::Result;
use super::output::{Format, List, Output, Row};
use crate::accounts::{Cursor, Page};

/// Which page of a list, and how it is shown. `K` is its place.
#[derive(Debug, Args)]
pub(super) struct Paging<K: Cursor + Clone + Debug + Send + Sync + 'static> {
    /// At most so many, 1 to 200
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = limit)]
    pub(super) limit: u32,
    /// The page behind this one: the "next" of the page before
    #[arg(long, value_name = "NEXT", value_parser = place::<K>)]
    pub(super) after: Option<K>,
    /// The form of the list
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    format: Option<Format>,
    /// Dates in UTC instead of local time
    #[arg(long)]
    utc: bool,
}

fn limit(text: &str) -> Result<u32, &'static str> {
    let count = text.parse().ok().filter(|count| (1..=200).contains(count));
    count.ok_or("expected a number from 1 to 200")
}

fn place<K: Cursor>(text: &str) -> Result<K, &'static str> {
    K::from_text(text).ok_or("expected the \"next\" of the page before")
}

impl<K: Cursor + Clone + Debug + Send + Sync + 'static> Paging<K> {
    /// Where the list goes.
    pub(super) fn output(&self, context: &Context) -> Output {
        context.output.utc(self.utc)
    }

    /// Prints a page, and says beside it where the next one starts; what is said of an empty page, the caller knows.
    pub(super) fn print<T: Row>(
        &self,
        context: &Context,
        page: Page<T, K>,
        nothing: &[&str],
    ) -> Result {
        let output = self.output(context);
        let list = List {
            items: page.items,
            next: page.next.map(|next| next.to_text()),
        };
        output.print_list(&list, self.format)?;
        if !output.is_json(self.format) {
            match &list.next {
                Some(next) => output.say(&format!("there are more: repeat with --after {next}")),
                None if list.items.is_empty() => {
                    for line in nothing {
                        output.say(line);
                    }
                }
                None => {}
            }
        }
        Ok(())
    }
}
