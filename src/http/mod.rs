//! The HTTP interface: routes, extractors, errors, middleware, and the server that runs them.
//!
//! Parses requests into `model` types, calls one method of `accounts`, and renders the result. Makes no decisions about
//! accounts, and knows neither the database nor the terminal.

mod accept;
mod api;
mod browser;
mod browser_cookie;
mod chunks;
mod client_address;
mod console;
mod constant;
mod cookie;
mod cors;
mod docs;
mod error;
mod extract;
mod fault;
mod forwarded_request;
#[cfg(feature = "internals")]
pub mod fuzz;
mod health;
mod limits;
mod mailbox;
mod metrics;
mod middleware;
mod openapi;
mod pages;
mod qr;
mod refusals;
mod renewal;
mod serve;
mod sign_up;
mod well_known;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::{Extension, Router};
use serde_json::Value;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::app::{Ambient, App};
use crate::config::Settings;

pub(crate) use pages::has_built_in_file;

pub use error::ApiError;
pub use extract::{Admin, SignedIn};
pub use renewal::renew_sessions;
pub(crate) use serve::CONNECTION_BYTES;
pub use serve::{
    Listener, ServeError, bind, bind_metrics, check_tls, serve, serve_metrics, serve_with,
};

/// Returns all routes of `app`, to merge into your own axum application.
///
/// The client's address comes from [`axum::extract::ConnectInfo`]: serve the merged application with
/// `into_make_service_with_connect_info::<SocketAddr>()`, otherwise all clients count as one. Unknown paths under the API
/// prefix are answered in JSON, those under the prefix of the pages with a page. All other unknown paths are left to your
/// application.
///
/// Each request runs as a separate task and continues after its client has disconnected: call [`App::finish_requests`] after
/// your server has stopped.
pub fn router(app: &App) -> Router {
    build(app, routes(app))
}

/// Builds the router from all routes, with the middleware around every request.
fn build(app: &App, routes: Router<App>) -> Router {
    let middleware = Middleware {
        context: middleware::RequestContext::new(&app.settings, &app.ambient, &app.metrics),
        error_pages: pages::ErrorPages::new(app),
        tasks: middleware::RequestTasks {
            tasks: app.requests.clone(),
            time_limit: Duration::from_secs(app.settings.server.request_timeout_seconds),
        },
        trail: refusals::Trail(Arc::new(app.accounts.clone())),
        app: app.clone(),
    };
    routes
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(from_fn_with_state(Arc::new(middleware), run_middleware))
        .with_state(app.clone())
}

/// The middleware of every request, and what it needs.
struct Middleware {
    context: middleware::RequestContext,
    error_pages: pages::ErrorPages,
    tasks: middleware::RequestTasks,
    trail: refusals::Trail,
    app: App,
}

/// Runs all middleware around a request. It is one layer, because the router copies every layer of a route, and all
/// that is inside it, with each request.
async fn run_middleware(
    State(middleware): State<Arc<Middleware>>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(middleware.trail.clone());
    let app = middleware.app.clone();
    let handle = |request| renewal::renew_cookie(State(app), request, next);
    let in_task = |request| middleware.tasks.run(request, handle);
    let with_error_pages = |request| middleware.error_pages.run(request, in_task);
    middleware.context.run(request, with_error_pages).await
}

fn routes(app: &App) -> Router<App> {
    let (routes, _) = documented(&app.settings, &app.ambient).split_for_parts();
    routes
        .merge(docs::files())
        .merge(mailbox::router(app.ambient.mailbox.as_ref()))
        .merge(pages::router(app))
        .merge(console::router(app))
}

/// Returns the API document of an application.
fn document(app: &App) -> Value {
    let (_, document) = documented(&app.settings, &app.ambient).split_for_parts();
    openapi::complete(document, &app.settings)
}

/// Returns the routes that the API document describes.
fn documented(settings: &Settings, ambient: &Ambient) -> OpenApiRouter<App> {
    let mut api = api::router(settings, ambient).fallback(error::not_found);
    if let Some(cors) = cors::layer(settings) {
        let (routes, document) = api.split_for_parts();
        // Set before the layer: a fallback that is set later would replace it without the layer.
        let routes = routes
            .method_not_allowed_fallback(error::method_not_allowed)
            .layer(cors);
        api = OpenApiRouter::with_openapi(document).merge(routes.into());
    }
    let outside = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(openapi::document).layer(Extension(openapi::Rendered::default())))
        .routes(
            routes!(docs::page)
                .layer::<_, Infallible>(Extension(docs::Rendered::default()))
                .layer(CompressionLayer::new()),
        )
        .routes(routes!(well_known::key_set))
        .routes(routes!(well_known::metadata));
    match settings.pages.api_prefix.trim_end_matches('/') {
        "" => outside.merge(api),
        prefix => outside.nest(prefix, api),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::config::{Provider, ProviderKind};
    use crate::model::ProviderId;
    use crate::random::SeededRandom;

    fn document() -> Value {
        document_with(|_| ())
    }

    fn document_with(change: impl FnOnce(&mut Settings)) -> Value {
        let mut settings = Settings::default();
        settings.features.enable_admin_router = true;
        settings.features.enable_sms_2fa = true;
        settings.features.enable_totp = true;
        settings.features.enable_forward_auth = true;
        settings.oauth.providers.push(Provider {
            id: ProviderId::from_stored("idp".to_owned()),
            name: "IdP".to_owned(),
            kind: ProviderKind::OpenId,
            issuer: "https://idp.example".to_owned(),
            client_id: "regstack".to_owned(),
            client_secret: String::new().into(),
            scopes: Vec::new(),
            redirect_uri: String::new(),
        });
        change(&mut settings);
        let ambient = Ambient {
            random: Arc::new(SeededRandom::new(1)),
            ..Ambient::system()
        };
        let (_, document) = documented(&settings, &ambient).split_for_parts();
        openapi::complete(document, &settings)
    }

    #[test]
    fn the_api_may_be_at_the_root() {
        let document = document_with(|settings| settings.pages.api_prefix = String::new());
        for path in ["/login", "/.well-known/jwks.json", "/healthz"] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
    }

    /// Two routes for the same path would panic at startup.
    #[test]
    fn no_prefix_may_stand_on_a_route_of_another() {
        let paths = document()["paths"].as_object().unwrap().clone();
        let api = paths
            .keys()
            .filter(|path| path.starts_with("/api/auth/"))
            .map(|path| path.split('/').take(4).collect::<Vec<_>>().join("/"));
        let pages = pages::all_paths().map(|path| format!("/account{path}"));
        for path in api.chain(pages) {
            let sources = crate::config::Sources {
                environment: [("REGSTACK_STATIC_PREFIX".to_owned(), path.clone())].into(),
                ..crate::config::Sources::default()
            };
            let faults = crate::config::load(&sources).unwrap_err().faults;
            assert!(
                faults.iter().any(|fault| fault.key == "static_prefix"),
                "{path}"
            );
        }
    }

    #[test]
    fn the_document_states_the_limits_of_the_model() {
        let schemas = &document()["components"]["schemas"];
        let register = &schemas["RegisterRequest"];
        assert_eq!(register["additionalProperties"], false);
        assert_eq!(register["required"], json!(["email", "password"]));
        assert_eq!(register["properties"]["password"]["minLength"], 8);
        assert_eq!(register["properties"]["password"]["maxLength"], 128);
        assert_eq!(
            register["properties"]["full_name"]["type"],
            json!(["string", "null"])
        );
        assert_eq!(
            schemas["LoginRequest"]["properties"]["password"]["minLength"],
            1
        );
        assert_eq!(schemas["VerifyRequest"]["required"], json!(["token"]));
        assert_eq!(schemas["UpdateMeRequest"].get("required"), None);
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_every_content_an_example() {
        let document = document();
        let mut names = BTreeSet::new();
        let items = document["paths"].as_object().unwrap().values();
        for operation in items.flat_map(|item| item.as_object().unwrap().values()) {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} twice");
            let responses = operation["responses"].as_object().unwrap().values();
            let body = operation.get("requestBody");
            for holder in responses.chain(body) {
                for (_, content) in holder["content"].as_object().into_iter().flatten() {
                    assert!(content["schema"].is_object(), "{name}: {content}");
                    let example = content.get("example").or(content.get("examples"));
                    assert!(
                        example.is_some_and(|example| !example.is_null()),
                        "{name}: {content}"
                    );
                }
            }
        }
        let example = |path: &str, rest: &str| {
            let path = path.replace('/', "~1");
            document
                .pointer(&format!(
                    "/paths/{path}/{rest}/content/application~1json/example"
                ))
                .cloned()
                .unwrap()
        };
        assert_eq!(
            example("/api/auth/login", "post/requestBody"),
            json!({"email": "ada@example.com", "password": "correct horse battery staple"})
        );
        assert_eq!(
            example("/api/auth/admin/stats/series", "get/responses/200")["days"][0]["date"],
            "2026-11-23"
        );
    }

    fn operations(document: &Value) -> impl Iterator<Item = &Value> {
        let items = document["paths"].as_object().unwrap().values();
        items.flat_map(|item| item.as_object().unwrap().values())
    }

    /// Checks what linters of API documents require (Redocly's recommended rules; `tests/run --full` runs them).
    #[test]
    fn every_operation_says_who_may_use_it_and_how_it_refuses() {
        let document = document();
        let mut public = 0;
        for operation in operations(&document) {
            let security = operation["security"].as_array();
            public += usize::from(security.unwrap_or_else(|| panic!("{operation}")).is_empty());
            let mut statuses = operation["responses"].as_object().unwrap().keys();
            assert!(
                statuses.any(|status| status.starts_with('4')),
                "{operation}"
            );
            let summary = operation["summary"].as_str().unwrap();
            assert!(
                !summary.ends_with('.') && summary.len() < 60,
                "a short title, not {summary:?}"
            );
        }
        assert!(public > 8, "{public} routes are public");
    }

    #[test]
    fn answers_have_all_their_fields_and_say_always_only_of_constants() {
        let document = document();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let mut constants = 0;
        let mut absent = Vec::new();
        for (name, schema) in schemas {
            let fields = schema["properties"].as_object().into_iter().flatten();
            for (field, of) in fields {
                let always = of["description"]
                    .as_str()
                    .is_some_and(|text| text.contains("lways `"));
                assert_eq!(
                    always,
                    of.get("const").is_some(),
                    "{name}.{field} needs a type made by constant!"
                );
                constants += usize::from(always);
                let required = schema["required"].as_array();
                let required = required.is_some_and(|names| names.contains(&json!(field)));
                if !required && !name.ends_with("Request") {
                    absent.push(format!("{name}.{field}"));
                    let text = of["description"].as_str().unwrap_or_default();
                    assert!(
                        text.starts_with("Only with ") || text.starts_with("Only if "),
                        "{name}.{field} says when it is there"
                    );
                }
            }
        }
        assert!(constants > 6, "{constants} constants");
        // RFC 7662 omits fields without a value, and so has `MfaRequiredAnswer` since before 0.1; all other responses
        // use null.
        let expected = [
            "ActiveToken.aud",
            "MfaRequiredAnswer.delivery",
            "MfaRequiredAnswer.phone_hint",
        ];
        assert_eq!(absent, expected);
    }

    /// Returns the alternatives of a schema, which clients have to tell apart.
    fn variants<'a>(schema: &'a Value, schemas: &'a Value) -> Vec<&'a Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            return variants(&schemas[name], schemas);
        }
        match schema["oneOf"].as_array() {
            Some(several) => several
                .iter()
                .flat_map(|one| variants(one, schemas))
                .collect(),
            None => vec![schema],
        }
    }

    #[test]
    fn no_answer_fits_two_variants_of_its_schema() {
        let document = document();
        let schemas = &document["components"]["schemas"];
        let mut told_apart = 0;
        for (name, schema) in schemas.as_object().unwrap() {
            let variants = variants(schema, schemas);
            for (at, one) in variants.iter().enumerate() {
                for other in &variants[at + 1..] {
                    let differs = |one: &Value, other: &Value| {
                        let fields = one["properties"].as_object().into_iter().flatten();
                        fields.into_iter().any(|(field, of)| {
                            of.get("const").is_some()
                                && of["const"] != other["properties"][field]["const"]
                        })
                    };
                    assert!(
                        differs(one, other) || differs(other, one),
                        "{name}: {one} and {other}"
                    );
                    told_apart += 1;
                }
            }
        }
        assert!(told_apart >= 4, "{told_apart} pairs");
    }

    #[test]
    fn codes_are_enumerated_and_an_invalid_request_has_one_of_its_own() {
        let document = document();
        let schemas = &document["components"]["schemas"];
        let codes = schemas["ErrorCode"]["enum"].as_array().unwrap();
        for code in [
            "not_found",
            "wrong_password",
            "last_superuser",
            "code_budget_spent",
            "internal",
        ] {
            assert!(codes.contains(&json!(code)), "{code}");
        }
        assert!(!codes.contains(&json!("validation_error")));
        assert_eq!(
            schemas["ValidationProblem"]["properties"]["code"]["const"],
            "validation_error"
        );
        assert_eq!(
            schemas["Problem"]["properties"]["code"]["$ref"],
            "#/components/schemas/ErrorCode"
        );
    }

    #[test]
    fn parameters_are_never_null() {
        let document = document();
        let parameters = &document["paths"]["/api/auth/admin/users"]["get"]["parameters"];
        let limit = parameters
            .as_array()
            .unwrap()
            .iter()
            .find(|parameter| parameter["name"] == "limit")
            .unwrap();
        assert_eq!(
            limit["schema"],
            json!({"type": "integer", "minimum": 1, "maximum": 200})
        );
        assert_eq!(
            (&limit["in"], &limit["required"]),
            (&json!("query"), &json!(false))
        );
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str));
                    members
                        .values()
                        .for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.len() > 5);
        for reference in found {
            assert!(
                document
                    .pointer(reference.strip_prefix('#').unwrap())
                    .is_some(),
                "{reference}"
            );
        }
        assert_eq!(
            document["components"]["securitySchemes"]["bearer"]["scheme"],
            "bearer"
        );
        assert_eq!(
            document["paths"]["/api/auth/me"]["get"]["security"],
            json!([{ "bearer": [] }])
        );
    }
}
