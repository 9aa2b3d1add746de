//! `examples/mount.rs` as it stands: two instances in one process, routes of a host behind the extractors, and a stop
//! that lets what is under way finish.

use std::sync::{Arc, Mutex};

use jsonwebtoken::crypto::{CryptoProvider, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use regstack::{Ambient, App, EmailTransport, Mail, SendError, Sources};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::actor::Requests as _;
use crate::support::client::client;
use crate::support::database::{Database, Kind};
use crate::support::served::eventually;

#[allow(unreachable_pub, reason = "an example is a program of its own")]
#[path = "../../examples/mount.rs"]
mod example;

const PASSWORD: &str = "correct horse battery";

async fn listeners() -> [TcpListener; 2] {
    [
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
    ]
}

async fn get(origin: &str, path: &str, token: Option<&str>) -> (StatusCode, String) {
    let mut request = client().get(format!("{origin}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn post(origin: &str, path: &str, body: Value, token: Option<&str>) -> Value {
    let mut request = client()
        .post(format!("{origin}/api/auth{path}"))
        .json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap().json().await.unwrap()
}

crate::support::on_both_engines! { two_instances_protect_routes_of_their_host_and_share_nothing }

async fn two_instances_protect_routes_of_their_host_and_share_nothing(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let databases = [Database::fresh(kind).await, Database::fresh(kind).await];
    let urls = databases.each_ref().map(Database::url);
    let listeners = listeners().await;
    let [customers, staff] =
        [0, 1].map(|at: usize| format!("http://{}", listeners[at].local_addr().unwrap()));
    let stop = CancellationToken::new();
    let (path, stopped) = (folder.path().to_owned(), stop.clone());
    let local = tokio::task::LocalSet::new();
    let served = local.run_until(async move {
        let running = tokio::task::spawn_local(async move {
            example::run(&path, urls, listeners, stopped)
                .await
                .map_err(|error| error.to_string())
        });
        let ada = json!({ "email": "ada@example.com", "password": PASSWORD });
        post(&customers, "/register", ada.clone(), None).await;
        let token = post(&customers, "/login", ada.clone(), None).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let me = Some(token.as_str());

        assert_eq!(get(&customers, "/", None).await.1, "Welcome, stranger");
        assert_eq!(get(&customers, "/", me).await.1, "Welcome, ada@example.com");
        assert_eq!(
            get(&customers, "/orders", me).await.1,
            "Orders of ada@example.com"
        );
        assert_eq!(
            get(&customers, "/orders", None).await.0,
            StatusCode::UNAUTHORIZED
        );
        let (status, refusal) = get(&customers, "/report", me).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(refusal.contains("not_admin"), "{refusal}");

        // The other instance knows neither the account nor the token.
        assert_eq!(get(&staff, "/orders", me).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(
            post(&staff, "/login", ada, None).await["code"],
            "invalid_credentials"
        );

        // A session that ended is out with the next request, and a stranger again where strangers may go.
        post(&customers, "/logout", json!({}), me).await;
        assert_eq!(
            get(&customers, "/orders", me).await.0,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(get(&customers, "/", me).await.1, "Welcome, stranger");

        stop.cancel();
        running.await.unwrap().unwrap();
    });
    served.await;
}

/// The one slot that `jsonwebtoken` has in a process for its cryptography is the host's, and what the host puts there is
/// nothing to regstack.
#[tokio::test]
async fn the_jwt_provider_of_the_process_is_the_hosts() {
    static OF_THE_HOST: CryptoProvider = CryptoProvider {
        signer_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
        verifier_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
        key_utils: KeyUtils::new_unimplemented(),
    };
    let server = crate::support::served::Served::start().await;
    OF_THE_HOST.install_default().expect("the slot is free");
    let ada = server.signed_in("ada@example.com").await;
    ada.me().await.is(200);
}

/// What a host sends mail with.
#[derive(Default)]
struct Letters(Mutex<Vec<Mail>>);

#[async_trait::async_trait]
impl EmailTransport for Letters {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }

    async fn probe(&self) -> Result<String, SendError> {
        Ok("letters are kept".to_owned())
    }
}

#[tokio::test]
async fn mail_leaves_by_the_transport_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources {
        environment: [("REGSTACK_JWT_SECRET".to_owned(), "x1y2z3-".repeat(8))].into(),
        working_dir: folder.path().to_owned(),
        ..Sources::default()
    };
    let settings = regstack::load_settings(&sources).unwrap().settings;
    let letters = Arc::new(Letters::default());
    let ambient = Ambient {
        email: Some(letters.clone()),
        ..Ambient::system()
    };
    let app = App::open(settings, ambient).await.unwrap();
    let [listener, _] = listeners().await;
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move {
            let workers = app.run_workers(stop.clone());
            tokio::join!(workers, regstack::serve(&app, listener, stop)).1
        }
    });
    let ada = json!({ "email": "ada@example.com", "password": PASSWORD });
    post(&origin, "/register", ada, None).await;
    eventually(|| !letters.0.lock().unwrap().is_empty()).await;
    let mail = letters.0.lock().unwrap().remove(0);
    assert_eq!(mail.to, "ada@example.com");
    assert!(mail.text.contains("/verify?token="), "{}", mail.text);
    stop.cancel();
    running.await.unwrap().unwrap();
}
