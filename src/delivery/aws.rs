//! What SES and SNS share: how Amazon is reached, for how long, and what its failures mean. Knows neither mail nor SMS.

use std::error::Error;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sns::config::http::HttpResponse;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use super::send_error::SendError;
use super::text;
use crate::config::AwsCredentials;
use crate::secret::ExposeSecret as _;

/// How long a request may take, with finding out who asks.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// Who may ask, but not for this.
const FORBIDDEN: [&str; 3] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
];

/// Where Amazon is, and who asks.
pub(super) struct Access {
    pub(super) region: String,
    pub(super) endpoint: Option<String>,
    pub(super) credentials: AwsCredentials,
}

impl Access {
    /// Returns what a client is made of. Reads files at most: credentials are looked for with the first request.
    pub(super) async fn config(&self) -> SdkConfig {
        let region = Region::new(self.region.clone());
        let http = Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let limits = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_timeout(TIME_LIMIT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region.clone())
            .http_client(http.clone())
            // The outbox tries again, and writes down why.
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

/// What a failure means for the message. Only what `is_refusal` knows is about the message itself; all else is Amazon's or
/// the operator's to mend (credentials, permissions, quotas, the network), and the message waits until it is mended.
pub(super) fn failure<E>(
    service: &str,
    error: &SdkError<E, HttpResponse>,
    is_refusal: impl Fn(&E) -> bool,
) -> SendError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let Some(answer) = error.as_service_error() else {
        let causes = if lacks_credentials(error) {
            "no credentials were found".to_owned()
        } else {
            text::causes(error)
        };
        return SendError::transient(&format!("{service}: cannot be asked: {causes}"));
    };
    let code = answer.code().unwrap_or("an unknown error");
    let words = answer.message().unwrap_or_default();
    let said = format!("{code}: {words}");
    let said = said.trim_end_matches([':', ' ']);
    if is_refusal(answer) {
        SendError::permanent(&format!("{service}: refused: {said}"))
    } else {
        SendError::transient(&format!("{service}: not accepted: {said}"))
    }
}

/// Whether the answer was that whoever asked is known and may not ask this.
pub(super) fn is_forbidden<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    code.is_some_and(|code| FORBIDDEN.contains(&code))
}

/// Whether nobody could say who asks. The SDK names all the places where it looked, over many lines.
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
