//! Accounts by their second factor and by their ways to log in, for the command line and the API of administrators.

use serde_json::{Value, json};

use super::import::vector;
use crate::support::actor::Requests as _;
use crate::support::database::{Database, Kind};
use crate::support::process::Place;

crate::support::on_both_engines! {
    accounts_are_selected_by_second_factor_and_login_method
}

const ROOT: &str = "root@example.com";

/// Five accounts: two have a second factor, three are linked to a provider, and all but one of those have a password.
fn accounts() -> String {
    let hash = vector("bcrypt 2b");
    let linked = |provider: &str, to: &str| json!([{ "provider": provider, "subject_id": to }]);
    let rows = [
        json!({ "email": "ada@example.com", "password_hash": hash, "is_mfa_enabled": true,
            "phone_number": "+4915112345678" }),
        json!({ "email": "bob@example.com", "password_hash": hash, "identities": linked("idp", "b"),
            "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DP" }),
        json!({ "email": "carl@example.com", "identities": linked("idp", "c") }),
        json!({ "email": "dora@example.com", "password_hash": hash, "identities": linked("other", "d") }),
        json!({ "email": "eve@example.com", "password_hash": hash }),
    ];
    rows.map(|row| format!("{row}\n")).concat()
}

/// The names in a list, sorted.
fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    let emails = items.map(|user| user["email"].as_str().unwrap());
    let mut names: Vec<String> = emails
        .map(|email| email.replace("@example.com", ""))
        .filter(|name| name != "root")
        .collect();
    names.sort();
    names
}

async fn accounts_are_selected_by_second_factor_and_login_method(kind: Kind) {
    let database = Database::fresh(kind).await;
    let place = Place::over(&database.url());
    place.set("enable_admin_router = true");
    place.create_admin(ROOT);
    place.write("users.jsonl", &accounts());
    assert_eq!(
        place.json(&["users", "import", "users.jsonl"])["created"],
        5
    );
    let server = place.serve(&[]);
    let root = server.signed_in(ROOT).await;
    let without = ["carl", "dora", "eve"];
    for (flags, query, expected) in [
        (&["--mfa"][..], "is_mfa_enabled=true", &["ada", "bob"][..]),
        (&["--no-mfa"], "is_mfa_enabled=false", &without),
        (
            &["--login-method", "password"],
            "login_method=password",
            &["ada", "bob", "dora", "eve"],
        ),
        (&["--login-method", "passkey"], "login_method=passkey", &[]),
        (
            &["--login-method", "oidc:idp"],
            "login_method=oidc:idp",
            &["bob", "carl"],
        ),
        (
            &["--login-method", "oidc:idp", "--no-mfa"],
            "login_method=oidc:idp&is_mfa_enabled=false",
            &["carl"],
        ),
        (
            &["--login-method", "oidc:nobody"],
            "login_method=oidc%3Anobody",
            &[],
        ),
    ] {
        let list = place.json(&[&["users", "list"], flags].concat());
        assert_eq!(names(&list), expected, "{flags:?}");
        let answer = root.get(&format!("/admin/users?{query}")).await;
        answer.is(200);
        assert_eq!(names(&answer.body), expected, "{query}");
        // The administrator has a password and no second factor.
        let total = answer.body["items"].as_array().unwrap().len();
        assert_eq!(answer.body["total"], total, "{query}");
    }
    place
        .run(&["users", "list", "--login-method", "google"])
        .refused(2, &["password, passkey, or oidc:"]);
    place
        .run(&["users", "list", "--mfa", "--no-mfa"])
        .refused(2, &["--no-mfa"]);
    let wrong = root.get("/admin/users?login_method=google").await;
    let detail = &wrong.refused(422, "validation_error").body["detail"][0];
    assert_eq!(detail["loc"], json!(["query", "login_method"]));

    // Acts on all that match take the same filters.
    let act = ["users", "lock", "--login-method", "oidc:idp", "--no-mfa"];
    place.run(&act).refused(2, &["carl@example.com", "--yes"]);
    let report = place.json(&[&act[..], &["--yes"]].concat());
    assert_eq!(report["done"], 1);
    assert_eq!(names(&place.json(&["users", "list", "--locked"])), ["carl"]);
    let ran = place.run(&["users", "reset-mfa", "--mfa", "--yes"]);
    assert!(
        ran.stdout.ends_with("\n2 done, 0 failed, 0 untouched\n"),
        "{ran:?}"
    );
    assert_eq!(names(&place.json(&["users", "list", "--mfa"])).len(), 0);
}
