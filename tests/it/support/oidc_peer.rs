//! A certified OpenID provider as a process: npm's `oidc-provider`, which `tests/run` installs; and a browser that goes there.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use regstack::internals::config::{Provider, ProviderKind};
use regstack::internals::model::ProviderId;
use serde_json::Value;
use url::Url;

use super::client::unled;

const CALLBACK: &str = "https://app.example/api/auth/oauth/peer/callback";
const SECRET: &str = "the secret of the client of the peer";

/// A running one. It ends when it is dropped.
pub(crate) struct OidcPeer {
    child: Child,
    /// It ends when nobody hears it any more.
    _says: BufReader<ChildStdout>,
    pub(crate) issuer: String,
}

impl Drop for OidcPeer {
    fn drop(&mut self) {
        self.stop();
    }
}

impl OidcPeer {
    pub(crate) fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = root.join("target/test-tools/oidc");
        assert!(
            modules.join("node_modules/oidc-provider").exists(),
            "{} is missing: run tests/run",
            modules.display()
        );
        let child = Command::new("node")
            .arg(root.join("tests/tools/oidc_peer.mjs"))
            .arg(&modules)
            .args([SECRET, &format!("[\"{CALLBACK}\"]")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child =
            child.unwrap_or_else(|error| panic!("node: {error}; tests/run installs it"));
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is a pipe");
        let mut says = BufReader::new(stdout);
        says.read_line(&mut line).expect("it prints its issuer");
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http://"), "the provider did not start");
        Self {
            child,
            _says: says,
            issuer,
        }
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn settings(&self) -> Provider {
        Provider {
            id: ProviderId::parse("peer").unwrap(),
            name: "Peer".to_owned(),
            kind: ProviderKind::OpenId,
            issuer: self.issuer.clone(),
            client_id: "regstack".to_owned(),
            client_secret: SECRET.into(),
            scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
            redirect_uri: CALLBACK.to_owned(),
        }
    }

    /// Whoever logs in there from now on is this person.
    pub(crate) async fn is(&self, person: Value) {
        let url = format!("{}/test/person", self.issuer);
        let told = unled().put(url).body(person.to_string()).send().await;
        assert!(told.unwrap().status().is_success());
    }

    /// Goes through the provider's pages; what the browser comes back with.
    pub(crate) async fn visit(&self, authorization_url: &str) -> HashMap<String, String> {
        let client = unled();
        let mut cookies: HashMap<String, String> = HashMap::new();
        let mut url = Url::parse(authorization_url).unwrap();
        for _ in 0..10 {
            let line: Vec<String> = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let request = client.get(url.clone()).header("cookie", line.join("; "));
            let answer = request.send().await.unwrap();
            for line in answer.headers().get_all("set-cookie") {
                let pair = line.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = answer.headers().get("location").cloned() else {
                panic!("{}: {}", answer.status(), answer.text().await.unwrap());
            };
            url = url.join(location.to_str().unwrap()).unwrap();
            if url.as_str().starts_with(CALLBACK) {
                return url.query_pairs().into_owned().collect();
            }
        }
        panic!("the provider goes round in circles");
    }
}
