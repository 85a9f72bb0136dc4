//! Several conditional writes, together or not at all.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;

use super::change::Change;
use super::read::Reader;
use crate::adapters::aws::fault::fault;
use crate::ports::fault::{Fault, FaultKind};

/// Why a transaction was not made.
#[derive(Debug)]
pub(in crate::adapters::aws::dynamo) enum Lost {
    /// The conditions of these changes, by their places, did not hold, or another transaction was at their items.
    Race(Vec<usize>),
    /// The backend failed.
    Fault(Fault),
}

/// Makes a transaction.
///
/// Its client token is the SDK's: made once for this call and sent again with each of the SDK's tries, so that a try whose
/// answer was lost is not made twice. A token made from the content alone would let two callers who decide the same thing
/// at once both believe that they had won.
pub(in crate::adapters::aws::dynamo) async fn transact(
    reader: &Reader,
    changes: Vec<Change>,
    operation: &'static str,
) -> Result<(), Lost> {
    let items = changes
        .into_iter()
        .map(|change| change.in_transaction(&reader.tables))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Lost::Fault(Fault::new(operation, FaultKind::Broken, error)))?;
    let answer = reader
        .client
        .transact_write_items()
        .set_transact_items(Some(items))
        .send()
        .await;
    let Err(error) = answer else {
        return Ok(());
    };
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    {
        match verdict(cancelled.cancellation_reasons()) {
            Verdict::Race(places) => return Err(Lost::Race(places)),
            Verdict::Throttled => {
                let mut fault = fault(operation)(error);
                fault.kind = FaultKind::Throttled;
                return Err(Lost::Fault(fault));
            }
            Verdict::Broken => {}
        }
    }
    Err(Lost::Fault(fault(operation)(error)))
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Race(Vec<usize>),
    Throttled,
    Broken,
}

/// What the reasons mean, of which there is one for each change. A broken condition counts before anything else: it
/// stays broken however often the same transaction is tried.
fn verdict(reasons: &[CancellationReason]) -> Verdict {
    let having = |codes: &[&str]| -> Vec<usize> {
        let reasons = reasons.iter().enumerate();
        let matching =
            reasons.filter(|(_, reason)| reason.code().is_some_and(|code| codes.contains(&code)));
        matching.map(|(place, _)| place).collect()
    };
    let races = having(&["ConditionalCheckFailed", "TransactionConflict"]);
    if !races.is_empty() {
        Verdict::Race(races)
    } else if !having(&["ThrottlingError", "ProvisionedThroughputExceeded"]).is_empty() {
        Verdict::Throttled
    } else {
        Verdict::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_apart() {
        let reasons = |codes: &[&str]| -> Vec<_> {
            let reason = |code: &&str| CancellationReason::builder().code(*code).build();
            codes.iter().map(reason).collect()
        };
        for (codes, expected) in [
            (
                &["None", "ConditionalCheckFailed"][..],
                Verdict::Race(vec![1]),
            ),
            (&["TransactionConflict", "None"], Verdict::Race(vec![0])),
            (
                &[
                    "ThrottlingError",
                    "ConditionalCheckFailed",
                    "TransactionConflict",
                ],
                Verdict::Race(vec![1, 2]),
            ),
            (&["None", "ThrottlingError"], Verdict::Throttled),
            (&["ProvisionedThroughputExceeded"], Verdict::Throttled),
            (&["ValidationError", "None"], Verdict::Broken),
            (&["ItemCollectionSizeLimitExceeded"], Verdict::Broken),
            (&[], Verdict::Broken),
        ] {
            assert_eq!(verdict(&reasons(codes)), expected, "{codes:?}");
        }
    }
}
