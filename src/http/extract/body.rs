//! Request bodies: limited in size and time, JSON only, with all faults reported together.

use std::pin::pin;

use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use tokio::time::timeout_at;
use zeroize::Zeroizing;

use super::access::AccessCheck;
use super::fields::{Fields, Request};
use super::json;
use crate::http::error::ApiError;
use crate::http::fault::{self, Fault, Location};
use crate::http::middleware::BodyDeadline;
#[cfg(feature = "internals")]
use crate::secret::ExposeSecret as _;

/// The maximum size of a body, in bytes.
pub(in crate::http) const MAX_BODY_BYTES: usize = 64 * 1024;

/// A JSON body, read as `T`.
#[derive(Debug)]
pub(in crate::http) struct Body<T>(pub(in crate::http) T);

/// An optional JSON body: without one, all fields are absent.
#[derive(Debug)]
pub(in crate::http) struct OptionalBody<T>(pub(in crate::http) T);

impl<S: Sync, T: Request> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: HttpRequest, _: &S) -> Result<Self, ApiError> {
        read(request, true).await.map(Self)
    }
}

impl<S: Sync, T: Request> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: HttpRequest, _: &S) -> Result<Self, ApiError> {
        read(request, false).await.map(Self)
    }
}

async fn read<T: Request>(request: HttpRequest, may_be_empty: bool) -> Result<T, ApiError> {
    const KIND: BodyKind = BodyKind {
        fits: is_json,
        refusal: ApiError::unsupported_media_type,
    };
    let (mut parts, bytes) = read_whole(request, &KIND).await?;
    if let Some(check) = parts.extensions.get::<AccessCheck>().cloned() {
        check.repeat(&mut parts).await?;
    }
    let text = if may_be_empty && bytes.is_empty() {
        b"{}".as_slice()
    } else {
        &bytes
    };
    let json::Object(members) =
        json::parse(text).map_err(|fault| ApiError::invalid(vec![fault]))?;
    Fields::read(Location::Body, members).map_err(ApiError::invalid)
}

/// The members of a body, for fuzz targets.
#[cfg(feature = "internals")]
pub(in crate::http) struct Members(json::Object);

#[cfg(feature = "internals")]
impl Members {
    pub(in crate::http) fn of(bytes: &[u8]) -> Result<Self, Fault> {
        json::parse(bytes).map(Self)
    }

    /// Reads the bytes as the body of a request.
    pub(in crate::http) fn read<T: Request>(bytes: &[u8]) -> Result<T, Vec<Fault>> {
        let json::Object(members) = json::parse(bytes).map_err(|fault| vec![fault])?;
        Fields::read(Location::Body, members)
    }

    pub(in crate::http) fn names(&self) -> Vec<&str> {
        let names = self.0.0.iter();
        names.map(|(name, _)| name.as_str()).collect()
    }

    pub(in crate::http) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.0.iter().filter_map(|(_, value)| match value {
            json::Value::Text(text) => Some(text.expose_secret()),
            _ => None,
        })
    }
}

/// The content type that a route accepts, and the error for others.
pub(super) struct BodyKind {
    pub(super) fits: fn(&HeaderMap) -> bool,
    pub(super) refusal: fn() -> ApiError,
}

/// Reads the whole body if it has the right content type and arrives in time.
pub(super) async fn read_whole(
    request: HttpRequest,
    kind: &BodyKind,
) -> Result<(Parts, Zeroizing<Vec<u8>>), ApiError> {
    let deadline = request.extensions().get::<BodyDeadline>().copied();
    let (parts, body) = request.into_parts();
    let bytes = match deadline {
        Some(BodyDeadline(deadline)) => timeout_at(deadline, collect(&parts.headers, body, kind))
            .await
            .unwrap_or_else(|_| Err(ApiError::request_timeout()))?,
        None => collect(&parts.headers, body, kind).await?,
    };
    Ok((parts, bytes))
}

/// Reads the bytes of the body into memory that is wiped when dropped: they may contain a password.
async fn collect(
    headers: &HeaderMap,
    body: axum::body::Body,
    kind: &BodyKind,
) -> Result<Zeroizing<Vec<u8>>, ApiError> {
    let announced = body.size_hint();
    if announced.lower() > MAX_BODY_BYTES as u64 {
        return Err(ApiError::body_too_large(MAX_BODY_BYTES));
    }
    let is_absent = body.is_end_stream() && !headers.contains_key(header::CONTENT_TYPE);
    if !is_absent && !(kind.fits)(headers) {
        return Err((kind.refusal)());
    }
    // Allocates the maximum size at once: a buffer that grows leaves copies in memory.
    let capacity = announced
        .upper()
        .and_then(|bytes| usize::try_from(bytes).ok())
        .unwrap_or(MAX_BODY_BYTES);
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    let mut body = pin!(body);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            ApiError::invalid(vec![Fault::whole(
                Location::Body,
                fault::kind::JSON_INVALID,
                "the body is incomplete",
            )])
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > MAX_BODY_BYTES {
            return Err(ApiError::body_too_large(MAX_BODY_BYTES));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Returns whether the content type is `application/json`, or a type based on it (RFC 6839). Parameters are ignored,
/// because the text has to be UTF-8 anyway.
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use axum::Router;
    use axum::body::{Body as RawBody, Bytes};
    use axum::http::{Request as HttpRequest, StatusCode};
    use axum::routing::post;
    use hyper::body::{Frame, SizeHint};
    use serde_json::{Value, json};
    use tokio::time::{Instant, timeout};
    use tower::ServiceExt as _;

    use super::super::{Patch, request};
    use super::*;
    use crate::model::{Email, FullName, NewPassword, ProofToken};

    request! {
        /// A body with a field of every kind.
        Everything {
            /// Required.
            email: Email,
            /// Required.
            password: NewPassword,
            /// Optional.
            token: Option<ProofToken>,
            /// Optional.
            full_name: Patch<Option<FullName>>,
        }
    }

    /// A body that arrives in an unusual way.
    enum Strange {
        /// This many KiB of spaces, without an announced length.
        Spaces(usize),
        /// Nothing, although this length is announced.
        Silence(u64),
    }

    impl hyper::body::Body for Strange {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match &mut *self {
                Self::Spaces(0) => Poll::Ready(None),
                Self::Spaces(rest) => {
                    *rest -= 1;
                    Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 1024])))))
                }
                Self::Silence(_) => Poll::Pending,
            }
        }

        fn size_hint(&self) -> SizeHint {
            match self {
                Self::Spaces(_) => SizeHint::default(),
                Self::Silence(bytes) => SizeHint::with_exact(*bytes),
            }
        }
    }

    async fn seen(Body(all): Body<Everything>) -> String {
        assert!(all.token.is_none());
        format!(
            "{} {} {:?}",
            all.email,
            all.password.as_password().expose(),
            all.full_name.0
        )
    }

    async fn send(request: HttpRequest<RawBody>) -> (StatusCode, Value) {
        let answer = Router::new().route("/", post(seen)).oneshot(request);
        let answer = timeout(Duration::from_secs(10), answer)
            .await
            .expect("an answer comes")
            .unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into()),
        )
    }

    /// Returns a JSON request whose body has this much time to arrive.
    fn request(body: impl Into<RawBody>, milliseconds: u64) -> HttpRequest<RawBody> {
        let request = HttpRequest::post("/").header("content-type", "application/json");
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(BodyDeadline(
            Instant::now() + Duration::from_millis(milliseconds),
        ));
        request
    }

    async fn post_json(body: impl Into<RawBody>) -> (StatusCode, Value) {
        send(request(body, 5000)).await
    }

    /// Returns `field type` for each fault, sorted by position.
    fn faults(answer: &Value) -> Vec<String> {
        assert_eq!(answer["code"], "validation_error", "{answer}");
        let line = |fault: &Value| {
            assert_eq!(fault["loc"][0], "body");
            assert!(fault["msg"].as_str().is_some_and(|msg| !msg.is_empty()));
            format!(
                "{} {}",
                fault["loc"][1].as_str().unwrap_or("-"),
                fault["type"].as_str().unwrap()
            )
        };
        answer["detail"]
            .as_array()
            .unwrap()
            .iter()
            .map(line)
            .collect()
    }

    #[tokio::test]
    async fn all_faults_of_a_body_are_named_together() {
        let body = json!({ "email": "nobody", "password": "short", "token": 1, "full_name": "x".repeat(201), "is_superuser": true });
        let (status, answer) = post_json(body.to_string()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            faults(&answer),
            [
                "email value_error",
                "password string_too_short",
                "token string_type",
                "full_name string_too_long",
                "is_superuser extra_forbidden"
            ]
        );
        let (_, answer) = post_json("{}").await;
        assert_eq!(faults(&answer), ["email missing", "password missing"]);
        let (_, answer) =
            post_json(json!({ "email": null, "password": "x".repeat(129) }).to_string()).await;
        assert_eq!(
            faults(&answer),
            ["email string_type", "password string_too_long"]
        );
    }

    #[tokio::test]
    async fn absent_null_and_empty_differ_where_they_should() {
        for (name, expected) in [
            ("", "None"),
            (r#","full_name":null"#, "Some(None)"),
            (r#","full_name":"""#, "Some(None)"),
            (r#","full_name":"A""#, r#"Some(Some(FullName("A")))"#),
        ] {
            let (status, answer) = post_json(format!(r#"{{"email":"A@b.example","password":"p\u0000ss \u00e9\ud83e\udd80 ","token":null{name}}}"#)).await;
            assert_eq!(
                (status, answer.as_str().unwrap()),
                (
                    StatusCode::OK,
                    format!("a@b.example p\0ss é🦀  {expected}").as_str()
                )
            );
        }
    }

    #[tokio::test]
    async fn what_is_no_json_object_is_one_fault_of_the_body() {
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        let half = &deep[15_000..45_000];
        let deep_inside = format!(r#"{{"email":{half},"password":{half}}}"#);
        let bad: [&[u8]; 14] = [
            b"",
            b" ",
            b"{",
            b"[]",
            b"null",
            b"\"canary\"",
            b"{\"email\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
            b"{} {}",
            br#"{"email":NaN}"#,
            br#"{"email":1e999}"#,
            br#"{"email":"\ud800"}"#,
            b"{'email':1}",
            deep.as_bytes(),
        ];
        for body in bad {
            let (status, answer) = post_json(body.to_vec()).await;
            assert_eq!(
                status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                String::from_utf8_lossy(&body[..body.len().min(40)])
            );
            assert_eq!(faults(&answer), ["- json_invalid"]);
        }
        let (status, answer) = post_json(deep_inside).await;
        assert_eq!(
            (status, faults(&answer)),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                vec!["email string_type".into(), "password string_type".into()]
            )
        );
    }

    #[tokio::test]
    async fn a_field_given_twice_is_refused() {
        let (status, answer) = post_json(
            r#"{"email":"a@b.example","password":"long enough","pass\u0077ord":"long enough"}"#,
        )
        .await;
        assert_eq!(
            (status, faults(&answer)),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                vec!["password value_error".into()]
            )
        );
    }

    #[tokio::test]
    async fn nothing_that_was_sent_is_repeated() {
        let long = "Canary-".repeat(5000);
        for body in [
            json!({ "email": "Canary-1", "password": "Canary-", "token": "Canary-".repeat(1000), "full_name": long }).to_string(),
            json!({ "Canary-1": "Canary-2", long: 1 }).to_string(),
            "Canary-3".to_owned(),
            "{\"email\":\"Canary-4".to_owned(),
        ] {
            let (status, answer) = post_json(body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!answer.to_string().contains("Canary"), "{answer}");
        }
        let many: serde_json::Map<_, _> = (0..3000)
            .map(|number| {
                (
                    format!(
                        "f{}{}",
                        "x".repeat(number % 30),
                        "y".repeat(number / 30 % 9)
                    ),
                    json!(1),
                )
            })
            .collect();
        let (_, answer) = post_json(Value::from(many).to_string()).await;
        assert!(
            answer.to_string().len() < 2000,
            "a long list of fields does not make a long answer"
        );
    }

    #[tokio::test]
    async fn bodies_over_64_kib_are_refused_before_and_while_reading() {
        let announced = RawBody::new(Strange::Silence(MAX_BODY_BYTES as u64 + 1));
        let (status, answer) = post_json(announced).await;
        assert_eq!(
            (status, answer["code"].as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, Some("body_too_large"))
        );
        let (status, _) = post_json(RawBody::new(Strange::Spaces(65))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let (status, answer) = post_json(vec![b' '; MAX_BODY_BYTES]).await;
        assert_eq!(
            (status, faults(&answer)),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                vec!["- json_invalid".into()]
            )
        );
    }

    #[tokio::test]
    async fn only_json_is_taken() {
        let with = |content_type: Option<&'static str>, body: &'static str| {
            let request = HttpRequest::post("/");
            let request = content_type.into_iter().fold(request, |request, value| {
                request.header("content-type", value)
            });
            send(request.body(body.into()).unwrap())
        };
        for other in [
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("application/jsonx"),
            Some(""),
            None,
        ] {
            let (status, answer) = with(other, "{}").await;
            assert_eq!(
                (status, answer["code"].as_str()),
                (
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    Some("unsupported_media_type")
                ),
                "{other:?}"
            );
        }
        for json in [
            Some("application/json"),
            Some("APPLICATION/JSON; charset=utf-8"),
            Some("application/merge-patch+json"),
        ] {
            assert_eq!(
                with(json, "{}").await.0,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{json:?}"
            );
        }
        assert_eq!(
            faults(&with(None, "").await.1),
            ["- json_invalid"],
            "no body at all"
        );
    }

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_a_408() {
        let (status, answer) = send(request(RawBody::new(Strange::Silence(7)), 5)).await;
        assert_eq!(
            (status, answer["code"].as_str()),
            (StatusCode::REQUEST_TIMEOUT, Some("request_timeout"))
        );
    }
}
