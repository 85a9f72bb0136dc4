//! Tables and mail queues, by the modules that own them.

use super::super::dynamo::schema::{Difference, Inspection, inspect};
use super::super::sqs::check_mail_queues;
use super::facts::{Facts, Reason};
use crate::domain::check::Check;

/// A row for each table that is right, and for each thing about the others that is not.
pub(super) async fn tables(facts: &Facts) -> Vec<Check> {
    let inspections = inspect(&facts.clients.dynamodb, &facts.names).await;
    let region = &facts.settings().region;
    inspections
        .into_iter()
        .flat_map(|inspection| table(inspection, region))
        .collect()
}

fn table(Inspection { name, found }: Inspection, region: &str) -> Vec<Check> {
    let name = format!("table {name}");
    let differences = match found {
        Ok(differences) if differences.is_empty() => {
            return vec![Check::ok(name, "keys, indexes, expiry and recovery")];
        }
        Ok(differences) => differences,
        Err(fault) => {
            return vec![Reason::from(fault).unknown(
                name,
                "dynamodb:DescribeTable, DescribeTimeToLive and DescribeContinuousBackups",
            )];
        }
    };
    let row = |difference: &Difference| {
        let name = name.clone();
        if *difference == Difference::Missing {
            Check::wrong(
                name,
                format!("there is none in {region}"),
                format!("{}; or set AWS_REGION to where it is", difference.fix()),
            )
        } else {
            Check::wrong(name, difference.to_string(), difference.fix())
        }
    };
    differences.iter().map(row).collect()
}

/// The mail queue and its dead letters; queues of containers are made on first use.
pub(super) async fn queues(facts: &Facts) -> Vec<Check> {
    check_mail_queues(&facts.clients.sqs, facts.settings()).await
}
