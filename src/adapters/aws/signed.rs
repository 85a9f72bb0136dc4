//! Signed calls of the services that doctor asks a question or two, without an SDK client for each.
//!
//! The SDK's crates for IAM and EC2 take minutes to build. These calls are few, read only, and tried once: an answer that
//! does not come is a row of doctor's table.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap};
use reqwest::{Client, Url};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use serde_json::Value;

use super::fault::classify;
use crate::config::AwsSettings;
use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};

/// Longest wait for a connection, as of the SDK's clients.
const CONNECT: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(10);

/// What is said when nobody gave credentials.
pub(super) const NO_CREDENTIALS: &str = "there are no credentials";

/// A service, and how it wants to be asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// What its hosts begin with.
    host: &'static str,
    /// Its name in signatures.
    signed_as: &'static str,
    /// Version of its query protocol, or what precedes the action in the target of its JSON protocol.
    dialect: &'static str,
    /// Whether there is one for all regions.
    global: bool,
}

const fn service(host: &'static str, signed_as: &'static str, dialect: &'static str) -> Service {
    Service {
        host,
        signed_as,
        dialect,
        global: false,
    }
}

/// Who we are.
pub(super) const STS: Service = service("sts", "sts", "2011-06-15");
/// Networks.
pub(super) const EC2: Service = service("ec2", "ec2", "2016-11-15");
/// Receipt rules, which SES v2 does not have.
pub(super) const SES: Service = service("email", "ses", "2010-12-01");
/// Scaling policies.
pub(super) const SCALING: Service = service(
    "application-autoscaling",
    "application-autoscaling",
    "AnyScaleFrontendService",
);
/// Permissions.
pub(super) const IAM: Service = Service {
    global: true,
    ..service("iam", "iam", "2010-05-08")
};

/// What a service answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// When the service says it is, to the second.
    pub(super) date: Option<Timestamp>,
    /// What it said, or why not.
    pub(super) body: Result<String, Fault>,
}

/// The caller.
#[derive(Clone)]
pub(super) struct Signed {
    http: Client,
    sdk: SdkConfig,
    region: String,
    endpoint: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Signed {
    /// A caller with the credentials of `sdk`.
    pub(super) fn new(
        settings: &AwsSettings,
        sdk: &SdkConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        if CryptoProvider::get_default().is_none() {
            // another thread may have been quicker, which is as good
            drop(aws_lc_rs::default_provider().install_default());
        }
        let http = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()
            .map_err(|error| Fault::new("aws.connect", FaultKind::Broken, error))?;
        Ok(Self {
            http,
            sdk: sdk.clone(),
            region: settings.region.clone(),
            endpoint: settings.endpoint_url.clone(),
            clock,
        })
    }

    /// Asks by the query protocol; the answer is XML.
    pub(super) async fn query(
        &self,
        service: Service,
        action: &'static str,
        parameters: &[(String, String)],
    ) -> Result<String, Fault> {
        self.query_dated(service, action, parameters).await?.body
    }

    /// The same, with the date of the answer, which refusals have too.
    pub(super) async fn query_dated(
        &self,
        service: Service,
        action: &'static str,
        parameters: &[(String, String)],
    ) -> Result<Answer, Fault> {
        let broken = |error| Fault::new(action, FaultKind::Broken, error);
        let mut form = Url::parse("http://form/").map_err(|error| broken(Box::new(error)))?;
        form.query_pairs_mut()
            .append_pair("Action", action)
            .append_pair("Version", service.dialect)
            .extend_pairs(parameters);
        let body = form.query().unwrap_or_default().to_owned();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.call(service, action, &headers, body).await
    }

    /// Asks by the JSON protocol.
    pub(super) async fn json(
        &self,
        service: Service,
        action: &'static str,
        question: &Value,
    ) -> Result<Value, Fault> {
        let target = format!("{}.{action}", service.dialect);
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
        ];
        let answer = self
            .call(service, action, &headers, question.to_string())
            .await?;
        serde_json::from_str(&answer.body?)
            .map_err(|error| Fault::new(action, FaultKind::Broken, error))
    }

    async fn call(
        &self,
        service: Service,
        action: &'static str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, Fault> {
        let (url, region) = self.place(service);
        let signed = self.headers(service, action, (&url, &region), headers, &body);
        let mut request = self.http.post(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in signed.await? {
            request = request.header(name, value);
        }
        let lost = |error: reqwest::Error| {
            Fault::new(action, FaultKind::Transient, chain(&error.without_url()))
        };
        let response = request.body(body).send().await.map_err(lost)?;
        let (status, date) = (response.status(), date(response.headers()));
        let is_json = content_type(response.headers()).contains("json");
        let text = response.text().await.map_err(lost)?;
        let body = if status.is_success() {
            Ok(text)
        } else {
            Err(refusal(action, status.as_u16(), is_json, &text))
        };
        Ok(Answer { date, body })
    }

    /// The headers that prove who asks.
    async fn headers(
        &self,
        service: Service,
        action: &'static str,
        (url, region): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Vec<(String, String)>, Fault> {
        let denied = |detail: String| Fault::new(action, FaultKind::Denied, detail);
        let provider = self
            .sdk
            .credentials_provider()
            .ok_or_else(|| denied(NO_CREDENTIALS.to_owned()))?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| denied(chain(&error)))?;
        let identity: Identity = credentials.into();
        let now = self.clock.now().since(Timestamp::EPOCH);
        let broken = |detail: String| Fault::new(action, FaultKind::Broken, detail);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service.signed_as)
            .time(UNIX_EPOCH + now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| broken(chain(&error)))?
            .into();
        let request = SignableRequest::new(
            "POST",
            url,
            headers.iter().copied(),
            SignableBody::Bytes(body.as_bytes()),
        );
        let request = request.map_err(|error| broken(chain(&error)))?;
        let (instructions, _signature) = sign(request, &params)
            .map_err(|error| broken(chain(&error)))?
            .into_parts();
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(instructions.headers().map(owned).collect())
    }

    /// Where a service is, and the region that signatures name.
    fn place(&self, service: Service) -> (String, String) {
        let region = &self.region;
        let suffix = domain(region);
        let (host, signed_region) = match (service.global, region.as_str()) {
            (false, _) => (format!("{}.{region}", service.host), region.as_str()),
            (true, region) if region.starts_with("cn-") => {
                (format!("{}.cn-north-1", service.host), "cn-north-1")
            }
            (true, region) if region.starts_with("us-gov-") => {
                (format!("{}.us-gov", service.host), "us-gov-west-1")
            }
            (true, _) => (service.host.to_owned(), "us-east-1"),
        };
        let url = match &self.endpoint {
            Some(endpoint) => format!("{endpoint}/"),
            None => format!("https://{host}.{suffix}/"),
        };
        (url, signed_region.to_owned())
    }
}

/// The domain of AWS's hosts in a region.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    }
}

/// Why a call failed, in a few words. The chain of credentials tells in a paragraph where it has looked for them.
pub(super) fn reason(fault: &Fault) -> String {
    let text = chain(&*fault.source);
    match text.find("no credentials found in chain") {
        Some(_) => NO_CREDENTIALS.to_owned(),
        None => text,
    }
}

/// An error and what lies below it, on one line.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(source) = below {
        let more = source.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        below = source.source();
    }
    text
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let date = DateTime::from_str(text, Format::HttpDate).ok()?;
    Some(Timestamp::from_secs(date.secs()))
}

fn content_type(headers: &HeaderMap) -> &str {
    let text = headers.get(CONTENT_TYPE);
    text.and_then(|text| text.to_str().ok()).unwrap_or_default()
}

/// A refusal in either protocol.
fn refusal(action: &'static str, status: u16, is_json: bool, body: &str) -> Fault {
    let said = if is_json {
        json_refusal(body)
    } else {
        xml_refusal(body)
    };
    let (code, message) = said.unwrap_or_default();
    let kind = classify((!code.is_empty()).then_some(code.as_str()), status);
    let code = if code.is_empty() { "no code" } else { &code };
    let text = format!("AWS answered {status} {code}: {message}");
    Fault::new(action, kind, text.trim_end_matches(": ").to_owned())
}

fn json_refusal(body: &str) -> Option<(String, String)> {
    let said: Value = serde_json::from_str(body).ok()?;
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| said.get(*name)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    let code = text(["__type", "code"]);
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    Some((code, text(["message", "Message"])))
}

fn xml_refusal(body: &str) -> Option<(String, String)> {
    let document = roxmltree::Document::parse(body).ok()?;
    let text = |name| {
        let mut nodes = document.descendants();
        let node = nodes.find(|node| node.tag_name().name() == name);
        node.and_then(|node| node.text())
            .unwrap_or_default()
            .to_owned()
    };
    Some((text("Code"), text("Message")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_both_protocols_are_told_apart() {
        let iam = r#"<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>
            <Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"#;
        let ec2 = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slower</Message></Error></Errors></Response>";
        let scaling = r#"{"__type":"com.amazon#AccessDeniedException","Message":"not authorized"}"#;
        for (status, is_json, body, kind, text) in [
            (
                403,
                false,
                iam,
                FaultKind::Denied,
                "AWS answered 403 AccessDenied: not you",
            ),
            (
                503,
                false,
                ec2,
                FaultKind::Throttled,
                "AWS answered 503 RequestLimitExceeded: slower",
            ),
            (
                400,
                true,
                scaling,
                FaultKind::Denied,
                "AWS answered 400 AccessDeniedException: not authorized",
            ),
            (
                502,
                false,
                "<html>",
                FaultKind::Transient,
                "AWS answered 502 no code",
            ),
        ] {
            let fault = refusal("Ask", status, is_json, body);
            assert_eq!(
                (fault.kind, fault.source.to_string()),
                (kind, text.to_owned())
            );
        }
    }

    #[test]
    fn each_service_has_its_place() {
        let at = |region: &str, service| {
            let clock: Arc<dyn Clock> = Arc::new(Midnight);
            let settings = AwsSettings {
                region: region.to_owned(),
                ..AwsSettings::default()
            };
            let sdk = SdkConfig::builder().build();
            let signed = Signed::new(&settings, &sdk, clock).unwrap();
            signed.place(service)
        };
        let place = |url: &str, region: &str| (url.to_owned(), region.to_owned());
        assert_eq!(
            at("eu-west-1", EC2),
            place("https://ec2.eu-west-1.amazonaws.com/", "eu-west-1")
        );
        assert_eq!(
            at("eu-west-1", IAM),
            place("https://iam.amazonaws.com/", "us-east-1")
        );
        assert_eq!(
            at("cn-northwest-1", IAM),
            place("https://iam.cn-north-1.amazonaws.com.cn/", "cn-north-1")
        );
    }

    struct Midnight;

    impl Clock for Midnight {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH
        }
    }
}
