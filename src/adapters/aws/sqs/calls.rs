//! The calls on one queue, in the words of the port.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry,
    DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName,
    QueueAttributeName,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::attributes::LONG_POLL_SECONDS;
use crate::adapters::aws::{Clients, classify, fault};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{Delivery, Depth, Receipt, VISIBILITY};

/// Most messages of one call.
const BATCH: usize = 10;
/// After a queue was deleted, its name is not free for so long.
const NAME_IS_TAKEN: Duration = Duration::from_mins(1);

/// A call that was not carried out.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) fault: Fault,
    /// There is no such queue, or none yet: SQS needs a second to know a new one everywhere.
    pub(super) no_queue: bool,
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        refused.fault
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            no_queue: false,
        }
    }
}

/// Turns an error of a call on a queue into what it means here.
pub(super) fn refused<E>(
    operation: &'static str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> Refused
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    move |error| {
        let no_queue = says(&error, &["NonExistentQueue", "QueueDoesNotExist"]);
        let recently = says(&error, &["QueueDeletedRecently"]);
        let mut fault = fault(operation)(error);
        if no_queue {
            fault.kind = FaultKind::Transient; // the next call makes it
        }
        if recently {
            fault.retry_after = Some(NAME_IS_TAKEN);
        }
        Refused { fault, no_queue }
    }
}

/// Whether an answer has one of these codes, in the older protocol's spelling too.
fn says<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>, codes: &[&str]) -> bool {
    let answer = error.as_service_error();
    answer
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| is_one_of(code, codes))
}

fn is_one_of(code: &str, codes: &[&str]) -> bool {
    let code = code.rsplit('.').next().unwrap_or(code);
    codes.contains(&code)
}

/// Whether an answer says that a receipt is void, as opposed to any other trouble.
fn is_void(code: Option<&str>, message: Option<&str>) -> bool {
    let about_receipt = || {
        let message = message.unwrap_or_default().to_ascii_lowercase();
        message.contains("receipthandle") || message.contains("receipt handle")
    };
    code.is_some_and(|code| {
        is_one_of(code, &["ReceiptHandleIsInvalid", "MessageNotInflight"])
            || code.contains("InvalidParameterValue") && about_receipt()
    })
}

/// Calls on queues by their URLs.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    pub(super) client: Client,
    polls: Client,
}

impl Calls {
    pub(super) fn new(clients: &Clients) -> Self {
        Self {
            client: clients.sqs.clone(),
            polls: clients.sqs_polls.clone(),
        }
    }

    pub(super) async fn send(
        &self,
        url: &str,
        body: &str,
        attributes: &[(&str, MessageAttributeValue)],
    ) -> Result<(), Refused> {
        let mut call = self.client.send_message().queue_url(url).message_body(body);
        for (name, value) in attributes {
            call = call.message_attributes(*name, value.clone());
        }
        call.send().await.map_err(refused("sqs.send"))?;
        Ok(())
    }

    /// A wait is at least a second: a poll that does not wait asks only some of SQS' servers, and may miss what is there.
    pub(super) async fn receive(
        &self,
        url: &str,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Refused> {
        if max == 0 {
            return Ok(Vec::new());
        }
        let seconds = whole_seconds(wait).clamp(1, LONG_POLL_SECONDS);
        let answer = self
            .polls
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(small(max.min(BATCH) as u64))
            .wait_time_seconds(small(seconds))
            .visibility_timeout(small(VISIBILITY.as_secs()))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await
            .map_err(refused("sqs.receive"))?;
        let messages = answer.messages.unwrap_or_default();
        Ok(messages.into_iter().filter_map(delivery).collect())
    }

    /// Removes one message.
    pub(super) async fn delete(&self, url: &str, receipt: &Receipt) -> Result<bool, Refused> {
        if receipt.0.is_empty() {
            return Ok(false);
        }
        let call = self.client.delete_message().queue_url(url);
        let done = call.receipt_handle(&receipt.0).send().await;
        unless_void(done.map(drop), "sqs.delete")
    }

    /// Removes many, ten a call.
    pub(super) async fn delete_all(
        &self,
        url: &str,
        receipts: &[Receipt],
    ) -> Result<Vec<bool>, Refused> {
        let mut results = Results::of("sqs.delete", receipts);
        for part in results.parts() {
            let entry = |at: &usize| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .receipt_handle(results.receipt(*at))
                    .build()
                    .map_err(unbuilt)
            };
            let entries = part.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
            let call = self.client.delete_message_batch().queue_url(url);
            let answer = call.set_entries(Some(entries)).send().await;
            match answer.map_err(refused("sqs.delete")) {
                Ok(answer) => results.note(&answer.failed),
                Err(refused) => results.failed(refused),
            }
        }
        results.finish()
    }

    /// Hides one message.
    pub(super) async fn hide(
        &self,
        url: &str,
        receipt: &Receipt,
        time: Duration,
    ) -> Result<bool, Refused> {
        if receipt.0.is_empty() {
            return Ok(false);
        }
        let call = self.client.change_message_visibility().queue_url(url);
        let done = call
            .receipt_handle(&receipt.0)
            .visibility_timeout(small(whole_seconds(time)))
            .send()
            .await;
        unless_void(done.map(drop), "sqs.set_visibility")
    }

    /// Hides many, ten a call.
    pub(super) async fn hide_all(
        &self,
        url: &str,
        receipts: &[Receipt],
        time: Duration,
    ) -> Result<Vec<bool>, Refused> {
        let mut results = Results::of("sqs.set_visibility", receipts);
        for part in results.parts() {
            let entry = |at: &usize| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(at.to_string())
                    .receipt_handle(results.receipt(*at))
                    .visibility_timeout(small(whole_seconds(time)))
                    .build()
                    .map_err(unbuilt)
            };
            let entries = part.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
            let call = self.client.change_message_visibility_batch().queue_url(url);
            let answer = call.set_entries(Some(entries)).send().await;
            match answer.map_err(refused("sqs.set_visibility")) {
                Ok(answer) => results.note(&answer.failed),
                Err(refused) => results.failed(refused),
            }
        }
        results.finish()
    }

    /// What SQS counts, up to a minute late.
    pub(super) async fn depth(&self, url: &str) -> Result<Depth, Refused> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(url)
            .set_attribute_names(Some(names.to_vec()))
            .send()
            .await
            .map_err(refused("sqs.depth"))?;
        let attributes = answer.attributes.unwrap_or_default();
        let [visible, in_flight] = names.map(|name| {
            let number = attributes.get(&name).and_then(|text| text.parse().ok());
            number.unwrap_or_default()
        });
        Ok(Depth { visible, in_flight })
    }
}

fn unless_void<E>(
    done: Result<(), SdkError<E, HttpResponse>>,
    operation: &'static str,
) -> Result<bool, Refused>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match done {
        Ok(()) => Ok(true),
        Err(error) => {
            let void = error
                .as_service_error()
                .is_some_and(|answer| is_void(answer.code(), answer.message()));
            if void {
                Ok(false)
            } else {
                Err(refused(operation)(error))
            }
        }
    }
}

fn unbuilt(error: aws_sdk_sqs::error::BuildError) -> Refused {
    Fault::new("sqs.batch", FaultKind::Broken, error).into()
}

/// What became of the messages of a batch.
struct Results<'a> {
    operation: &'static str,
    receipts: &'a [Receipt],
    valid: Vec<bool>,
    trouble: Option<Refused>,
}

impl<'a> Results<'a> {
    fn of(operation: &'static str, receipts: &'a [Receipt]) -> Self {
        Self {
            operation,
            receipts,
            valid: receipts.iter().map(|r| !r.0.is_empty()).collect(),
            trouble: None,
        }
    }

    /// Which receipts go into which call; SQS refuses a whole call for one that is empty.
    fn parts(&self) -> Vec<Vec<usize>> {
        let asked = self.valid.iter().enumerate();
        let asked: Vec<usize> = asked
            .filter(|(_, asked)| **asked)
            .map(|(at, _)| at)
            .collect();
        asked.chunks(BATCH).map(<[usize]>::to_vec).collect()
    }

    fn receipt(&self, at: usize) -> &'a str {
        self.receipts.get(at).map_or("", |receipt| &receipt.0)
    }

    /// Takes in the part of a batch that failed.
    fn note(&mut self, failed: &[BatchResultErrorEntry]) {
        for entry in failed {
            if is_void(Some(&entry.code), entry.message.as_deref()) {
                let at = entry.id.parse::<usize>().ok();
                if let Some(valid) = at.and_then(|at| self.valid.get_mut(at)) {
                    *valid = false;
                }
            } else {
                self.failed(self.fault_of(entry).into());
            }
        }
    }

    fn fault_of(&self, entry: &BatchResultErrorEntry) -> Fault {
        let status = if entry.sender_fault { 400 } else { 500 };
        let kind = classify(Some(&entry.code), status);
        let message = entry.message.as_deref().unwrap_or("no message");
        let detail = format!(
            "AWS did it for a part of a batch only; for another it answered {}: {message}",
            entry.code
        );
        Fault::new(self.operation, kind, detail)
    }

    /// The first trouble is told, after all were tried.
    fn failed(&mut self, refused: Refused) {
        self.trouble.get_or_insert(refused);
    }

    fn finish(self) -> Result<Vec<bool>, Refused> {
        match self.trouble {
            Some(refused) => Err(refused),
            None => Ok(self.valid),
        }
    }
}

fn delivery(message: Message) -> Option<Delivery> {
    let attributes = message.attributes.unwrap_or_default();
    let receives = attributes
        .get(&MessageSystemAttributeName::ApproximateReceiveCount)
        .and_then(|count| count.parse().ok());
    Some(Delivery {
        body: message.body.unwrap_or_default(),
        receipt: Receipt(message.receipt_handle?),
        receives: receives.unwrap_or(1),
    })
}

/// Rounds up: what was to be hidden is not shown too early.
fn whole_seconds(duration: Duration) -> u64 {
    let more = u64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(more)
}

/// Seconds and counts as SQS takes them; 12 hours are the longest.
fn small(number: u64) -> i32 {
    /// The longest that SQS hides a message.
    const MOST: u64 = 12 * 60 * 60;
    i32::try_from(number.min(MOST)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_void_receipt_is_told_from_other_trouble() {
        for (code, message, void) in [
            ("ReceiptHandleIsInvalid", "", true),
            ("AWS.SimpleQueueService.MessageNotInflight", "", true),
            (
                "InvalidParameterValue",
                "Value x for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
                true,
            ),
            (
                "InvalidParameterValue",
                "Value -1 for parameter VisibilityTimeout is invalid.",
                false,
            ),
            ("InternalError", "receipt handle", false),
        ] {
            assert_eq!(is_void(Some(code), Some(message)), void, "{code} {message}");
        }
    }

    #[test]
    fn what_failed_of_a_batch_is_told() {
        let failed = |id: &str, code: &str, sender_fault| {
            BatchResultErrorEntry::builder()
                .id(id)
                .code(code)
                .sender_fault(sender_fault)
                .build()
                .unwrap()
        };
        let receipts: Vec<_> = ["a", "", "b", "c"]
            .map(|text| Receipt(text.to_owned()))
            .into();
        let mut results = Results::of("sqs.delete", &receipts);
        assert_eq!(results.parts(), [[0, 2, 3]]);
        results.note(&[failed("2", "ReceiptHandleIsInvalid", true)]);
        assert_eq!(results.valid, [true, false, false, true]);
        results.note(&[failed("3", "InternalError", false)]);
        let fault = Fault::from(results.finish().unwrap_err());
        assert_eq!(fault.kind, FaultKind::Transient);
        assert!(fault.source.to_string().contains("InternalError"));
        let many = vec![Receipt("x".to_owned()); 25];
        let parts = Results::of("sqs.delete", &many).parts();
        let sizes: Vec<_> = parts.iter().map(Vec::len).collect();
        assert_eq!(sizes, [10, 10, 5]);
    }

    #[test]
    fn seconds_are_rounded_up_and_bounded() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::ZERO), 0);
        assert_eq!(small(u64::MAX), 43_200);
    }
}
