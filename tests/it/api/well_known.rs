//! What other programs read once and keep: the key set and the metadata.

use regstack::internals::config::JwtAlgorithm;
use reqwest::Method;

use crate::support::actor::Requests as _;
use crate::support::served::Served;

/// A cache in front may keep both for everybody: whatever a request says of its host, the answer is the same to the letter.
#[tokio::test]
async fn what_a_request_says_of_its_host_ends_up_in_no_cache() {
    let served = Served::with(|settings| {
        settings.identity.base_url = "https://accounts.example.com".into();
        // The test is the proxy, and its word counts.
        settings.identity.behind_proxy = true;
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
    })
    .await;
    for path in ["jwks.json", "oauth-authorization-server"] {
        let mut answers = Vec::new();
        for prefix in ["/", ""] {
            for (name, value) in [
                ("accept", "*/*"),
                ("host", "evil.example"),
                ("host", "accounts.example.com@evil.example"),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-server", "evil.example"),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-port", "8443"),
                ("x-forwarded-prefix", "/evil"),
                ("x-original-url", "/evil"),
                ("x-rewrite-url", "/evil"),
                ("forwarded", "for=192.0.2.1;host=evil.example;proto=http"),
                ("origin", "https://evil.example"),
                ("cookie", "regstack_session=evil"),
                ("authorization", "Bearer evil"),
            ] {
                for query in ["", "?iss=evil.example"] {
                    let path = format!("{prefix}/.well-known/{path}{query}");
                    let request = served.request(Method::GET, &path).header(name, value);
                    let mut answer = served.send(request).await;
                    answer.is(200);
                    answer.headers.remove("x-request-id");
                    answer.headers.remove("date");
                    answers.push((answer.headers, answer.body.to_string()));
                }
            }
        }
        let (headers, body) = &answers[0];
        assert_eq!(headers["cache-control"], "public, max-age=300");
        assert!(!body.contains("evil") && !headers.contains_key("set-cookie"));
        for answer in &answers {
            assert_eq!(answer, &answers[0]);
        }
    }
}
