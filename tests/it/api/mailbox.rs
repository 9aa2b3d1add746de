//! `/dev/mailbox` for programs, and what a browser is told of it.

use reqwest::Method;
use serde_json::json;

use crate::support::actor::{Answer, NULL, PASSWORD, Requests as _};
use crate::support::served::Served;

/// The mailbox, as whoever accepts this gets it.
async fn mailbox(served: &Served, path: &str, accept: &str) -> Answer {
    let asked = served.request(Method::GET, path).header("accept", accept);
    served.send(asked).await
}

async fn with_a_mail() -> Served {
    let served = Served::start().await;
    let wish = json!({"email": "ada@example.com", "password": PASSWORD});
    served.post("/register", wish).await.is(201);
    served.mails("ada@example.com", 1).await;
    served
}

#[tokio::test]
async fn everybody_gets_messages_in_the_form_they_ask_for() {
    let served = with_a_mail().await;
    let text = mailbox(&served, "//dev/mailbox", "*/*").await;
    assert_eq!(
        text.is(200).header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let text = text.body.as_str().unwrap();
    assert!(text.contains("To: ada@example.com\nSubject: "), "{text}");
    assert!(text.contains("?token="), "{text}");
    let json = mailbox(&served, "//dev/mailbox", "application/json").await;
    assert_eq!(json.items()[0]["to"], "ada@example.com");
    let none = mailbox(&served, "//dev/mailbox?q=nobody", "application/json").await;
    assert_eq!(none.items(), [NULL; 0]);
    let page = mailbox(&served, "//dev/mailbox", "text/html").await;
    assert!(page.body.as_str().unwrap().contains("<iframe"));
}

#[tokio::test]
async fn a_message_in_its_frame_runs_nothing_and_loads_nothing_from_elsewhere() {
    let served = with_a_mail().await;
    let json = mailbox(&served, "//dev/mailbox", "application/json").await;
    let id = json.items()[0]["id"].as_str().unwrap().to_owned();
    let message = served.get(&format!("//dev/mailbox/{id}/html")).await;
    let policy = message.is(200).header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains("; sandbox allow-popups allow-popups-to-escape-sandbox"));
    for forbidden in ["script", "http", "*", "allow-same-origin"] {
        assert!(!policy.contains(forbidden), "{policy}");
    }
    let page = mailbox(&served, "//dev/mailbox", "text/html").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        !policy.contains("unsafe") && !policy.contains("data:"),
        "{policy}"
    );
    served
        .get("//dev/mailbox/none/html")
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn no_page_elsewhere_deletes_messages() {
    let served = with_a_mail().await;
    let clear = |site: &'static str| {
        let asked = served.request(Method::POST, "//dev/mailbox/clear");
        served.send(asked.header("sec-fetch-site", site))
    };
    clear("cross-site").await.refused(404, "not_found");
    assert_eq!(served.mailbox.messages().len(), 1);
    let rebound = served
        .request(Method::POST, "//dev/mailbox/clear")
        .header("host", "evil.example");
    served.send(rebound).await.refused(404, "not_found");
    assert_eq!(served.mailbox.messages().len(), 1);
    clear("same-origin").await;
    assert!(served.mailbox.messages().is_empty());
}
