//! The effective settings, each with the layer that it comes from. Nothing can be changed here: a setting takes effect when
//! a server starts.

use serde::Serialize;

use super::operator::{Answer, Operator};
use super::query::ListQuery;
use super::rooms::Room;
use crate::config::Effective;

/// The name of the layer of settings that nobody set.
const DEFAULT: &str = "default";

/// The page as its template shows it.
#[derive(Serialize)]
struct View {
    q: String,
    /// Whether only those that somebody set are shown.
    changed: bool,
    /// The settings, unless they come from a program that regstack is mounted in.
    settings: Option<Vec<Row>>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    setting: Effective,
    is_default: bool,
}

/// Shows the settings.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let q = query.search().unwrap_or_default();
    let changed = query.get("changed").is_some();
    let insight = operator.console.app().ambient.insight.as_ref();
    let settings = insight.map(|insight| {
        let text = q.to_lowercase();
        let rows = insight.settings().into_iter().map(|setting| Row {
            is_default: setting.layer == DEFAULT,
            setting,
        });
        rows.filter(|row| !(changed && row.is_default) && row.setting.key.contains(&text))
            .collect()
    });
    let view = View {
        q,
        changed,
        settings,
    };
    operator.page("settings", Some(Room::Settings), view)
}
