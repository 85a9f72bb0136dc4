//! The three queues of each container.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::types::QueueAttributeName;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::attributes::{Attributes, of_dead_letters, tags, with_redrive};
use super::body;
use super::calls::{Calls, Refused, refused};
use super::urls::{Urls, at_endpoint};
use crate::adapters::aws::Clients;
use crate::adapters::aws::ecs::QueueUrls;
use crate::adapters::aws::names::Names;
use crate::domain::ids::ContainerId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt};

/// Queues that are counted at once.
const COUNTED_AT_ONCE: usize = 16;

/// Queues of containers on SQS, each made when it is first used (C25).
#[derive(Debug)]
pub struct SqsQueues {
    calls: Calls,
    names: Names,
    urls: Urls,
    endpoint: Option<String>,
}

impl SqsQueues {
    /// Over these clients.
    pub fn new(clients: &Clients, names: Names) -> Self {
        Self {
            calls: Calls::new(clients),
            names,
            urls: Urls::default(),
            endpoint: clients.sdk.endpoint_url().map(str::to_owned),
        }
    }

    /// The URL of a queue, which is made if it does not exist.
    pub async fn url(&self, queue: &QueueName) -> Result<String, Fault> {
        let name = self.names.queue(queue);
        if let Some(url) = self.urls.get(&name) {
            return Ok(url);
        }
        let url = match self.find(&name).await? {
            Some(url) => url,
            None => self.make(queue, &name).await?,
        };
        self.urls.keep(name, url.clone());
        Ok(url)
    }

    async fn find(&self, name: &str) -> Result<Option<String>, Fault> {
        let call = self.calls.client.get_queue_url().queue_name(name);
        match call.send().await.map_err(refused("sqs.find_queue")) {
            Ok(answer) => Ok(answer.queue_url.map(|url| self.reachable(url))),
            Err(refused) if refused.no_queue => Ok(None),
            Err(refused) => Err(refused.fault),
        }
    }

    /// Makes a queue, and before it the dead letters to which it leads.
    async fn make(&self, queue: &QueueName, name: &str) -> Result<String, Fault> {
        let attributes = match queue.direction {
            Direction::Dead => of_dead_letters(),
            Direction::Input | Direction::Output => {
                let dead = QueueName::dead(queue.container.clone());
                let dead = Box::pin(self.url(&dead)).await?;
                with_redrive(&self.arn(&dead).await?)
            }
        };
        let url = self.create(queue, name, attributes).await?;
        tracing::info!(container.id = %queue.container, "made the queue {name}");
        Ok(url)
    }

    async fn create(
        &self,
        queue: &QueueName,
        name: &str,
        attributes: Attributes,
    ) -> Result<String, Fault> {
        let answer = self
            .calls
            .client
            .create_queue()
            .queue_name(name)
            .set_attributes(Some(attributes))
            .set_tags(Some(tags(queue, self.names.prefix())))
            .send()
            .await
            .map_err(|error| refused("sqs.create_queue")(error).fault)?;
        let url = answer.queue_url.ok_or_else(|| no_url("sqs.create_queue"))?;
        Ok(self.reachable(url))
    }

    async fn arn(&self, url: &str) -> Result<String, Fault> {
        let call = self.calls.client.get_queue_attributes().queue_url(url);
        let answer = call
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await
            .map_err(|error| refused("sqs.arn_of_queue")(error).fault)?;
        let mut attributes = answer.attributes.unwrap_or_default();
        let arn = attributes.remove(&QueueAttributeName::QueueArn);
        arn.ok_or_else(|| no_url("sqs.arn_of_queue"))
    }

    fn reachable(&self, url: String) -> String {
        at_endpoint(url, self.endpoint.as_deref())
    }

    /// Makes a call on a queue, and once more when the queue was deleted behind our back.
    async fn on<T, F>(
        &self,
        queue: &QueueName,
        call: impl Fn(String) -> F + Send,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Refused>> + Send,
    {
        let url = self.url(queue).await?;
        match call(url.clone()).await {
            Err(refused) if refused.no_queue => {
                tracing::warn!(container.id = %queue.container, "the queue {queue} is gone, making it again");
                self.urls.forget(&self.names.queue(queue), &url);
                let url = self.url(queue).await?;
                Ok(call(url).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// What waits in a queue, none if there is no such queue: counting makes none.
    async fn count(&self, queue: QueueName) -> Result<Depth, Fault> {
        let name = self.names.queue(&queue);
        let url = match self.urls.get(&name) {
            Some(url) => Some(url),
            None => self.find(&name).await?,
        };
        let Some(url) = url else {
            return Ok(Depth::default());
        };
        match self.calls.depth(&url).await {
            Ok(depth) => {
                self.urls.keep(name, url);
                Ok(depth)
            }
            Err(refused) if refused.no_queue => {
                self.urls.forget(&name, &url);
                Ok(Depth::default())
            }
            Err(refused) => Err(refused.fault),
        }
    }
}

fn no_url(operation: &'static str) -> Fault {
    Fault::new(operation, FaultKind::Broken, "AWS did not say where it is")
}

#[async_trait]
impl QueueUrls for SqsQueues {
    async fn url(&self, queue: &QueueName) -> Result<String, Fault> {
        Self::url(self, queue).await
    }
}

#[async_trait]
impl Queues for SqsQueues {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        let body = &body::fit("sqs.send", body)?;
        self.on(queue, |url| async move {
            self.calls.send(&url, body, &[]).await
        })
        .await
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        self.on(queue, |url| async move {
            self.calls.receive(&url, max, wait).await
        })
        .await
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        self.on(queue, |url| async move {
            self.calls.delete(&url, receipt).await
        })
        .await
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        self.on(queue, |url| async move {
            self.calls.hide(&url, receipt, visibility).await
        })
        .await
    }

    async fn delete_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
    ) -> Result<Vec<bool>, Fault> {
        self.on(queue, |url| async move {
            self.calls.delete_all(&url, receipts).await
        })
        .await
    }

    async fn set_visibility_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<Vec<bool>, Fault> {
        self.on(queue, |url| async move {
            self.calls.hide_all(&url, receipts, visibility).await
        })
        .await
    }

    async fn depth(&self, direction: Direction, of: &[ContainerId]) -> Result<Depth, Fault> {
        let mut counts = Vec::with_capacity(of.len());
        for container in of {
            counts.push(self.count(QueueName {
                container: container.clone(),
                direction,
            }));
        }
        // not all there ever were: that would be a call for each container that sleeps
        stream::iter(counts)
            .buffer_unordered(COUNTED_AT_ONCE)
            .try_fold(Depth::default(), |sum, one| async move { Ok(sum + one) })
            .await
    }

    async fn probe(&self) -> Result<(), Fault> {
        self.find(self.names.mail_queue()).await.map(drop)
    }
}
