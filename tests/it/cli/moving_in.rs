//! `docs/moving-in.md`: files as other systems write them.

use serde_json::{Value, json};

use super::import::{PASSWORD, vector};
use crate::support::actor::Requests as _;
use crate::support::process::Place;

/// Imports a file from a system; the account of Ada, who logs in with her password of before.
async fn moved_in(file: (&str, &str), system: &str, more: &[&str], place: &Place) -> Value {
    let (name, text) = file;
    place.write(name, text);
    let import = [&["users", "import", name, "--from", system], more].concat();
    let done = place.json(&import);
    assert_eq!(
        (&done["created"], &done["failed"]),
        (&done["read"], &json!(0)),
        "{done}"
    );
    let again = place.json(&import);
    assert_eq!(again["unchanged"], done["read"], "{again}");
    let server = place.serve(&[]);
    let log_in = async |password: &str| {
        let body = json!({ "email": "ada@example.com", "password": password });
        server.post("/login", body).await.status.as_u16()
    };
    assert_eq!(log_in("correct horse battery").await, 401, "{system}");
    assert_eq!(log_in(PASSWORD).await, 200, "{system}");
    server.stop();
    place.json(&["users", "show", "ada@example.com"])["user"].clone()
}

fn is(user: &Value, wanted: &Value) {
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(&user[field], value, "{field} of {user}");
    }
}

/// Who is linked: provider, person and address of each.
fn linked(place: &Place) -> String {
    let all =
        "select group_concat(provider || ':' || subject_id || ':' || coalesce(email, ''), ' ')
        from (select * from oauth_identities order by provider, subject_id)";
    place.raw().query_row(all, [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn firebase() {
    use sha2::Digest as _;
    let place = Place::configured();
    let key = sha2::Sha512::digest(b"the signer key of a test");
    let key = data_encoding::BASE64.encode(&key);
    let parameters = json!({ "base64_signer_key": key, "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 6 });
    place.write("parameters.json", &parameters.to_string());
    let (salt, hash) = vector("Firebase").split_once(',').unwrap();
    let file = json!({ "users": [{
        "localId": "kY8bJd2mXzQeW1rT5uVa9cLp3fG2", "email": "ada@example.com", "emailVerified": true,
        "passwordHash": hash, "salt": salt, "displayName": "Ada Lovelace",
        "lastSignedInAt": "1714557600000", "createdAt": "1714471200000", "providerUserInfo": [],
    }, {
        "localId": "b2", "email": "bob@example.com", "emailVerified": false, "disabled": true,
        "createdAt": "1714471200000", "providerUserInfo": [{ "providerId": "google.com", "rawId": "1" }],
    }] });
    let file = file.to_string();
    place.write("users.json", &file);
    let without = place.run(&[
        "users",
        "import",
        "users.json",
        "--from",
        "firebase",
        "--dry-run",
    ]);
    assert!(
        without
            .stderr
            .contains("needs the project's hash parameters"),
        "{without:?}"
    );
    let more = ["--parameters", "parameters.json"];
    let ada = moved_in(("users.json", &file), "firebase", &more, &place).await;
    is(
        &ada,
        &json!({ "full_name": "Ada Lovelace", "is_verified": true, "created_at": "2024-04-30T10:00:00Z" }),
    );
    let bob = place.json(&["users", "show", "b2"])["user"].clone();
    is(
        &bob,
        &json!({ "email": "bob@example.com", "is_active": false }),
    );
    assert_eq!(linked(&place), "google:1:");
    let stored = place.bytes_of("accounts.db");
    assert!(!stored.windows(key.len()).any(|part| part == key.as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn auth0() {
    let row = json!({
        "_id": { "$oid": "5f7c8ec7c33c6c004bbafe82" }, "email_verified": true, "email": "ada@example.com",
        "passwordHash": vector("bcrypt 2b"), "password_set_date": { "$date": "2024-05-01T10:00:00.000Z" },
        "tenant": "acme", "connection": "Username-Password-Authentication", "_tmp_is_unique": true,
        "name": "ada@example.com",
        "identities": [
            { "provider": "auth0", "user_id": "5f7c8ec7c33c6c004bbafe82", "connection": "Username-Password-Authentication", "isSocial": false },
            { "provider": "google-oauth2", "user_id": "115", "connection": "google-oauth2", "isSocial": true, "profileData": { "email": "a@gmail.example" } },
            { "provider": "github", "user_id": 583_231, "connection": "github", "isSocial": true },
        ],
    });
    let place = Place::configured();
    let ada = moved_in(("users.jsonl", &row.to_string()), "auth0", &[], &place).await;
    assert_eq!(linked(&place), "github:583231: google:115:a@gmail.example");
    is(&ada, &json!({ "is_verified": true, "full_name": null }));
    let found = place.json(&["users", "show", "auth0|5f7c8ec7c33c6c004bbafe82"]);
    assert_eq!(found["user"]["id"], ada["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloak() {
    let place = Place::configured();
    let parts: Vec<&str> = vector("PBKDF2-SHA512 of Keycloak").split('$').collect();
    let credential = |kind: &str, secret: Value, data: Value| {
        json!({ "id": "c", "type": kind, "createdDate": 1_714_471_200_000_i64,
                "secretData": secret.to_string(), "credentialData": data.to_string() })
    };
    let password = credential(
        "password",
        json!({ "value": parts[4], "salt": parts[3], "additionalParameters": {} }),
        json!({ "hashIterations": 9, "algorithm": "pbkdf2-sha512", "additionalParameters": {} }),
    );
    let argon2: Vec<&str> = vector("Argon2id").split('$').collect();
    let newer = credential(
        "password",
        json!({ "value": argon2[5], "salt": argon2[4], "additionalParameters": {} }),
        json!({ "hashIterations": 1, "algorithm": "argon2", "additionalParameters": {
            "hashLength": ["32"], "memory": ["16"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"] } }),
    );
    let app = credential(
        "otp",
        json!({ "value": "N3nlTyNkDNO5QzTg2Ww8" }),
        json!({ "subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1" }),
    );
    let user = |name: &str, credentials: Value| {
        json!({ "id": format!("6e1f-{name}"), "createdTimestamp": 1_714_471_200_000_i64, "username": name,
                "enabled": true, "totp": false, "emailVerified": true, "firstName": "Ada", "lastName": "Lovelace",
                "email": format!("{name}@example.com"), "credentials": credentials, "realmRoles": ["user"],
                "federatedIdentities": [{ "identityProvider": "Google", "userId": format!("1-{name}"), "userName": "a@gmail.example" },
                    { "identityProvider": "saml-acme", "userId": "x", "userName": "x" }] })
    };
    let realm = json!({ "id": "acme", "realm": "acme", "users": [
        user("ada", json!([password])), user("bob", json!([newer])), user("eve", json!([newer, app])),
    ] });
    let ada = moved_in(("realm.json", &realm.to_string()), "keycloak", &[], &place).await;
    is(
        &ada,
        &json!({ "full_name": "Ada Lovelace", "is_verified": true, "is_mfa_enabled": false }),
    );
    assert!(linked(&place).starts_with("google:1-ada:a@gmail.example google:1-bob:"));
    is(
        &place.json(&["users", "show", "6e1f-eve"])["user"],
        &json!({ "is_mfa_enabled": true }),
    );
    let server = place.serve(&[]);
    let body = json!({ "email": "bob@example.com", "password": PASSWORD });
    assert_eq!(
        server.post("/login", body).await.status,
        200,
        "Argon2 of Keycloak"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn supabase() {
    let place = Place::configured();
    let file = format!(
        "id,email,encrypted_password,email_confirmed_at,created_at,last_sign_in_at,banned_until,deleted_at,raw_user_meta_data,identities\n\
         3f2c1a90-5f0e-4c8e-9a57-0f4a4be1a001,ada@example.com,{},2024-05-01 10:00:00.123456+00,2024-04-30 10:00:00+00,,,,\"{{\"\"full_name\"\": \"\"Ada Lovelace\"\"}}\",\"[{{\"\"provider\"\": \"\"email\"\", \"\"provider_id\"\": \"\"3f2c1a90\"\"}}, {{\"\"provider\"\": \"\"azure\"\", \"\"provider_id\"\": \"\"9\"\", \"\"email\"\": \"\"a@live.example\"\"}}]\"\n\
         3f2c1a90-5f0e-4c8e-9a57-0f4a4be1a002,bob@example.com,,,2024-04-30 10:00:00+00,,2124-01-01 00:00:00+00,,{{}},\n",
        vector("bcrypt 2a")
    );
    let ada = moved_in(("users.csv", &file), "supabase", &[], &place).await;
    is(
        &ada,
        &json!({ "full_name": "Ada Lovelace", "is_verified": true, "created_at": "2024-04-30T10:00:00Z" }),
    );
    let bob = &place.json(&["users", "show", "bob"])["user"];
    is(bob, &json!({ "is_active": false, "is_verified": false }));
    assert_eq!(linked(&place), "microsoft:9:a@live.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn django() {
    let fields = |email: &str, password: &str| {
        json!({ "password": password, "last_login": null, "is_superuser": true, "username": email, "first_name": "Ada",
                "last_name": "Lovelace", "email": email, "is_staff": true, "is_active": true,
                "date_joined": "2024-04-30T10:00:00Z", "groups": [], "user_permissions": [] })
    };
    let rows = json!([
        { "model": "auth.user", "pk": 1, "fields": fields("ada@example.com", vector("PBKDF2-SHA256 of Django")) },
        { "model": "auth.user", "pk": 2, "fields": fields("bob@example.com", "!oMrDLRqjHdbbVVNyTvTsTVMnDdbPB") },
    ]);
    let place = Place::configured();
    let ada = moved_in(
        ("users.json", &rows.to_string()),
        "django",
        &["--verified"],
        &place,
    )
    .await;
    is(
        &ada,
        &json!({ "full_name": "Ada Lovelace", "is_verified": true, "is_superuser": false }),
    );
    let place = Place::configured();
    let table = format!(
        "id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined\n\
         1,{},,f,ada,Ada,,ada@example.com,f,t,2024-04-30 10:00:00+00\n",
        vector("PBKDF2-SHA256 of Django")
    );
    let ada = moved_in(("auth_user.csv", &table), "django", &["--verified"], &place).await;
    is(
        &ada,
        &json!({ "full_name": "Ada", "created_at": "2024-04-30T10:00:00Z" }),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn devise() {
    let place = Place::configured();
    let file = format!(
        "id,email,encrypted_password,confirmed_at,created_at,current_sign_in_at\n\
         7,ada@example.com,{},2024-05-01 10:00:00.123456,2024-04-30 10:00:00 UTC,\n\
         8,bob@example.com,,,2024-04-30 10:00:00,\n",
        vector("bcrypt 2a")
    );
    let ada = moved_in(("users.csv", &file), "devise", &[], &place).await;
    is(
        &ada,
        &json!({ "is_verified": true, "created_at": "2024-04-30T10:00:00Z" }),
    );
    is(
        &place.json(&["users", "show", "8"])["user"],
        &json!({ "is_verified": false }),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_package() {
    let place = Place::configured();
    let file = format!(
        "id,email,hashed_password,is_active,is_verified,is_superuser,full_name,phone_number,is_mfa_enabled,created_at,updated_at,last_login,tokens_invalidated_after\n\
         0198f0aa6c0b7c33a1e2d3c4b5a69788,ada@example.com,\"{}\",1,1,1,Ada,+3227777777,0,2024-04-30 10:00:00.000000,2024-04-30 10:00:00.000000,,\n",
        vector("Argon2id")
    );
    let ada = moved_in(("users.csv", &file), "python", &[], &place).await;
    is(
        &ada,
        &json!({ "is_superuser": true, "full_name": "Ada", "phone_number": "+3227777777" }),
    );
    let found = place.json(&["users", "show", "0198f0aa6c0b7c33a1e2d3c4b5a69788"]);
    assert_eq!(found["user"]["id"], ada["id"]);
}
