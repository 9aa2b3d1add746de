//! Logging in with other providers.

use super::*;
use crate::model::ProviderId;

const ENTRY: &str = "id = \"my-idp\"\nissuer = \"https://id.example.com\"\nclient_id = \"regstack\"\nclient_secret_env = \"REGSTACK_IDP\"\n";

fn with(toml: &str) -> Case {
    Case::new()
        .toml(toml)
        .variable("REGSTACK_IDP", "canary-of-the-provider")
}

fn provider(loaded: &Loaded, id: &str) -> Provider {
    let id = ProviderId::parse(id).unwrap();
    loaded.settings.oauth.provider(&id).unwrap().clone()
}

#[test]
fn providers_are_listed_and_bring_their_secrets() {
    let toml = format!(
        "enable_oauth = true\nbase_url = \"https://app.example/\"\n[[oauth.providers]]\n{ENTRY}name = \"My IdP\"\nscopes = [\"openid\"]\n[[oauth.providers]]\nid = \"github\"\nclient_id = \"g\"\nclient_secret_env = \"REGSTACK_IDP\"\n[[oauth.providers]]\nid = \"microsoft\"\nissuer = \"https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0\"\nclient_id = \"m\"\nclient_secret_env = \"REGSTACK_IDP\"\n"
    );
    let loaded = with(&toml).loaded();
    let own = provider(&loaded, "my-idp");
    assert_eq!(
        (own.name.as_str(), own.kind),
        ("My IdP", ProviderKind::OpenId)
    );
    assert_eq!(own.scopes, ["openid"]);
    assert_eq!(own.client_secret.expose_secret(), "canary-of-the-provider");
    assert_eq!(
        own.redirect_uri,
        "https://app.example/api/auth/oauth/my-idp/callback"
    );
    let github = provider(&loaded, "github");
    assert_eq!(
        (github.name.as_str(), github.kind, github.issuer.as_str()),
        ("GitHub", ProviderKind::GitHub, "https://github.com")
    );
    assert_eq!(github.scopes, ["read:user", "user:email"]);
    let microsoft = provider(&loaded, "microsoft");
    assert!(microsoft.issuer.contains("contoso"));
    assert_eq!(microsoft.scopes, ["openid", "email", "profile"]);
    assert_eq!(
        effective(&loaded, "oauth.providers"),
        ("my-idp,github,microsoft", "regstack.toml:3")
    );
    assert_eq!(lines(&loaded.warnings), [""; 0]);
    assert!(!format!("{loaded:?}").contains("canary"));
    assert!(loaded.settings.oauth.enforce_mfa_on_oauth_signin);
}

#[test]
fn the_keys_of_the_python_package_are_a_provider() {
    let toml = "enable_oauth = true\noauth_exchange_rate_limit = \"5/minute\"\n[oauth]\ngoogle_client_id = \"x\"\ngoogle_client_secret = \"canary\"\ngoogle_redirect_uri = \"https://other.example/back\"\nauto_link_verified_emails = true\nenforce_mfa_on_oauth_signin = false\nstate_ttl_seconds = 200\ncompletion_ttl_seconds = 20\n";
    let loaded = Case::new().toml(toml).loaded();
    let google = provider(&loaded, "google");
    assert_eq!(
        (google.name.as_str(), google.issuer.as_str()),
        ("Google", "https://accounts.google.com")
    );
    assert_eq!(google.redirect_uri, "https://other.example/back");
    let oauth = &loaded.settings.oauth;
    assert!(oauth.auto_link_verified_emails && !oauth.enforce_mfa_on_oauth_signin);
    assert_eq!(
        (oauth.state_ttl_seconds, oauth.completion_ttl_seconds),
        (200, 20)
    );
    assert!(loaded.settings.guessing.limits.oauth_exchange.is_some());
    assert!(!format!("{loaded:?}").contains("canary"));
}

#[test]
fn what_is_off_or_half_there_does_nothing_and_says_so() {
    for (toml, warning) in [
        (
            "enable_oauth = false\n[oauth]\ngoogle_client_id = \"\"\n",
            None,
        ),
        (
            "enable_oauth = true\n",
            Some(
                "regstack.toml:1: enable_oauth has no effect without a provider: add [[oauth.providers]], or oauth.google_client_id and its secret",
            ),
        ),
        (
            "[oauth]\ngoogle_client_id = \"x\"\ngoogle_client_secret = \"y\"\n",
            Some(
                "regstack.toml:2: oauth.google_client_id has no effect without enable_oauth = true",
            ),
        ),
        (
            "enable_oauth = false\n[[oauth.providers]]\nid = \"github\"\n",
            None,
        ),
        (
            "[oauth]\ngoogle_client_secret = \"y\"\n",
            Some(
                "regstack.toml:2: oauth.google_client_secret has no effect without oauth.google_client_id",
            ),
        ),
    ] {
        let loaded = Case::new().toml(toml).loaded();
        assert!(loaded.settings.oauth.providers.is_empty(), "{toml}");
        let told = lines(&loaded.warnings);
        assert_eq!(told.first().map(String::as_str), warning, "{toml}");
    }
}

#[test]
fn an_entry_is_whole_and_safe() {
    let swapped = |line: &str, other: &str| ENTRY.replace(line, other);
    for (entry, place, reason) in [
        (
            swapped("my-idp", "My IdP"),
            "id",
            "must be lower-case letters",
        ),
        (swapped("my-idp", "exchange"), "id", "another name"),
        (
            swapped("https://id", "http://id"),
            "issuer",
            "must be an https URL",
        ),
        (
            swapped("id.example.com", "id.example.com?x=1"),
            "issuer",
            "must be an https URL",
        ),
        (
            swapped("id.example.com", "u:p@id.example.com"),
            "issuer",
            "must be an https URL",
        ),
        (
            swapped("issuer = \"https://id.example.com\"\n", ""),
            "issuer",
            "is missing",
        ),
        (
            swapped("client_id = \"regstack\"\n", ""),
            "client_id",
            "is missing",
        ),
        (
            swapped("REGSTACK_IDP", ""),
            "client_secret_env",
            "is missing",
        ),
        (
            swapped("REGSTACK_IDP", "can ary"),
            "client_secret_env",
            "must be the name of the variable",
        ),
        (
            swapped("REGSTACK_IDP", "ELSEWHERE"),
            "client_secret_env",
            "which is in neither",
        ),
        (
            format!("{ENTRY}scopes = [\"email\"]\n"),
            "scopes",
            "must contain openid",
        ),
        (
            format!("{ENTRY}scopes = [\"openid\", \"a b\"]\n"),
            "scopes",
            "must be a list of words",
        ),
        (
            format!("{ENTRY}scopes = \"openid\"\n"),
            "scopes",
            "must be a list of strings",
        ),
        (
            format!("{ENTRY}name = \"{}\"\n", "x".repeat(41)),
            "name",
            "at most 40",
        ),
        (
            format!("{ENTRY}issuers = \"x\"\n"),
            "issuers",
            "did you mean issuer?",
        ),
    ] {
        let toml = format!("enable_oauth = true\n[[oauth.providers]]\n{entry}");
        let faults = with(&toml).faults();
        assert!(
            faults.len() == 1
                && faults[0].contains(&format!("oauth.providers.{place} "))
                && faults[0].contains(reason)
                && !faults[0].contains("canary"),
            "{entry}: {faults:?}"
        );
    }
    let local = swapped("https://id.example.com", "http://127.0.0.1:4000");
    let twice =
        format!("enable_oauth = true\n[[oauth.providers]]\n{local}[[oauth.providers]]\n{local}");
    let faults = with(&twice).faults();
    assert_eq!(
        faults,
        ["regstack.toml:7: oauth.providers.id is already used by a provider above"]
    );
    let google = ENTRY.replace("my-idp", "google");
    let both = format!(
        "enable_oauth = true\n[oauth]\ngoogle_client_id = \"x\"\ngoogle_client_secret = \"y\"\n[[oauth.providers]]\n{google}"
    );
    assert!(with(&both).faults()[0].contains("must not be set if"));
}
