//! What SES and SNS have in common: the client, its credentials and time limit, and the meaning of errors. Independent
//! of mail and SMS.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sns::config::SharedHttpClient;
use aws_sdk_sns::config::http::{HttpRequest, HttpResponse};
use aws_sdk_sns::error::{ConnectorError, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use axum::body::Bytes;
use axum::http::{Request, header};
use http_body_util::Full;

use super::http_client::HttpClient;
use super::send_error::{RetryAfter, SendError};
use super::text;
use crate::config::{AwsCredentials, SettingError};
use crate::secret::ExposeSecret as _;

/// The time limit of a request, including the search for credentials.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Error codes that say that the credentials are valid, but don't permit the request.
const FORBIDDEN: [&str; 3] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
];

/// The region, endpoint and credentials for Amazon.
pub(super) struct Access {
    pub(super) region: String,
    pub(super) endpoint: Option<String>,
    pub(super) credentials: AwsCredentials,
    pub(super) client: HttpClient,
}

/// Returns an HTTP client for Amazon. If it can't be created, the error names `setting`.
pub(super) fn client(setting: &'static str) -> Result<HttpClient, SettingError> {
    HttpClient::new(TIME_LIMIT).map_err(|reason| SettingError::new(setting, reason))
}

/// Lets the SDK use our HTTP client.
#[derive(Clone)]
struct Http(HttpClient);

impl Http {
    fn shared(self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self);
        http_client_fn(move |_, _| connector.clone())
    }

    async fn call(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x();
        let request = request.map_err(|fault| ConnectorError::user(fault.into()))?;
        let (head, body) = request.into_parts();
        let body = body.bytes().map(Bytes::copy_from_slice);
        let body = body.ok_or_else(|| ConnectorError::user("the body is a stream".into()))?;
        let request = Request::from_parts(head, Full::new(body));
        let answer = self.0.request(request).await.map_err(|error| {
            let is_slow = error.is_slow;
            let make = if is_slow {
                ConnectorError::timeout
            } else {
                ConnectorError::io
            };
            make(error.into())
        })?;
        let mut response = HttpResponse::new(answer.status.into(), answer.body.into());
        for (name, value) in &answer.headers {
            // The SDK only takes header values that are text.
            if let Ok(value) = value.to_str() {
                let (name, value) = (name.as_str().to_owned(), value.to_owned());
                response.headers_mut().append(name, value);
            }
        }
        Ok(response)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().call(request))
    }
}

impl Access {
    /// Returns the configuration for a client. Reads at most files: credentials are only looked up with the first
    /// request.
    pub(super) async fn config(&self) -> SdkConfig {
        let region = Region::new(self.region.clone());
        let http = Http(self.client.clone()).shared();
        let limits = TimeoutConfig::builder()
            .operation_timeout(TIME_LIMIT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region.clone())
            .http_client(http.clone())
            // The outbox retries, and records the errors.
            .retry_config(RetryConfig::disabled())
            .timeout_config(limits);
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        match &self.credentials {
            AwsCredentials::Default => {}
            AwsCredentials::Profile(name) => {
                let how = ProviderConfig::without_region()
                    .with_region(Some(region))
                    .with_http_client(http);
                let profile = ProfileFileCredentialsProvider::builder()
                    .configure(&how)
                    .profile_name(name)
                    .build();
                loader = loader.profile_name(name).credentials_provider(profile);
            }
            AwsCredentials::AccessKey { id, secret } => {
                let (id, secret) = (id.expose_secret(), secret.expose_secret());
                let key = Credentials::new(id, secret, None, None, "configuration");
                loader = loader.credentials_provider(key);
            }
        }
        Box::pin(loader.load()).await
    }
}

/// Returns what a failed request means for the message. Only the errors that `is_refusal` accepts are about the message
/// itself. All others are for Amazon or the operator to fix (credentials, permissions, quotas, the network), so the
/// message waits until they are fixed.
pub(super) fn failure<E>(
    service: &str,
    error: &SdkError<E, HttpResponse>,
    is_refusal: impl Fn(&E) -> bool,
) -> SendError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let answered = error.raw_response();
    if answered.is_some_and(|answer| answer.status().is_success()) {
        let reason = format!("{service}: accepted it, but its answer can't be read");
        return SendError::unconfirmed(&reason);
    }
    let Some(answer) = error.as_service_error() else {
        let causes = if lacks_credentials(error) {
            "no credentials were found".to_owned()
        } else {
            text::causes(error)
        };
        return SendError::transient(&format!("{service}: can't be reached: {causes}"));
    };
    let code = answer.code().unwrap_or("an unknown error");
    let words = answer.message().unwrap_or_default();
    let said = format!("{code}: {words}");
    let said = said.trim_end_matches([':', ' ']);
    if is_refusal(answer) {
        SendError::permanent(&format!("{service}: refused: {said}"))
    } else {
        let wait = answered.and_then(|answer| answer.headers().get(header::RETRY_AFTER.as_str()));
        let wait = wait.and_then(RetryAfter::parse);
        SendError::transient(&format!("{service}: not accepted: {said}")).after(wait)
    }
}

/// Returns whether the request was denied although its credentials are valid.
pub(super) fn is_forbidden<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    code.is_some_and(|code| FORBIDDEN.contains(&code))
}

/// Returns whether no credentials were found. The SDK's own message lists all the places where it looked, on many
/// lines.
fn lacks_credentials(error: &(dyn Error + 'static)) -> bool {
    let mut beneath = Some(error);
    while let Some(cause) = beneath {
        if let Some(CredentialsError::CredentialsNotLoaded(_)) = cause.downcast_ref() {
            return true;
        }
        beneath = cause.source();
    }
    false
}
