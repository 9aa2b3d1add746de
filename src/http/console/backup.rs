//! A backup of the database: a download on SQLite, and how to make one on MongoDB.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::form::Form;
use super::operator::{Answer, Operator};
use super::question::{Question, unkept};
use super::rooms::Room;
use crate::config::Engine;
use crate::http::chunks;
use crate::http::error::ApiError;

fn question() -> Question {
    Question {
        act: "back-up",
        room: Room::Backup,
        subject: None,
        field: None,
        choice: None,
        is_dangerous: false,
        path: Room::Backup.path().to_owned(),
    }
}

fn is_file(operator: &Operator) -> bool {
    matches!(
        operator.console.settings().database.engine,
        Engine::Sqlite { .. }
    )
}

/// The page where the database isn't a file.
#[derive(Serialize)]
struct Elsewhere {
    commands: &'static str,
}

/// How to back up a MongoDB database and restore it; docs/mongodb.md explains them.
const COMMANDS: &str = "mongodump --oplog --gzip --archive=accounts.gz
mongorestore --oplogReplay --gzip --archive=accounts.gz
mongosh --eval 'db.users.updateMany({}, {$set: {tokens_invalidated_after: new Date()}})' \"$DATABASE_URL\"";

/// Offers the download, or says how to make a backup.
pub(super) async fn ask(operator: Operator) -> Answer {
    if is_file(&operator) {
        return question().show(&operator, None).await;
    }
    let view = Elsewhere { commands: COMMANDS };
    operator.page("backup-elsewhere", Some(Room::Backup), view)
}

/// Sends a checked backup.
pub(super) async fn download(operator: Operator, form: Form) -> Answer {
    if !is_file(&operator) {
        return Err(ApiError::not_found());
    }
    let act = async |operator: Operator| -> Answer { file(&operator).await };
    question().answer(operator, &form, act).await
}

async fn file(operator: &Operator) -> Answer {
    let app = operator.console.app();
    operator.accounts().note_backup(&operator.origin).await?;
    let copied = app.backup_to_send().await;
    let (copy, bytes) = copied.map_err(|cause| ApiError::internal(&cause))?;
    let now = operator.accounts().clock.now().to_zoned(TimeZone::UTC);
    let name = now.strftime("regstack-%Y-%m-%d-%H%M.db");
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.map_err(|cause| ApiError::internal(&cause))?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/vnd.sqlite3"),
        ),
        (CONTENT_LENGTH, HeaderValue::from(bytes)),
        (CONTENT_DISPOSITION, disposition),
    ];
    let response: Response = (headers, chunks::of_file(copy)).into_response();
    Ok(unkept(response))
}
