//! Puts measurements into one namespace.

use async_trait::async_trait;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};

use crate::adapters::aws::names::METRIC_NAMESPACE;
use crate::adapters::aws::{Clients, fault};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::metric_sink::{Datum, MetricSink, Unit};

/// Most data in a call, and most values in a datum:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>.
const MAX_DATA: usize = 1000;
const MAX_VALUES: usize = 150;

/// CloudWatch, in [`METRIC_NAMESPACE`].
#[derive(Debug, Clone)]
pub struct CloudWatchSink {
    client: Client,
}

impl CloudWatchSink {
    /// A sink over these clients.
    pub fn new(clients: &Clients) -> Self {
        Self {
            client: clients.cloudwatch.clone(),
        }
    }
}

#[async_trait]
impl MetricSink for CloudWatchSink {
    async fn put(&self, at: Timestamp, data: &[Datum]) -> Result<(), Fault> {
        let data: Vec<MetricDatum> = data.iter().flat_map(|datum| of(at, datum)).collect();
        for batch in data.chunks(MAX_DATA) {
            self.client
                .put_metric_data()
                .namespace(METRIC_NAMESPACE)
                .set_metric_data(Some(batch.to_vec()))
                .send()
                .await
                .map_err(fault("cloudwatch.put_metric_data"))?;
        }
        Ok(())
    }
}

/// As many data as its values need.
fn of(at: Timestamp, datum: &Datum) -> impl Iterator<Item = MetricDatum> {
    let unit = match datum.unit {
        Unit::Count => StandardUnit::Count,
        Unit::Seconds => StandardUnit::Seconds,
    };
    let dimensions = datum
        .dimension
        .map(|(kind, value)| vec![Dimension::builder().name(kind).value(value).build()]);
    let whole = MetricDatum::builder()
        .metric_name(datum.name)
        .timestamp(DateTime::from_millis(at.as_millis()))
        .unit(unit)
        .set_dimensions(dimensions);
    datum.values.chunks(MAX_VALUES).map(move |values| {
        let datum = whole.clone();
        if let [(value, 1)] = values {
            return datum.value(*value).build();
        }
        let (values, counts) = values
            .iter()
            .map(|(value, count)| (*value, float(*count)))
            .unzip();
        datum
            .set_values(Some(values))
            .set_counts(Some(counts))
            .build()
    })
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_values_is_cut_to_what_a_datum_holds() {
        let at = Timestamp::from_secs(1);
        let datum = Datum {
            name: "AcceptToReplySeconds",
            dimension: None,
            unit: Unit::Seconds,
            values: (0..301_u32).map(|n| (f64::from(n), 2)).collect(),
        };
        let sizes: Vec<usize> = of(at, &datum).map(|datum| datum.values().len()).collect();
        assert_eq!(sizes, [150, 150, 1]);
        let one = Datum::one("QueueDepth", Unit::Count, 3.0).of("Queue", "mail");
        let made: Vec<MetricDatum> = of(at, &one).collect();
        assert_eq!((made.len(), made[0].value()), (1, Some(3.0)));
        assert_eq!(made[0].dimensions()[0].value(), Some("mail"));
    }
}
