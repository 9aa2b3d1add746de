//! Options of all lists: the page and the form.

use std::fmt::Debug;

use clap::Args;

use super::output::{Format, List, Output, Row};
use super::{Context, Failure, Result, progress};
use crate::accounts;
use crate::model::{Cursor, Page};

/// How many items are read at a time with `--all`.
const WHOLE_PAGE: u32 = 1000;

/// Which page of a list, and how it is shown. `K` is its place.
#[derive(Debug, Args)]
pub(super) struct Paging<K: Cursor + Clone + Debug + Send + Sync + 'static> {
    /// Number of items, 1 to 200
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = limit)]
    limit: u32,
    /// The next page: the "next" of the page before
    #[arg(long, value_name = "NEXT", value_parser = place::<K>)]
    after: Option<K>,
    /// All items, not only one page
    #[arg(long, conflicts_with_all = ["limit", "after"])]
    all: bool,
    /// The form of the list
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    format: Option<Format>,
    /// Dates in UTC instead of local time
    #[arg(long)]
    pub(super) utc: bool,
}

fn limit(text: &str) -> Result<u32, &'static str> {
    let count = text.parse().ok().filter(|count| (1..=200).contains(count));
    count.ok_or("expected a number from 1 to 200")
}

fn place<K: Cursor>(text: &str) -> Result<K, &'static str> {
    K::from_text(text).ok_or("expected the \"next\" of the page before")
}

impl<K: Cursor + Clone + Debug + Send + Sync + 'static> Paging<K> {
    /// Returns the output for the list.
    pub(super) fn output(&self, context: &Context) -> Output {
        context.output.utc(self.utc)
    }

    /// Lists the items that `fetch` returns, in the requested pages and form. `what` names the list in errors. Returns
    /// whether the list is empty and the caller should say so.
    pub(super) async fn list<T: Row>(
        &self,
        context: &Context,
        what: &str,
        fetch: impl AsyncFn(Option<K>, u32) -> accounts::Result<Page<T, K>>,
    ) -> Result<bool> {
        let output = self.output(context);
        let fetched = async |after, limit| {
            let page = progress::waited(fetch(after, limit))
                .await
                .map_err(|error| Failure::act(format!("{what} can't be listed"), error))?;
            Ok::<_, Failure>((page.items, page.next))
        };
        if self.all {
            let mut pages = output.pages(self.format);
            let (mut after, mut count) = (None, 0);
            loop {
                let (items, next) = fetched(after, WHOLE_PAGE).await?;
                count += items.len();
                if !pages.write(&items)? {
                    return Ok(false);
                }
                after = next;
                if after.is_none() {
                    break;
                }
            }
            pages.end()?;
            self.say_total(&output, count);
            return Ok(count == 0 && !output.is_json(self.format));
        }
        let (items, next) = fetched(self.after.clone(), self.limit).await?;
        let list = List {
            items,
            next: next.map(|next| next.to_text()),
        };
        output.print_list(&list, self.format)?;
        if output.is_json(self.format) {
            return Ok(false);
        }
        let count = list.items.len();
        if let Some(next) = &list.next {
            output.say(&format!(
                "{count} shown, and there are more: add --after {next}, or --all"
            ));
        } else if self.after.is_none() {
            self.say_total(&output, count);
        }
        Ok(list.items.is_empty())
    }

    /// Prints the number of items, below a table that a person sees.
    fn say_total(&self, output: &Output, count: usize) {
        if count > 0 && output.is_seen(self.format) {
            output.say(&format!("{count} in all"));
        }
    }
}
