//! Hands mails to SES.

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};

use super::once::AnsweredOnly;
use super::trouble::Trouble;
use crate::adapters::aws::Clients;
use crate::config::AwsSettings;
use crate::domain::mail::MessageId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::mailer::{Mailer, MailerError, OutgoingMail};

/// The most that SES v2 takes, in bytes as they are sent (E7).
const MAX_MAIL: usize = 40 * 1024 * 1024;

/// The tag by which events of SES name the answer that they are about.
const REPLY_TAG: &str = "hermes-reply";

/// Sends by `SendEmail`, from the identity that the mail's sender belongs to.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    region: String,
    configuration_set: Option<String>,
}

impl SesMailer {
    /// A mailer of the region and configuration set in the settings.
    pub fn new(clients: &Clients, settings: &AwsSettings) -> Self {
        let config = clients.ses.config().to_builder();
        Self {
            client: Client::from_conf(config.retry_classifier(AnsweredOnly).build()),
            region: settings.region.clone(),
            configuration_set: settings.configuration_set.clone(),
        }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError> {
        if mail.raw.len() > MAX_MAIL {
            let size = mail.raw.len();
            return Err(MailerError::Rejected(format!(
                "it has {size} bytes, and SES takes {MAX_MAIL} at most"
            )));
        }
        let tag = tag(mail.id.as_str()).map_err(not_built)?;
        let raw = RawMessage::builder().data(Blob::new(mail.raw)).build();
        let content = EmailContent::builder().raw(raw.map_err(not_built)?).build();
        let sent = self
            .client
            .send_email()
            .from_email_address(&mail.from)
            .destination(
                Destination::builder()
                    .set_to_addresses(Some(mail.to))
                    .build(),
            )
            .content(content)
            .set_email_tags(tag.map(|tag| vec![tag]))
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        match sent {
            // the mail is out; that it has no name changes nothing for its reader
            Ok(sent) => Ok(sent.message_id.unwrap_or_default()),
            Err(error) => {
                let trouble = Trouble {
                    region: &self.region,
                    configuration_set: self.configuration_set.as_deref(),
                    sender: &mail.from,
                };
                Err(trouble.explain(error))
            }
        }
    }

    fn replaced_id(&self, sent_id: &str) -> Option<MessageId> {
        // https://docs.aws.amazon.com/ses/latest/dg/header-fields.html: Message-ID
        let domain = match self.region.as_str() {
            "us-east-1" => "email.amazonses.com".to_owned(),
            region => format!("{region}.amazonses.com"),
        };
        let id = match sent_id {
            "" => return None,
            whole if whole.contains('@') => whole.to_owned(),
            bare => format!("{bare}@{domain}"),
        };
        id.parse().ok()
    }
}

/// Values of tags have letters, digits, dashes and underscores only; an id with others goes without.
fn tag(id: &str) -> Result<Option<MessageTag>, BuildError> {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !id.chars().all(letters) {
        return Ok(None);
    }
    MessageTag::builder()
        .name(REPLY_TAG)
        .value(id)
        .build()
        .map(Some)
}

fn not_built(error: BuildError) -> MailerError {
    Fault::new("ses.send_email", FaultKind::Broken, error).into()
}
