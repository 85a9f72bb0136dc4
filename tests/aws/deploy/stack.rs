//! `CloudFormation` and SNS, asked as far as these tests need.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Client;
use tokio::time::{Instant, sleep};

use super::template::Template;
use crate::support::emulator;
use crate::support::emulator::Account;

/// A service's name, and the version of its query protocol.
const CLOUDFORMATION: (&str, &str) = ("cloudformation", "2010-05-15");
const SNS: (&str, &str) = ("sns", "2010-03-31");

/// Longest that a stack may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Both in one account.
pub(super) struct Stacks<'a> {
    account: &'a Account,
    http: Client,
}

impl<'a> Stacks<'a> {
    pub(super) fn of(account: &'a Account) -> Self {
        // another test may have been first
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { account, http }
    }

    /// Creates a stack and waits for it. Its outputs.
    pub(super) async fn create(
        &self,
        name: &str,
        template: &Template,
        parameters: &[(&str, &str)],
    ) -> BTreeMap<String, String> {
        let body = template.0.to_string();
        let mut request = vec![
            ("StackName".to_owned(), name.to_owned()),
            ("TemplateBody".to_owned(), body),
            (
                "Capabilities.member.1".to_owned(),
                "CAPABILITY_NAMED_IAM".to_owned(),
            ),
        ];
        for (number, (key, value)) in (1..).zip(parameters) {
            let member = format!("Parameters.member.{number}");
            request.push((format!("{member}.ParameterKey"), (*key).to_owned()));
            request.push((format!("{member}.ParameterValue"), (*value).to_owned()));
        }
        let _created = self.ask(CLOUDFORMATION, "CreateStack", &request).await;
        let which = [("StackName".to_owned(), name.to_owned())];
        let until = Instant::now() + PATIENCE;
        loop {
            let told = self.ask(CLOUDFORMATION, "DescribeStacks", &which).await;
            match element(&told, "StackStatus") {
                Some("CREATE_COMPLETE") => return outputs(&told),
                Some("CREATE_IN_PROGRESS") if Instant::now() < until => {
                    // the emulator has no event for it
                    sleep(Duration::from_millis(50)).await;
                }
                _ => panic!(
                    "{name}: {}",
                    self.ask(CLOUDFORMATION, "DescribeStackEvents", &which)
                        .await
                ),
            }
        }
    }

    /// Announces a mail, as SES does.
    pub(super) async fn announce(&self, topic: &str, text: &str) {
        let fields = [("TopicArn", topic), ("Message", text)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let _answer = self.ask(SNS, "Publish", &fields).await;
    }

    async fn ask(
        &self,
        (service, version): (&str, &str),
        action: &str,
        fields: &[(String, String)],
    ) -> String {
        let text = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let mut body = vec![format!("Action={action}&Version={version}")];
        let fields = fields.iter();
        body.extend(fields.map(|(name, value)| format!("{}={}", text(name), text(value))));
        let body = body.join("&");
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/us-west-2/{service}/aws4_request, SignedHeaders=host, Signature=0",
            self.account.id()
        );
        let request = self.http.post(emulator().endpoint()).body(body);
        let request = request
            .header("authorization", credential)
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let told = answer.text().await.unwrap();
        assert!(status.is_success(), "{action}: {told}");
        told
    }
}

/// The text of the first element of a name.
fn element<'t>(xml: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

fn outputs(xml: &str) -> BTreeMap<String, String> {
    let members = xml.split("<OutputKey>").skip(1);
    members
        .map(|member| {
            let (key, rest) = member.split_once("</OutputKey>").unwrap();
            let value = element(rest, "OutputValue").unwrap_or_default();
            (key.to_owned(), value.to_owned())
        })
        .collect()
}
