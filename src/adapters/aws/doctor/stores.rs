//! Buckets, the projects file, and the secrets with git credentials.

use aws_sdk_s3::error::SdkError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use futures_util::future::join_all;

use super::super::fault::fault;
use super::edit::is_code;
use super::facts::{Facts, Reason};
use super::resources::{by_client, preview_buckets};
use crate::domain::check::Check;
use crate::ports::fault::FaultKind;

pub(super) async fn buckets(facts: &Facts) -> Vec<Check> {
    let settings = facts.settings();
    let projects = facts.projects().await.as_deref().unwrap_or_default();
    let mut wanted = Vec::new();
    let mut checks = Vec::new();
    match &settings.mail_store {
        Some(store) => wanted.push(("mail store", "HERMES_MAIL_STORE", store.bucket.clone())),
        None => checks.push(unset(
            "mail store",
            "HERMES_MAIL_STORE",
            "s3://bucket/mail/",
        )),
    }
    match &settings.preview_store {
        Some(pattern) => {
            let buckets = preview_buckets(pattern, projects);
            if buckets.is_empty() {
                checks.push(Check::unknown(
                    "preview store",
                    "its bucket depends on the client, and no project is known",
                    "mend the projects file first",
                ));
            }
            let wants = |bucket| ("preview store", "HERMES_PREVIEW_STORE", bucket);
            wanted.extend(buckets.into_iter().map(wants));
        }
        None => checks.push(unset(
            "preview store",
            "HERMES_PREVIEW_STORE",
            "s3://bucket/{clientHash}/{projectId}/{sessionId}/",
        )),
    }
    let rows = wanted
        .iter()
        .map(|(store, variable, bucket)| bucket_row(facts, store, variable, bucket));
    checks.extend(join_all(rows).await);
    checks
}

fn unset(store: &str, variable: &str, example: &str) -> Check {
    Check::wrong(
        store,
        format!("{variable} is not set"),
        format!("set it, such as {example}"),
    )
}

async fn bucket_row(facts: &Facts, store: &str, variable: &str, bucket: &str) -> Check {
    let name = format!("{store} {bucket}");
    let here = &facts.settings().region;
    let question = facts.clients.s3.head_bucket().bucket(bucket);
    let answer = question.send().await;
    let elsewhere = |region: Option<&str>| {
        let region = region.filter(|region| *region != here)?;
        Some(Check::wrong(
            name.clone(),
            format!("it is in {region}, and Hermes in {here}"),
            format!(
                "make a bucket in {here} and set {variable} to it, or set AWS_REGION to {region}"
            ),
        ))
    };
    match answer {
        Ok(found) => elsewhere(found.bucket_region())
            .unwrap_or_else(|| Check::ok(name.clone(), format!("is there, in {here}"))),
        Err(error) => {
            let headers = error.raw_response().map(HttpResponse::headers);
            let region = headers.and_then(|headers| headers.get("x-amz-bucket-region"));
            if let Some(wrong) = elsewhere(region) {
                return wrong;
            }
            let missing = matches!(&error, SdkError::ServiceError(answer) if answer.raw().status().as_u16() == 404);
            if missing {
                return Check::wrong(
                    name.clone(),
                    "there is none",
                    format!(
                        "make it (config/aws/hermes.yaml, or hermes provision), or mend {variable}"
                    ),
                );
            }
            Reason::from(fault("s3.head_bucket")(error)).unknown(name.clone(), "s3:ListBucket")
        }
    }
}

pub(super) async fn projects(facts: &Facts) -> Vec<Check> {
    let name = format!("projects {}", facts.case.projects);
    vec![match facts.projects().await {
        Ok(projects) if projects.is_empty() => {
            Check::wrong(name, "it lists none", "add a [[project]]")
        }
        Ok(projects) => {
            let number = projects.len();
            let word = if number == 1 { "project" } else { "projects" };
            Check::ok(name, format!("{number} {word}"))
        }
        Err(reason) if matches!(reason.kind, FaultKind::Transient | FaultKind::Throttled) => {
            reason.unknown(name, "s3:GetObject")
        }
        Err(reason) if reason.kind == FaultKind::Denied => Check::wrong(
            name,
            reason.text.clone(),
            "allow s3:GetObject on it, and s3:ListBucket on its bucket; or mend HERMES_PROJECTS",
        ),
        Err(reason) => Check::wrong(
            name,
            reason.text.clone(),
            "mend the file; HERMES_PROJECTS must name it",
        ),
    }]
}

/// The secret of each client; its value is not asked for.
pub(super) async fn git_secrets(facts: &Facts) -> Vec<Check> {
    let Some(pattern) = &facts.settings().git_secret else {
        return Vec::new();
    };
    let projects = facts.projects().await.as_deref().unwrap_or_default();
    let secrets = by_client(pattern, projects);
    if secrets.is_empty() {
        return vec![Check::unknown(
            "git secrets",
            "no project is known, and so no client",
            "mend the projects file first",
        )];
    }
    join_all(secrets.iter().map(|secret| secret_row(facts, secret))).await
}

async fn secret_row(facts: &Facts, secret: &str) -> Check {
    let name = format!("git secret {secret}");
    let question = facts.clients.secrets.describe_secret().secret_id(secret);
    match question.send().await {
        Ok(found) if found.deleted_date().is_some() => Check::wrong(
            name,
            "it is being deleted",
            "restore it: aws secretsmanager restore-secret",
        ),
        Ok(_) => Check::ok(name, "is there"),
        Err(error) if is_code(&error, &["ResourceNotFoundException"]) => Check::wrong(
            name,
            "there is none: the client's repositories cannot be reached",
            "make it (config/aws/client.yaml), with the keys username and password; or mend HERMES_GIT_SECRET",
        ),
        Err(error) => {
            let reason = Reason::from(fault("secretsmanager.describe_secret")(error));
            reason.unknown(name, "secretsmanager:DescribeSecret")
        }
    }
}
