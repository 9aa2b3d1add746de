//! The SNS transport: sends SMS through Amazon's API, as transactional messages.

use async_trait::async_trait;
use aws_sdk_sns::Client;
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use tokio::sync::OnceCell;

use super::message::{Sms, SmsTransport};
use crate::config::{AwsCredentials, SettingError, SnsSettings};
use crate::delivery::aws::{self, Access};
use crate::delivery::send_error::SendError;

/// Sends SMS through SNS in one region, with Amazon's default credential chain.
pub(super) struct Sns {
    from: Option<MessageAttribute>,
    access: Access,
    client: OnceCell<Client>,
}

/// The name and value of an SNS message attribute.
type MessageAttribute = (&'static str, MessageAttributeValue);

impl Sns {
    /// Returns a transport that looks up its credentials and connects when it sends the first SMS.
    pub(super) fn new(settings: &SnsSettings) -> Result<Self, SettingError> {
        Ok(Self {
            from: settings.from.as_deref().map(|from| {
                let name = if from.contains(char::is_alphabetic) {
                    "AWS.SNS.SMS.SenderID"
                } else {
                    "AWS.MM.SMS.OriginationNumber"
                };
                (name, text(from))
            }),
            access: Access {
                region: settings.region.clone(),
                endpoint: settings.endpoint_url.clone(),
                credentials: AwsCredentials::Default,
                client: aws::client("sms.backend")?,
            },
            client: OnceCell::new(),
        })
    }

    async fn client(&self) -> &Client {
        let make = async || Client::new(&self.access.config().await);
        self.client.get_or_init(make).await
    }

    fn service(&self) -> String {
        format!("SNS in {}", self.access.region)
    }
}

#[async_trait]
impl SmsTransport for Sns {
    async fn send(&self, sms: &Sms) -> Result<(), SendError> {
        let mut request = self
            .client()
            .await
            .publish()
            .phone_number(sms.to.as_str())
            .message(&sms.text)
            .message_attributes("AWS.SNS.SMS.SMSType", text("Transactional"));
        if let Some((name, value)) = &self.from {
            request = request.message_attributes(*name, value.clone());
        }
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| aws::failure(&self.service(), &error, is_refusal))
    }

    async fn probe(&self) -> Result<String, SendError> {
        let request = self.client().await.get_sms_attributes();
        let service = self.service();
        match request.send().await {
            Ok(_) => Ok(format!("{service} accepts the login")),
            Err(error) if aws::is_forbidden(&error) => Ok(format!(
                "{service} accepts the login; whether it may send is unknown (sns:GetSMSAttributes isn't allowed)"
            )),
            Err(error) => {
                let error = aws::failure(&service, &error, |_| false);
                Err(SendError::transient(&format!(
                    "{error} (sms.sns_region, sms.sns_endpoint_url, AWS credentials of the environment)"
                )))
            }
        }
    }
}

fn text(value: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(value)
        .build()
        .expect("it has a type")
}

/// Returns whether SNS refuses this message permanently: the phone number is invalid or has opted out.
fn is_refusal(error: &PublishError) -> bool {
    error.is_invalid_parameter_exception()
        || error.is_invalid_parameter_value_exception()
        || error.is_validation_exception()
}
