//! Why SES did not take a mail, and what an operator does about it.

use std::time::Duration;

use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;

use crate::adapters::aws::fault;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::mailer::MailerError;

/// How SES asks to wait when a day's quota is used up:
/// <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html>.
const QUOTA_PAUSE: Duration = Duration::from_mins(10);

/// What to do when AWS denies us.
const NO_RIGHTS: &str = "Hermes may not send: its role needs ses:SendEmail and ses:SendRawEmail on the identity and the configuration set";

/// What was sent with, to say what must be changed.
pub(super) struct Trouble<'a> {
    pub(super) region: &'a str,
    pub(super) configuration_set: Option<&'a str>,
    pub(super) sender: &'a str,
}

/// What an answer of SES means for the mail.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    /// This mail will never be taken.
    Refused,
    /// No mail is taken before somebody has done this.
    Blocked(String),
    /// Later, and perhaps after a longer pause.
    Later(Option<Duration>),
    /// What the code says by itself.
    Plain,
}

impl Trouble<'_> {
    /// The error of a mailer; its text has no addresses.
    pub(super) fn explain(&self, error: SdkError<SendEmailError>) -> MailerError {
        let (code, message) = match error.as_service_error() {
            Some(error) => (error.code(), error.message()),
            None => (None, None),
        };
        let meaning = self.meaning(code.unwrap_or_default(), message.unwrap_or_default());
        let fault = fault("ses.send_email")(error);
        let told = without_addresses(&fault.source.to_string());
        match meaning {
            Meaning::Refused => MailerError::Rejected(told),
            Meaning::Blocked(advice) => Fault::new(
                fault.operation,
                FaultKind::Denied,
                format!("{advice} ({told})"),
            )
            .into(),
            Meaning::Later(pause) => Fault {
                retry_after: fault.retry_after.max(pause),
                ..Fault::new(fault.operation, FaultKind::Throttled, told)
            }
            .into(),
            Meaning::Plain if fault.kind == FaultKind::Denied => Fault::new(
                fault.operation,
                FaultKind::Denied,
                format!("{NO_RIGHTS} ({told})"),
            )
            .into(),
            Meaning::Plain => fault.into(),
        }
    }

    /// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>, and the texts in
    /// <https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html>.
    fn meaning(&self, code: &str, message: &str) -> Meaning {
        let region = self.region;
        match code {
            "AccountSuspendedException" => Meaning::Blocked(format!(
                "SES has shut down sending for this account in {region}: answer its case in the Support Center"
            )),
            "SendingPausedException" => Meaning::Blocked(self.advice_on_pause()),
            "MailFromDomainNotVerifiedException" => Meaning::Blocked(format!(
                "the MAIL FROM domain of the sender is not verified in {region}: publish its MX record, or let the identity fall back to amazonses.com"
            )),
            "NotFoundException" => Meaning::Blocked(self.advice_on_configuration_set()),
            "MessageRejected" if is_unverified(message) => {
                Meaning::Blocked(self.advice_on_identities(message))
            }
            "MessageRejected" if message.contains("paused") => {
                Meaning::Blocked(self.advice_on_pause())
            }
            "MessageRejected" | "BadRequestException" => Meaning::Refused,
            "LimitExceededException" => Meaning::Later(Some(QUOTA_PAUSE)),
            "TooManyRequestsException" | "ThrottlingException" | "Throttling" => {
                Meaning::Later(message.contains("quota").then_some(QUOTA_PAUSE))
            }
            _ => Meaning::Plain,
        }
    }

    fn advice_on_pause(&self) -> String {
        let region = self.region;
        let of = self.configuration_set.map_or_else(
            || "the account".to_owned(),
            |set| format!("the account or the configuration set `{set}`"),
        );
        format!("sending is paused for {of} in {region}: see its reputation in SES, then resume it")
    }

    fn advice_on_configuration_set(&self) -> String {
        let region = self.region;
        self.configuration_set.map_or_else(
            || format!("SES in {region} misses something that the identity refers to"),
            |set| {
                format!(
                    "the configuration set `{set}` is not in {region}: create it, or change HERMES_SES_CONFIGURATION_SET"
                )
            },
        )
    }

    /// The sandbox names the recipient, a missing identity names the sender.
    fn advice_on_identities(&self, message: &str) -> String {
        let region = self.region;
        let domain = self
            .sender
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain);
        let failed = message.rsplit_once(": ").map_or("", |(_, failed)| failed);
        let mut failed = failed.split(',').map(str::trim);
        if failed
            .any(|one| one.eq_ignore_ascii_case(self.sender) || one.eq_ignore_ascii_case(domain))
        {
            format!(
                "the sender's domain {domain} is not verified in SES in {region}: verify it there, or change HERMES_MAIL_ADDRESS or AWS_REGION"
            )
        } else {
            format!(
                "SES in {region} is in its sandbox and sends to verified addresses only: request production access"
            )
        }
    }
}

fn is_unverified(message: &str) -> bool {
    message.contains("not verified")
}

/// Answers end up in records and logs, addresses do not.
fn without_addresses(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        if word.contains('@') {
            "<address>"
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TROUBLE: Trouble<'_> = Trouble {
        region: "eu-west-1",
        configuration_set: Some("hermes"),
        sender: "edit@site.example",
    };

    #[test]
    fn account_identity_and_mail_are_told_apart() {
        let blocked = |code: &str, message: &str, advice: &str| match TROUBLE.meaning(code, message)
        {
            Meaning::Blocked(text) => assert!(text.contains(advice), "{text}"),
            other @ (Meaning::Refused | Meaning::Later(_) | Meaning::Plain) => {
                panic!("{code} {message}: {other:?}")
            }
        };
        blocked("AccountSuspendedException", "", "Support Center");
        blocked("SendingPausedException", "", "`hermes`");
        blocked("MailFromDomainNotVerifiedException", "", "MX record");
        blocked("NotFoundException", "", "HERMES_SES_CONFIGURATION_SET");
        let unverified = "Email address is not verified. The following identities failed the check in region EU-WEST-1: ";
        blocked(
            "MessageRejected",
            &format!("{unverified}edit@site.example"),
            "verify it there",
        );
        blocked(
            "MessageRejected",
            &format!("{unverified}site.example"),
            "verify it there",
        );
        blocked(
            "MessageRejected",
            &format!("{unverified}ann@example.org"),
            "production access",
        );
        for (code, message, meaning) in [
            ("MessageRejected", "Address blacklisted.", Meaning::Refused),
            (
                "BadRequestException",
                "Missing final '@domain'",
                Meaning::Refused,
            ),
            (
                "TooManyRequestsException",
                "Maximum sending rate exceeded.",
                Meaning::Later(None),
            ),
            (
                "ThrottlingException",
                "Daily message quota exceeded",
                Meaning::Later(Some(QUOTA_PAUSE)),
            ),
            (
                "LimitExceededException",
                "",
                Meaning::Later(Some(QUOTA_PAUSE)),
            ),
            ("InternalServerError", "", Meaning::Plain),
            ("AccessDeniedException", "", Meaning::Plain),
        ] {
            assert_eq!(TROUBLE.meaning(code, message), meaning, "{code}");
        }
    }

    #[test]
    fn answers_are_told_without_addresses() {
        let told = without_addresses("failed in EU-WEST-1: ann@example.org, <b@c.d>");
        assert_eq!(told, "failed in EU-WEST-1: <address> <address>");
    }
}
