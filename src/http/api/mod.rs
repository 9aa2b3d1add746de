//! The routes under the API prefix, one file per resource.

mod admin;
mod delete_account;
mod email;
mod forward_auth;
mod introspect;
mod login;
mod me;
mod mfa;
mod oauth;
mod own_data;
mod passkey_options;
mod passkeys;
mod password;
mod phone;
mod register;
mod sessions;
mod verify;

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::error::ApiError;
use super::limits::{Limiter, Spared, enforce};
use super::openapi;
use super::well_known;
use crate::app::{Ambient, App};
use crate::config::{Features, RateLimit, RouteLimits, Settings};

/// A success.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    /// A sentence for people.
    #[schema(value_type = String, example = "done")]
    message: &'static str,
}

impl Message {
    /// Returns the response for an action that is complete.
    fn done(message: &'static str) -> Json<Self> {
        Json(Self { message })
    }

    /// Returns the response for a request that was accepted, without telling its result.
    fn accepted(message: &'static str) -> (StatusCode, Json<Self>) {
        (StatusCode::ACCEPTED, Self::done(message))
    }
}

/// Returns all enabled routes, with their limits per client address.
pub(super) fn router(settings: &Settings, ambient: &Ambient) -> OpenApiRouter<App> {
    let (limits, defaults) = (&settings.guessing.limits, RouteLimits::default());
    let limited = |(schemas, mut paths, routes): UtoipaMethodRouter<App>,
                   limit: fn(&RouteLimits) -> &Option<RateLimit>| {
        for (_, operation) in openapi::operations(&mut paths) {
            let refusal = ApiError::rate_limited(12);
            openapi::describe(&mut operation.responses.responses, [refusal]);
        }
        let is_default = limit(limits) == limit(&defaults);
        let spared = match (is_default, settings.identity.behind_proxy) {
            (false, _) => Spared::Nobody,
            (true, true) => Spared::Crowd,
            (true, false) => Spared::Near,
        };
        let limit = limit(limits).as_ref();
        let limit = limit.filter(|_| !settings.guessing.rate_limit_disabled);
        let limiter = Limiter::new(limit, spared, &ambient.clock);
        let route = paths.paths.keys().next().cloned().unwrap_or_default();
        let is_login = route.starts_with("/login");
        let name = Some(route).filter(|_| settings.guessing.shared_rate_limits);
        let limiter = limiter.map(|limiter| if is_login { limiter.telling() } else { limiter });
        let limiter = limiter.map(|limiter| Arc::new(limiter.shared_as(name)));
        let routes = match limiter {
            Some(limiter) => routes.layer(from_fn_with_state(limiter, enforce)),
            None => routes,
        };
        (schemas, paths, routes)
    };
    let mut router = OpenApiRouter::new()
        .routes(limited(routes!(register::register), |limits| {
            &limits.register
        }))
        .routes(limited(routes!(verify::verify), |limits| &limits.verify))
        .routes(limited(routes!(verify::resend_verification), |limits| {
            &limits.resend_verification
        }))
        .routes(limited(routes!(login::login), |limits| &limits.login))
        .routes(routes!(login::logout))
        .routes(routes!(me::show, me::change))
        .routes(limited(routes!(own_data::export), |limits| {
            &limits.export_data
        }))
        .routes(routes!(introspect::introspect))
        .merge(sessions::router(&settings.tokens))
        .routes(limited(routes!(password::change_password), |limits| {
            &limits.change_password
        }))
        .routes(limited(routes!(email::change_email), |limits| {
            &limits.change_email
        }))
        .routes(limited(routes!(email::confirm_email_change), |limits| {
            &limits.confirm_email_change
        }))
        .routes(limited(routes!(email::undo_email_change), |limits| {
            &limits.confirm_email_change
        }));
    if !settings.pages.api_prefix.is_empty() {
        router = with_well_known(router);
    }
    let features = &settings.features;
    if features.enable_password_reset {
        router = router
            .routes(limited(routes!(password::forgot_password), |limits| {
                &limits.forgot_password
            }))
            .routes(limited(routes!(password::reset_password), |limits| {
                &limits.reset_password
            }));
    }
    router = second_factors(router, features, &limited);
    if features.enable_passkeys {
        router = with_passkeys(router, features, &limited);
    }
    if !settings.oauth.providers.is_empty() {
        router = router
            .routes(routes!(oauth::providers))
            .routes(limited(routes!(oauth::start), |limits| &limits.oauth_start))
            .routes(routes!(oauth::callback))
            .routes(limited(routes!(oauth::exchange), |limits| {
                &limits.oauth_exchange
            }))
            .routes(routes!(oauth::link_start))
            .routes(routes!(oauth::unlink));
    }
    if features.enable_account_deletion {
        router = router.routes(limited(routes!(delete_account::delete_account), |limits| {
            &limits.delete_account
        }));
    }
    if features.enable_forward_auth {
        // Some proxies use the method of the request that they ask about.
        router = router
            .routes(routes!(forward_auth::ask))
            .route("/forward-auth", any(forward_auth::ask));
    }
    if features.enable_admin_router {
        router = router.merge(admin::router(features));
    }
    router
}

/// Adds what is under `/.well-known` of the site, for host applications that have their own.
fn with_well_known(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router
        .route("/.well-known/jwks.json", get(well_known::key_set))
        .route(
            "/.well-known/oauth-authorization-server",
            get(well_known::metadata),
        )
}

/// Adds the routes of passkeys.
fn with_passkeys(
    mut router: OpenApiRouter<App>,
    features: &Features,
    limited: &impl Fn(
        UtoipaMethodRouter<App>,
        fn(&RouteLimits) -> &Option<RateLimit>,
    ) -> UtoipaMethodRouter<App>,
) -> OpenApiRouter<App> {
    // Nothing else answers mailed links, either.
    if features.enable_password_reset {
        router = router
            .routes(limited(routes!(passkeys::link_start), |limits| {
                &limits.reset_password
            }))
            .routes(limited(routes!(passkeys::link_finish), |limits| {
                &limits.reset_password
            }));
    }
    router
        .routes(limited(routes!(passkeys::start), |limits| {
            &limits.passkey_change
        }))
        .routes(limited(routes!(passkeys::finish), |limits| {
            &limits.passkey_change
        }))
        .routes(routes!(passkeys::list))
        .routes(routes!(passkeys::rename))
        .routes(limited(routes!(passkeys::remove), |limits| {
            &limits.passkey_change
        }))
        .routes(limited(routes!(passkeys::login_start), |limits| {
            &limits.passkey_login_start
        }))
        .routes(limited(routes!(passkeys::login_finish), |limits| {
            &limits.passkey_login
        }))
}

/// Adds the routes of the second factors that are enabled.
fn second_factors(
    mut router: OpenApiRouter<App>,
    features: &Features,
    limited: &impl Fn(
        UtoipaMethodRouter<App>,
        fn(&RouteLimits) -> &Option<RateLimit>,
    ) -> UtoipaMethodRouter<App>,
) -> OpenApiRouter<App> {
    if features.enable_sms_2fa || features.enable_totp {
        router = router
            .routes(limited(routes!(login::mfa_confirm), |limits| {
                &limits.login_mfa_confirm
            }))
            .routes(routes!(mfa::show))
            .routes(limited(routes!(mfa::recovery_codes), |limits| {
                &limits.mfa_change
            }));
    }
    if features.enable_totp {
        router = router
            .routes(limited(routes!(mfa::totp_start), |limits| {
                &limits.mfa_change
            }))
            .routes(limited(routes!(mfa::totp_confirm), |limits| {
                &limits.totp_confirm
            }))
            .routes(limited(routes!(mfa::totp_disable), |limits| {
                &limits.mfa_change
            }));
    }
    if features.enable_sms_2fa {
        router = router
            .routes(limited(routes!(login::mfa_send), |limits| {
                &limits.login_mfa_confirm
            }))
            .routes(limited(routes!(phone::phone_start), |limits| {
                &limits.phone_start
            }))
            .routes(limited(routes!(phone::phone_confirm), |limits| {
                &limits.phone_confirm
            }))
            .routes(limited(routes!(phone::phone_disable), |limits| {
                &limits.phone_disable
            }));
    }
    router
}
