//! The rules on logging in with other providers. Each names the key or the section to change. Faults contain no
//! secrets.

use url::{Host, Url};

use crate::config::checks::web_url;
use crate::config::layers::Layers;
use crate::config::report::Fault;
use crate::config::review::Review;
use crate::config::secrets_file::is_name;
use crate::config::settings::{Oauth, Provider, ProviderKeys, ProviderKind, Settings};
use crate::config::toml_file::GivenProvider;
use crate::model::ProviderId;
use crate::secret::SecretString;

/// The settings of a provider that is known by its id.
struct Preset {
    id: &'static str,
    name: &'static str,
    kind: ProviderKind,
    issuer: &'static str,
    scopes: &'static [&'static str],
}

const OPENID: &[&str] = &["openid", "email", "profile"];

const PRESETS: [Preset; 3] = [
    Preset {
        id: "google",
        name: "Google",
        kind: ProviderKind::OpenId,
        issuer: "https://accounts.google.com",
        scopes: OPENID,
    },
    Preset {
        id: "microsoft",
        name: "Microsoft",
        kind: ProviderKind::OpenId,
        issuer: "https://login.microsoftonline.com/common/v2.0",
        scopes: OPENID,
    },
    Preset {
        id: "github",
        name: "GitHub",
        kind: ProviderKind::GitHub,
        issuer: "https://github.com",
        scopes: &["read:user", "user:email"],
    },
];

/// The maximum length of a provider's name, in characters, because it is shown on a button.
const MAX_NAME: usize = 40;

/// Returns the settings for logging in with other providers, and reports everything that is wrong with them.
pub(super) fn resolve(
    keys: &ProviderKeys,
    is_on: bool,
    settings: &Settings,
    review: &mut Review<'_>,
) -> Oauth {
    let mut oauth = Oauth {
        providers: Vec::new(),
        auto_link_verified_emails: keys.auto_link_verified_emails,
        enforce_mfa_on_oauth_signin: keys.enforce_mfa_on_oauth_signin,
        state_ttl_seconds: keys.state_ttl_seconds,
        completion_ttl_seconds: keys.completion_ttl_seconds,
    };
    for given in &review.layers.providers {
        match provider(given, &oauth.providers, settings, review.layers) {
            Ok(provider) => oauth.providers.push(provider),
            // If this is off, incomplete entries are allowed.
            Err(faults) if is_on => review.report.faults.extend(faults),
            Err(_) => {}
        }
    }
    google(keys, settings, &mut oauth, review);
    if !is_on {
        if !oauth.providers.is_empty() {
            let key = if review.layers.providers.is_empty() {
                "oauth.google_client_id"
            } else {
                "oauth.providers"
            };
            warn(key, "has no effect without enable_oauth = true", review);
        }
        oauth.providers.clear();
    } else if oauth.providers.is_empty() && review.layers.providers.is_empty() {
        let reason = "has no effect without a provider: add [[oauth.providers]], or oauth.google_client_id and its secret";
        review.warn("enable_oauth", reason);
    }
    oauth
}

fn warn(key: &str, reason: &str, review: &mut Review<'_>) {
    match review.layers.providers.first() {
        Some(first) if key == "oauth.providers" => {
            let fault = Fault::new(&first.layer, key, reason);
            review.report.warnings.push(fault);
        }
        _ => review.warn(key, reason),
    }
}

/// Adds the provider that the Python package's keys configure.
fn google(keys: &ProviderKeys, settings: &Settings, oauth: &mut Oauth, review: &mut Review<'_>) {
    let preset = &PRESETS[0];
    let id = ProviderId::from_stored(preset.id.to_owned());
    let (client_id, client_secret) = match (&keys.google_client_id, &keys.google_client_secret) {
        (Some(id), Some(secret)) => (id.clone(), secret.clone()),
        (None, None) => {
            if let Some(uri) = &keys.google_redirect_uri {
                let mut listed = oauth.providers.iter_mut();
                match listed.find(|provider| provider.id == id) {
                    Some(provider) => provider.redirect_uri.clone_from(uri),
                    None => review.warn(
                        "oauth.google_redirect_uri",
                        "has no effect without oauth.google_client_id",
                    ),
                }
            }
            return;
        }
        (Some(_), None) => {
            let reason = "has no effect without oauth.google_client_secret";
            return review.warn("oauth.google_client_id", reason);
        }
        (None, Some(_)) => {
            let reason = "has no effect without oauth.google_client_id";
            return review.warn("oauth.google_client_secret", reason);
        }
    };
    if oauth.provider(&id).is_some() {
        let reason = "must not be set if [[oauth.providers]] has an entry with the same id";
        return review.fault("oauth.google_client_id", reason);
    }
    let provider = Provider {
        name: preset.name.to_owned(),
        kind: preset.kind,
        issuer: preset.issuer.to_owned(),
        client_id,
        client_secret,
        scopes: owned(preset.scopes),
        redirect_uri: match &keys.google_redirect_uri {
            Some(uri) => uri.clone(),
            None => callback(settings, &id),
        },
        id,
    };
    // The first place, because it is the package's only button.
    oauth.providers.insert(0, provider);
}

fn owned(scopes: &[&str]) -> Vec<String> {
    scopes.iter().map(|scope| (*scope).to_owned()).collect()
}

fn callback(settings: &Settings, id: &ProviderId) -> String {
    let base = settings.identity.base_url.trim_end_matches('/');
    format!("{base}{}/oauth/{id}/callback", settings.pages.api_prefix)
}

/// Returns a provider, or everything that is wrong with its entry.
fn provider(
    given: &GivenProvider,
    others: &[Provider],
    settings: &Settings,
    layers: &Layers,
) -> Result<Provider, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |key: &str, reason: &str| {
        faults.push(Fault::new(
            &given.layer,
            format!("oauth.providers.{key}"),
            reason,
        ));
    };
    let text = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    let id = text(&given.id).and_then(|id| ProviderId::parse(&id));
    if let Some(reason) = id_fault(id.as_ref(), others) {
        fault("id", reason);
    }
    let preset = id
        .as_ref()
        .and_then(|id| PRESETS.iter().find(|preset| preset.id == id.as_str()));
    let kind = preset.map_or(ProviderKind::OpenId, |preset| preset.kind);
    let name = text(&given.name).or_else(|| preset.map(|preset| preset.name.to_owned()));
    let name = name.or_else(|| id.as_ref().map(ToString::to_string));
    let is_plain =
        |name: &String| name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if name.as_ref().is_some_and(|name| !is_plain(name)) {
        fault("name", "must be one line of at most 40 characters");
    }
    let issuer = text(&given.issuer).or_else(|| preset.map(|preset| preset.issuer.to_owned()));
    if let Some(reason) = issuer_fault(issuer.as_deref()) {
        fault("issuer", reason);
    }
    let client_id = text(&given.client_id);
    if client_id.is_none() {
        fault("client_id", "is missing: the provider's console shows it");
    }
    let scopes = given
        .scopes
        .clone()
        .unwrap_or_else(|| preset.map_or_else(|| owned(OPENID), |preset| owned(preset.scopes)));
    for reason in scope_faults(&scopes, kind) {
        fault("scopes", reason);
    }
    let client_secret = secret(given, layers)
        .map_err(|reason| fault("client_secret_env", &reason))
        .ok();
    match (id, name, issuer, client_id, client_secret) {
        (Some(id), Some(name), Some(issuer), Some(client_id), Some(client_secret))
            if faults.is_empty() =>
        {
            Ok(Provider {
                redirect_uri: callback(settings, &id),
                id,
                name,
                kind,
                issuer,
                client_id,
                client_secret,
                scopes,
            })
        }
        _ => Err(faults),
    }
}

fn id_fault(id: Option<&ProviderId>, others: &[Provider]) -> Option<&'static str> {
    match id {
        None => Some(
            "must be lower-case letters, digits, - and _, such as google: it becomes part of paths",
        ),
        // These ids would clash with other paths.
        Some(id) if matches!(id.as_str(), "providers" | "exchange") => {
            Some("must be another name: this one is a path in the API")
        }
        Some(id) if others.iter().any(|other| other.id == *id) => {
            Some("is already used by a provider above")
        }
        Some(_) => None,
    }
}

fn issuer_fault(issuer: Option<&str>) -> Option<&'static str> {
    match issuer {
        None => Some(
            "is missing: the issuer in the provider's discovery document, such as https://id.example.com",
        ),
        Some(issuer) if !is_issuer(issuer) => {
            Some("must be an https URL without user, query or fragment (http only on this machine)")
        }
        Some(_) => None,
    }
}

fn scope_faults(scopes: &[String], kind: ProviderKind) -> impl Iterator<Item = &'static str> {
    let lacks_openid =
        kind == ProviderKind::OpenId && !scopes.iter().any(|scope| scope == "openid");
    let is_malformed = !scopes.iter().all(|scope| is_scope(scope));
    [
        lacks_openid.then_some("must contain openid, and email if people sign up"),
        is_malformed.then_some("must be a list of words without spaces, quotes or backslashes"),
    ]
    .into_iter()
    .flatten()
}

/// Returns whether a text is a valid scope (RFC 6749, appendix A.4).
fn is_scope(scope: &str) -> bool {
    let is_good = |c: u8| matches!(c, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    !scope.is_empty() && scope.bytes().all(is_good)
}

/// Returns whether a text is a valid issuer (OpenID Connect Discovery §3). A server on this machine may use http, for
/// tests.
fn is_issuer(text: &str) -> bool {
    web_url(text).is_some_and(|url| {
        let is_safe = url.scheme() == "https" || is_loopback(&url);
        is_safe && url.query().is_none() && url.fragment().is_none()
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn secret(given: &GivenProvider, layers: &Layers) -> Result<SecretString, String> {
    let name = given.client_secret_env.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err("is missing: the name of the variable with the client secret".to_owned());
    }
    if !is_name(name) {
        return Err(
            "must be the name of the variable with the client secret, not the secret itself"
                .to_owned(),
        );
    }
    layers
        .variable(name)?
        .map(SecretString::from)
        .ok_or_else(|| {
            format!("names {name}, which is in neither the environment nor the secrets file")
        })
}
