//! The mail queue and its dead letters; neither is made here.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::MessageAttributeValue;

use super::body;
use super::calls::{Calls, Refused, refused};
use super::urls::{Urls, at_endpoint};
use crate::adapters::aws::Clients;
use crate::adapters::aws::names::Names;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::mail_queue::{MailDepth, MailGauge, MailQueue};
use crate::ports::queues::{Delivery, Depth, Receipt};

/// A reason is a sentence, not a report.
const LONGEST_REASON: usize = 1024;

/// Received mail on SQS.
#[derive(Debug)]
pub struct SqsMail {
    calls: Calls,
    names: Names,
    urls: Urls,
    endpoint: Option<String>,
}

impl SqsMail {
    /// Over these clients.
    pub fn new(clients: &Clients, names: &Names) -> Self {
        Self {
            calls: Calls::new(clients),
            names: names.clone(),
            urls: Urls::default(),
            endpoint: clients.sdk.endpoint_url().map(str::to_owned),
        }
    }

    async fn url(&self, name: &str) -> Result<String, Fault> {
        if let Some(url) = self.urls.get(name) {
            return Ok(url);
        }
        let operation = "sqs.find_queue";
        let call = self.calls.client.get_queue_url().queue_name(name);
        let answer = call
            .send()
            .await
            .map_err(|error| missing(name, refused(operation)(error)))?;
        let nowhere = || Fault::new(operation, FaultKind::Broken, "AWS did not say where it is");
        let url = answer.queue_url.ok_or_else(nowhere)?;
        let url = at_endpoint(url, self.endpoint.as_deref());
        self.urls.keep(name.to_owned(), url.clone());
        Ok(url)
    }

    async fn depth_of(&self, name: &str) -> Result<Depth, Fault> {
        let url = self.url(name).await?;
        self.told(name, &url, self.calls.depth(&url).await)
    }

    /// What a call on a queue made of it; the next one looks for a queue that is gone.
    fn told<T>(&self, name: &str, url: &str, outcome: Result<T, Refused>) -> Result<T, Fault> {
        outcome.map_err(|refused| {
            if refused.no_queue {
                self.urls.forget(name, url);
            }
            missing(name, refused)
        })
    }
}

/// A mail queue that is not there is an operator's to make.
fn missing(name: &str, refused: Refused) -> Fault {
    if !refused.no_queue {
        return refused.fault;
    }
    let detail = format!(
        "there is no queue {name} (HERMES_MAIL_QUEUE, HERMES_MAIL_DEAD_LETTERS): `hermes provision` makes it"
    );
    Fault::new(refused.fault.operation, FaultKind::Broken, detail)
}

#[async_trait]
impl MailQueue for SqsMail {
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, Fault> {
        let name = self.names.mail_queue();
        let url = self.url(name).await?;
        self.told(name, &url, self.calls.receive(&url, max, wait).await)
    }

    async fn delete(&self, receipt: &Receipt) -> Result<bool, Fault> {
        let name = self.names.mail_queue();
        let url = self.url(name).await?;
        self.told(name, &url, self.calls.delete(&url, receipt).await)
    }

    async fn set_visibility(&self, receipt: &Receipt, visibility: Duration) -> Result<bool, Fault> {
        let name = self.names.mail_queue();
        let url = self.url(name).await?;
        self.told(name, &url, self.calls.hide(&url, receipt, visibility).await)
    }

    async fn bury(&self, delivery: &Delivery, reason: &str) -> Result<(), Fault> {
        let name = self.names.mail_dead_letters();
        let url = self.url(name).await?;
        let mut attributes = vec![(
            "receives",
            attribute("Number", delivery.receives.to_string())?,
        )];
        let reason = body::plain(reason, LONGEST_REASON);
        if !reason.is_empty() {
            attributes.push(("reason", attribute("String", reason)?));
        }
        let sent = self.calls.send(&url, &delivery.body, &attributes).await;
        self.told(name, &url, sent)?;
        self.delete(&delivery.receipt).await.map(drop)
    }
}

#[async_trait]
impl MailGauge for SqsMail {
    async fn depth(&self) -> Result<MailDepth, Fault> {
        Ok(MailDepth {
            waiting: self.depth_of(self.names.mail_queue()).await?,
            dead: self.depth_of(self.names.mail_dead_letters()).await?,
        })
    }
}

fn attribute(kind: &str, value: String) -> Result<MessageAttributeValue, Fault> {
    MessageAttributeValue::builder()
        .data_type(kind)
        .string_value(value)
        .build()
        .map_err(|error| Fault::new("sqs.send", FaultKind::Broken, error))
}
