//! Who asks, where, and when.

use std::time::Duration;

use super::facts::{Ahead, Facts, Hello};
use crate::config::{AwsSettings, Pattern};
use crate::domain::check::Check;
use crate::ports::fault::FaultKind;

/// AWS refuses what was signed more than five minutes from its own time; a machine this far off will be soon (S8).
const SKEW: Duration = Duration::from_secs(30);

pub(super) async fn look(facts: &Facts) -> Vec<Check> {
    let hello = facts.hello().await;
    vec![
        credentials(hello),
        clock(hello),
        region(facts.settings(), facts.case.other_region.as_deref()),
    ]
}

fn credentials(hello: &Hello) -> Check {
    let name = "credentials";
    match &hello.identity {
        Ok(identity) => Check::ok(name, format!("asked as {}", identity.arn)),
        Err(reason) if reason.kind == FaultKind::Denied => Check::wrong(
            name,
            reason.text.clone(),
            "on ECS give the task a role; elsewhere set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; expired ones must be renewed",
        ),
        Err(reason) => reason.unknown(name, "sts:GetCallerIdentity"),
    }
}

fn clock(hello: &Hello) -> Check {
    let name = "clock";
    let Some((skew, ahead)) = hello.skew else {
        return Check::unknown(
            name,
            "AWS did not say when it is",
            "mend the credentials and the way to AWS first",
        );
    };
    let skew = Duration::from_secs(skew.as_secs());
    if skew <= SKEW {
        return Check::ok(name, "within 30 s of that of AWS");
    }
    let side = match ahead {
        Ahead::Ours => "ahead of",
        Ahead::Theirs => "behind",
    };
    Check::wrong(
        name,
        format!("{} {side} that of AWS", humantime::format_duration(skew)),
        "let the machine set its clock by NTP, for example with chrony or timedatectl set-ntp true; AWS refuses calls at five minutes",
    )
}

/// A region that does not fit what else is set: everything would be looked for where it is not.
fn region(settings: &AwsSettings, other: Option<&str>) -> Check {
    let name = "region";
    let region = &settings.region;
    let fix = format!(
        "set AWS_REGION to the region of the tables, queues and clusters (it is {region} now), and name nothing of another one"
    );
    let foreign = [
        ("ECS_TASK_DEFINITION", settings.task_definition.as_deref()),
        (
            "HERMES_GIT_SECRET",
            settings.git_secret.as_ref().map(Pattern::as_str),
        ),
        ("HERMES_MODEL", Some(settings.model.as_str())),
    ];
    for (variable, value) in foreign {
        let elsewhere = value
            .and_then(region_of_arn)
            .filter(|other| other != region);
        if let Some(other) = elsewhere {
            return Check::wrong(
                name,
                format!("{variable} is of {other}, not of {region}"),
                fix,
            );
        }
    }
    if let Some(area) = area_of_profile(&settings.model).filter(|area| !area.has(region)) {
        let detail = format!(
            "HERMES_MODEL={} is an inference profile of {}, which {region} is not in",
            settings.model, area.name
        );
        return Check::wrong(name, detail, "take the inference profile of this region");
    }
    if let Some(other) = other.filter(|other| other != region) {
        let detail = format!("AWS_DEFAULT_REGION={other}, but Hermes works in {region}");
        return Check::wrong(name, detail, fix);
    }
    let place = match &settings.endpoint_url {
        Some(url) => format!("{region}, at {url} instead of AWS"),
        None => region.clone(),
    };
    Check::ok(name, place)
}

/// The region that an ARN names.
fn region_of_arn(text: &str) -> Option<&str> {
    let mut parts = text.split(':');
    let region = (parts.next() == Some("arn")).then(|| parts.nth(2))??;
    (!region.is_empty()).then_some(region)
}

/// A part of the world that inference profiles are for.
struct Area {
    name: &'static str,
    regions: &'static [&'static str],
}

impl Area {
    fn has(&self, region: &str) -> bool {
        self.regions.iter().any(|start| region.starts_with(start))
    }
}

fn area_of_profile(model: &str) -> Option<Area> {
    let (prefix, _) = model.split_once('.')?;
    let (name, regions): (_, &[_]) = match prefix {
        "us" => ("the US", &["us-east", "us-west", "ca-"]),
        "eu" => ("Europe", &["eu-", "il-"]),
        "apac" => ("Asia and the Pacific", &["ap-", "me-"]),
        "us-gov" => ("GovCloud", &["us-gov-"]),
        _ => return None,
    };
    Some(Area { name, regions })
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Identity, Reason};
    use super::*;
    use crate::domain::check::CheckState;

    fn settings(model: &str) -> AwsSettings {
        AwsSettings {
            model: model.to_owned(),
            ..AwsSettings::default()
        }
    }

    #[test]
    fn s8_a_clock_that_is_off_is_told_with_its_side() {
        let hello = |seconds, ahead| Hello {
            identity: Ok(Identity {
                account: String::new(),
                arn: String::new(),
            }),
            skew: Some((Duration::from_secs(seconds), ahead)),
        };
        assert_eq!(clock(&hello(30, Ahead::Ours)).state, CheckState::Ok);
        let wrong = clock(&hello(95, Ahead::Theirs));
        assert_eq!(wrong.state, CheckState::Wrong);
        assert_eq!(wrong.detail, "1m 35s behind that of AWS");
    }

    #[test]
    fn a_region_that_does_not_fit_is_found_wherever_it_is_named() {
        let state = |settings: &AwsSettings, other| region(settings, other).state;
        let usual = AwsSettings::default();
        assert_eq!(state(&usual, None), CheckState::Ok);
        assert_eq!(state(&usual, Some("us-west-2")), CheckState::Ok);
        assert_eq!(state(&usual, Some("eu-west-1")), CheckState::Wrong);
        assert_eq!(state(&settings("eu.anthropic.x"), None), CheckState::Wrong);
        assert_eq!(state(&settings("global.anthropic.x"), None), CheckState::Ok);
        assert_eq!(state(&settings("anthropic.claude"), None), CheckState::Ok);
        let arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.x";
        assert_eq!(state(&settings(arn), None), CheckState::Wrong);
    }

    #[test]
    fn no_credentials_are_wrong_and_no_network_is_unknown() {
        let hello = |kind| Hello {
            identity: Err(Reason {
                kind,
                text: "no".to_owned(),
            }),
            skew: None,
        };
        let state = |kind| credentials(&hello(kind)).state;
        assert_eq!(state(FaultKind::Denied), CheckState::Wrong);
        assert_eq!(state(FaultKind::Transient), CheckState::Unknown);
        assert_eq!(clock(&hello(FaultKind::Denied)).state, CheckState::Unknown);
    }
}
