//! The SES transport: sends the same MIME message as SMTP, through Amazon's API.

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage, VerificationStatus};
use tokio::sync::OnceCell;

use super::mail::{EmailTransport, Mail};
use super::mime::Sender;
use crate::config::{SesSettings, SettingError};
use crate::delivery::aws::{self, Access};
use crate::delivery::send_error::SendError;

/// Sends email through SES in one region.
pub(super) struct Ses {
    sender: Sender,
    access: Access,
    client: OnceCell<Client>,
}

impl Ses {
    /// Returns a transport that looks up its credentials and connects when it sends the first email.
    pub(super) fn new(sender: Sender, settings: &SesSettings) -> Result<Self, SettingError> {
        Ok(Self {
            sender,
            access: Access {
                region: settings.region.clone(),
                endpoint: settings.endpoint_url.clone(),
                credentials: settings.credentials.clone(),
                client: aws::client("email.backend")?,
            },
            client: OnceCell::new(),
        })
    }

    async fn client(&self) -> &Client {
        let make = async || Client::new(&self.access.config().await);
        self.client.get_or_init(make).await
    }

    fn service(&self) -> String {
        format!("SES in {}", self.access.region)
    }

    /// Returns whether SES has verified an email address or a domain as a sender, or `None` if the credentials don't
    /// permit the question.
    async fn may_send(&self, identity: &str) -> Result<Option<Identity>, SendError> {
        let request = self.client().await.get_email_identity();
        match request.email_identity(identity).send().await {
            Ok(known) => Ok(Some(match known.verification_status() {
                None | Some(VerificationStatus::Success) => Identity::Verified,
                Some(_) => Identity::Unverified,
            })),
            Err(error) if aws::is_forbidden(&error) => Ok(None),
            Err(error) if is_unknown(&error) => Ok(Some(Identity::Unknown)),
            Err(error) => {
                let error = aws::failure(&self.service(), &error, |_| false);
                Err(SendError::transient(&format!(
                    "{error} (email.ses_region, email.ses_profile, email.ses_access_key_id, email.ses_endpoint_url)"
                )))
            }
        }
    }
}

/// The state of a sender at SES.
#[derive(PartialEq, Eq)]
enum Identity {
    Verified,
    Unverified,
    Unknown,
}

#[async_trait]
impl EmailTransport for Ses {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = self.sender.message(mail)?;
        let unsendable =
            |fault| SendError::permanent(&format!("the email can't be composed: {fault}"));
        let raw = RawMessage::builder()
            .data(Blob::new(message.formatted()))
            .build()
            .map_err(unsendable)?;
        let request = self
            .client()
            .await
            .send_email()
            .from_email_address(self.sender.address().to_string())
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().raw(raw).build());
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| aws::failure(&self.service(), &error, is_refusal))
    }

    /// SES only supports ASCII before the `@` of a recipient.
    async fn takes_utf8(&self) -> Result<bool, SendError> {
        Ok(false)
    }

    async fn probe(&self) -> Result<String, SendError> {
        let address = self.sender.address();
        let mut identity = self.may_send(address.as_ref()).await?;
        if identity == Some(Identity::Unknown) {
            identity = self.may_send(address.domain()).await?;
        }
        let service = self.service();
        match identity {
            Some(Identity::Verified) => Ok(format!(
                "{service} accepts the login, and email.from_address is verified"
            )),
            None => Ok(format!(
                "{service} accepts the login; whether email.from_address is verified is unknown (ses:GetEmailIdentity isn't allowed)"
            )),
            Some(Identity::Unverified) => Err(SendError::permanent(&format!(
                "{service} accepts the login, but email.from_address ({address}) isn't verified yet"
            ))),
            Some(Identity::Unknown) => Err(SendError::permanent(&format!(
                "{service} accepts the login, but knows neither email.from_address ({address}) nor its domain: verify one of them there"
            ))),
        }
    }
}

fn is_unknown(error: &SdkError<GetEmailIdentityError>) -> bool {
    let answer = error.as_service_error();
    answer.is_some_and(GetEmailIdentityError::is_not_found_exception)
}

/// Returns whether SES refuses this message permanently.
fn is_refusal(error: &SendEmailError) -> bool {
    error.is_message_rejected() || error.is_bad_request_exception()
}
