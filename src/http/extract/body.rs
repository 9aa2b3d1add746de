//! The request's body: bounded in size and time, JSON only, all faults named together.

use std::pin::pin;

use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::time::timeout_at;
use zeroize::Zeroizing;

use super::fields::{Fields, Request};
use super::{Fault, kind};
use crate::http::error::ApiError;
use crate::http::middleware::BodyDeadline;

/// The largest body that is read, in bytes.
pub(in crate::http) const MOST_BYTES: usize = 64 * 1024;

/// A body that was read as `T`.
#[derive(Debug)]
pub(in crate::http) struct Body<T>(pub(in crate::http) T);

impl<S: Sync, T: Request> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: HttpRequest, _: &S) -> Result<Self, ApiError> {
        let deadline = request.extensions().get::<BodyDeadline>().copied();
        let (parts, body) = request.into_parts();
        let bytes = match deadline {
            Some(BodyDeadline(deadline)) => timeout_at(deadline, collect(&parts.headers, body))
                .await
                .unwrap_or_else(|_| Err(ApiError::slow_body()))?,
            None => collect(&parts.headers, body).await?,
        };
        Fields::read(&bytes).map(Self).map_err(ApiError::invalid)
    }
}

/// The bytes of the body, wiped when dropped: they may hold a password.
async fn collect(
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<Zeroizing<Vec<u8>>, ApiError> {
    let announced = body.size_hint();
    if announced.lower() > MOST_BYTES as u64 {
        return Err(ApiError::body_too_large(MOST_BYTES));
    }
    if !is_json(headers) && !(body.is_end_stream() && !headers.contains_key(header::CONTENT_TYPE)) {
        return Err(ApiError::unsupported_media_type());
    }
    // As large as it can get from the start: a buffer that grows leaves copies behind.
    let capacity = announced
        .upper()
        .and_then(|bytes| usize::try_from(bytes).ok())
        .unwrap_or(MOST_BYTES);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    let mut body = pin!(body);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            ApiError::invalid(vec![Fault::in_body(
                kind::JSON_INVALID,
                "the body ended before it was whole",
            )])
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > MOST_BYTES {
            return Err(ApiError::body_too_large(MOST_BYTES));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// `application/json`, or a type built on it (RFC 6839); parameters do not matter, as the text must be UTF-8 anyway.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(essence) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
    else {
        return false;
    };
    let essence = essence.trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}
