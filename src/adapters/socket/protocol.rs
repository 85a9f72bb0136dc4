//! What goes over the socket: JSON in `POST` requests, answered with 200 or a [`Problem`].

use serde::{Deserialize, Serialize};

use crate::domain::blob::BlobId;
use crate::domain::ids::CommandId;
use crate::ports::queues::{Delivery, Receipt};

pub(super) const RECEIVE: &str = "/receive";
pub(super) const DELETE: &str = "/delete";
pub(super) const VISIBILITY: &str = "/visibility";
pub(super) const SEND: &str = "/send";
pub(super) const FILE: &str = "/file";

/// Longest request in bytes: the limit of SQS for one message.
pub(super) const MAX_BODY: usize = 1024 * 1024;

/// Most messages of one receive, as SQS has it.
pub(super) const MAX_MESSAGES: usize = 10;

/// Longest wait of one receive in seconds, as SQS has it.
pub(super) const MAX_WAIT_SECONDS: u64 = 20;

/// Longest time in seconds that a message may be hidden, as SQS has it (C22).
pub(super) const MAX_VISIBILITY_SECONDS: u64 = 12 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceiveRequest {
    pub(super) max: usize,
    pub(super) wait_seconds: u64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ReceiveAnswer {
    pub(super) messages: Vec<Message>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) body: String,
    pub(super) receipt: String,
    pub(super) receives: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DeleteRequest {
    pub(super) receipt: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct VisibilityRequest {
    pub(super) receipt: String,
    pub(super) seconds: u64,
}

/// Whether the receipt of a delete or a change of visibility was valid.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReceiptAnswer {
    pub(super) valid: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SendRequest {
    pub(super) body: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SendAnswer {}

/// A file that came with a command. It is answered with its bytes, or with 404 when it is none of the worker's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileRequest {
    pub(super) command_id: CommandId,
    pub(super) sha256: BlobId,
}

/// Why a request was not carried out; the status says what can be done about it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Problem {
    pub(super) detail: String,
}

impl From<Delivery> for Message {
    fn from(delivery: Delivery) -> Self {
        Self {
            body: delivery.body,
            receipt: delivery.receipt.0,
            receives: delivery.receives,
        }
    }
}

impl From<Message> for Delivery {
    fn from(message: Message) -> Self {
        Self {
            body: message.body,
            receipt: Receipt(message.receipt),
            receives: message.receives,
        }
    }
}
