//! Asks for the database.

use super::{Dialogue, Verdict, trial};
use crate::cli::Result;
use crate::config::{self, Engine, Settings};
use crate::secret::ExposeSecret as _;

const KEY: &str = "database_url";
const SQLITE: &str = "sqlite:";

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    let engine = dialogue
        .plan
        .load()
        .ok()
        .map(|loaded| loaded.settings.database.engine);
    let mongo = match engine {
        Some(Engine::Mongo { url, database }) => Some((url, database)),
        _ => None,
    };
    let choices = [
        ("SQLite", "one file, nothing to install"),
        ("MongoDB", "for several servers"),
    ];
    let offered = usize::from(mongo.is_some());
    if dialogue
        .choose("Where to store accounts", &choices, offered)
        .await?
        == 0
    {
        let present = dialogue.plan.value(KEY);
        let path = present.strip_prefix(SQLITE).unwrap_or("regstack.db");
        let path = path.strip_prefix("///").unwrap_or(path).to_owned();
        let url = |path: &str| match path.strip_prefix(SQLITE) {
            Some(_) => path.to_owned(),
            None => format!("{SQLITE}{path}"),
        };
        let path = dialogue
            .line_under("Database file", &path, |text| rule(&url(text)))
            .await?;
        return dialogue.set(KEY, &url(&path));
    }
    let present = mongo.map(|(url, database)| named(url.expose_secret(), &database));
    let shown = present.as_deref().map(config::without_password);
    let offered = shown
        .clone()
        .unwrap_or_else(|| "mongodb://localhost:27017/regstack".to_owned());
    let url = dialogue
        .line_under(
            "URL of the database, without a password",
            &offered,
            |text| {
                if config::has_password(text) {
                    Err(
                        "must not contain the password: it's asked for next, and not shown"
                            .to_owned(),
                    )
                } else {
                    rule(text)
                }
            },
        )
        .await?;
    let same = shown.as_deref() == Some(url.as_str());
    if !config::has_user(&url) {
        return if same {
            Ok(())
        } else {
            dialogue.set(KEY, &url)
        };
    }
    let kept = same && present.as_deref().is_some_and(config::has_password);
    let prompt = if kept {
        "Password of the database (Enter keeps it)"
    } else {
        "Password of the database"
    };
    let rule = |text: &str| match text {
        "" => Err("a password is needed".to_owned()),
        _ => Ok(()),
    };
    let password = dialogue.hidden(prompt, kept, rule).await?;
    if password.is_empty() {
        return Ok(());
    }
    dialogue.set(KEY, &config::with_password(&url, &password))
}

fn rule(url: &str) -> Result<(), String> {
    config::key(KEY).map_err(|(what, _)| what)?.check(url)
}

/// Returns the URL with the name of the database.
fn named(url: &str, database: &str) -> String {
    let (url, options) = url
        .split_once('?')
        .map_or((url, None), |(url, options)| (url, Some(options)));
    let hosts = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = match hosts.split_once('/') {
        None => format!("{url}/{database}"),
        Some((_, "")) => format!("{url}{database}"),
        Some(_) => url.to_owned(),
    };
    options.map_or_else(|| url.clone(), |options| format!("{url}?{options}"))
}

pub(super) async fn test(dialogue: &mut Dialogue<'_, '_>, settings: &Settings) -> Result<bool> {
    let folder = dialogue.plan.place.folder.clone();
    dialogue.new_database = settings.database.engine.missing().is_some();
    let verdict = dialogue
        .probe("the database", || trial::database(settings, &folder))
        .await?;
    dialogue.database = verdict == Verdict::Fine;
    Ok(verdict != Verdict::Change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_comes_to_name_its_database() {
        for (url, wanted) in [
            ("mongodb://h", "mongodb://h/app"),
            ("mongodb://h/", "mongodb://h/app"),
            ("mongodb://h/own", "mongodb://h/own"),
            ("mongodb://a,b/?w=1", "mongodb://a,b/app?w=1"),
            ("mongodb://h?w=1", "mongodb://h/app?w=1"),
        ] {
            assert_eq!(named(url, "app"), wanted);
        }
    }
}
