//! The backup.

use jiff::SignedDuration;
use regstack::internals::app::App;
use reqwest::Method;

use super::{Desk, ROOT, office, office_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;

/// What a browser saves.
async fn download(desk: &Desk) -> Vec<u8> {
    let cookies = desk.cookies.borrow().clone();
    let cookies = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let request = desk
        .actor
        .request(Method::POST, "//account/admin/backup")
        .header("cookie", cookies.collect::<Vec<_>>().join("; "))
        .header("origin", &desk.origin)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("current_password={PASSWORD}").replace(' ', "+"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    assert_eq!(headers["cache-control"], "no-store");
    let name = headers["content-disposition"].to_str().unwrap();
    assert!(
        name.starts_with("attachment; filename=\"regstack-"),
        "{name}"
    );
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_backup_is_downloaded_checked_recorded_and_leaves_nothing_behind() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/backup").await.is(200).shows("Download backup");
    // A link downloads nothing.
    root.get("/backup").await.lacks("SQLite format");
    served.pass(SignedDuration::from_mins(11));
    let refused = root.post("/backup", &[]).await;
    assert!(refused.status != 200 && !refused.html.contains("SQLite format"));
    let foreign = [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let fields = [("current_password", PASSWORD)];
    root.send(Method::POST, "/backup", &foreign, Some(&fields))
        .await
        .is(403);
    assert_eq!(served.count_events("backup_downloaded").await, 0);
    let bytes = download(&root).await;
    assert!(bytes.starts_with(b"SQLite format 3\0"));
    assert_eq!(served.count_events("backup_downloaded").await, 1);
    // It has the account, and a server can use it.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    std::fs::write(&copy, &bytes).unwrap();
    let mut settings = (*served.app.settings).clone();
    let database = App::database_file(&settings).unwrap().to_owned();
    settings.database.engine = regstack::internals::config::Engine::Sqlite { path: copy };
    let found = App::connect(&settings).await.unwrap();
    let email = regstack::internals::model::Email::parse(ROOT).unwrap();
    assert!(found.user_by_email(&email).await.unwrap().is_some());
    let left = std::fs::read_dir(database.parent().unwrap()).unwrap();
    let left = left.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("backup")
    });
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn on_mongodb_the_page_says_how() {
    let served = office_with(Kind::Mongo, |_| ()).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/backup")
        .await
        .is(200)
        .shows("mongodump")
        .lacks("<form class=\"rs-card");
    root.post("/backup", &[]).await.is(404);
}
