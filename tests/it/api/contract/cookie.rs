//! The contract where sessions travel in a cookie: what the table says, and two refusals more of every route that needs one.

use regstack::internals::config::Transport;
use serde_json::json;

use super::ledger::{Ledger, rows};
use super::{NOBODY, TABLE, call, documented, listed, nobody, request, with_everything};

use crate::support::actor::{Actor, NULL, PASSWORD, Requests as _};
use crate::support::served::Served;

async fn served() -> Served {
    Served::with(|settings| {
        with_everything(settings);
        settings.tokens.transport = Transport::Cookie;
    })
    .await
}

#[tokio::test]
async fn the_api_document_says_what_the_table_says_and_what_the_cookie_adds() {
    let served = served().await;
    let document = served.get("//openapi.json").await.body;
    let either = json!([{"bearer": []}, {"cookie": []}]);
    assert_eq!(documented(&document, &either), listed(Transport::Cookie));
    let scheme = &document["components"]["securitySchemes"]["cookie"];
    assert_eq!(
        [&scheme["type"], &scheme["in"], &scheme["name"]],
        ["apiKey", "cookie", "regstack_session"]
    );
}

#[tokio::test]
async fn every_route_refuses_two_sessions_at_once_and_every_change_a_foreign_page() {
    let served = served().await;
    let mut ledger = Ledger::new(&served).await;
    let root = "root@example.com";
    served
        .account(root, |account| account.is_superuser = true)
        .await;
    let wish = json!({"email": root, "password": PASSWORD});
    let login = "POST /login";
    let foreign = call(served.actor(), login, "", wish.clone()).await;
    ledger.expect(login, &foreign, 403, "cross_site");
    let own = request(served.actor(), login, "").header("origin", &served.origin);
    let answer = served.send(own.json(&wish)).await;
    ledger.expect(login, &answer, 200, "");
    let set = answer.header("set-cookie").unwrap();
    let cookie = set.split(';').next().unwrap();

    for row in rows(TABLE) {
        if !row.takes("session") && !row.takes("admin") {
            continue;
        }
        let ask = |actor: &Actor| {
            let request = request(actor, row.route, nobody(&row));
            request.header("cookie", cookie).json(&json!(7))
        };
        let both = served.send(ask(&served.bearer("x"))).await;
        ledger.expect(row.route, &both, 400, "ambiguous_credentials");
        let nobody = call(served.actor(), row.route, NOBODY, NULL).await;
        ledger.expect(row.route, &nobody, 401, "not_authenticated");
        let foreign = served
            .send(ask(served.actor()).header("origin", "null"))
            .await;
        // What a proxy asks about may be a change, unless it says that it is none.
        if row.writes() || row.path() == "/forward-auth" {
            ledger.expect(row.route, &foreign, 403, "cross_site");
        } else {
            assert_ne!(foreign.body["code"], "cross_site", "{}", row.route);
        }
    }
}
