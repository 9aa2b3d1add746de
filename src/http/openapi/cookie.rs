//! What the document says more where sessions travel in a cookie: of every route that needs one.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Response};

use super::describe;
use crate::http::cookie;
use crate::http::error::ApiError;

/// The name of the security scheme.
const COOKIE: &str = "cookie";

/// Says it.
pub(super) fn complete(document: &mut OpenApi) {
    let help = "The cookie that login sets. What changes something needs an `Origin` or `Sec-Fetch-Site` of this site.";
    let value = ApiKeyValue::with_description(cookie::NAME, help);
    document
        .components
        .get_or_insert_default()
        .add_security_scheme(COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(value)));
    for item in document.paths.paths.values_mut() {
        if let Some(read) = &mut item.get {
            open(read, vec![ApiError::ambiguous_credentials()]);
        }
        let writes = [
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for write in writes.into_iter().flatten() {
            let refusals = vec![ApiError::ambiguous_credentials(), ApiError::cross_site()];
            open(write, refusals);
        }
    }
}

/// Opens a route to the cookie, if a bearer token opens it.
fn open(operation: &mut Operation, refusals: Vec<ApiError>) {
    let Some(security) = &mut operation.security else {
        return;
    };
    security.push(SecurityRequirement::new(COOKIE, [""; 0]));
    let known = &mut operation.responses.responses;
    for (status, added) in describe(refusals) {
        match (known.get_mut(&status), added) {
            (Some(RefOr::T(response)), RefOr::T(added)) => merge(response, added),
            (_, added) => {
                known.insert(status, added);
            }
        }
    }
}

/// Adds the examples of a refusal to the others of its status.
fn merge(response: &mut Response, added: Response) {
    response.description = format!("{}, {}", response.description, added.description);
    for (kind, content) in added.content {
        if let (Some(RefOr::T(known)), RefOr::T(content)) =
            (response.content.get_mut(&kind), content)
        {
            known.examples.extend(content.examples);
        }
    }
}
