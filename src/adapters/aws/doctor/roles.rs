//! Roles, and each permission that Hermes needs.

use futures_util::{StreamExt as _, stream};
use roxmltree::{Document, Node};

use super::super::permissions::{NEEDED, Permission, Target};
use super::super::signed::IAM;
use super::edit::short;
use super::facts::{Facts, Identity, Reason};
use super::resources::Resources;
use crate::domain::check::Check;
use crate::ports::fault::FaultKind;

/// Simulations at a time: IAM slows callers down who ask much at once.
const AT_ONCE: usize = 4;
/// Who takes the roles of tasks.
const TASKS: &str = "ecs-tasks.amazonaws.com";
/// What the question is called when it is refused.
const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// The roles that edit containers are given.
pub(super) async fn look(facts: &Facts) -> Vec<Check> {
    let Ok(identity) = &facts.hello().await.identity else {
        return vec![Check::unknown(
            "roles of edit containers",
            "nobody knows yet who asks",
            "mend the credentials first",
        )];
    };
    let mut roles = with_resources(facts, identity, async |resources| {
        resources.of(Target::EditRoles)
    })
    .await;
    roles.sort();
    roles.dedup();
    if roles.is_empty() {
        return vec![Check::unknown(
            "roles of edit containers",
            "the task definition names none that can be looked at",
            "mend the task definition first",
        )];
    }
    let checks = stream::iter(roles).map(|role| role_row(facts, role));
    checks.buffered(AT_ONCE).collect().await
}

async fn role_row(facts: &Facts, arn: String) -> Check {
    let role = short(&arn);
    let name = format!("role {role}");
    let body = match get_role(facts, role).await {
        Ok(body) => body,
        Err(reason) if reason.text.contains("NoSuchEntity") => {
            return Check::wrong(
                name,
                "there is none: tasks with it do not start",
                "make it (config/aws/client.yaml for a client's), or mend the task definition or HERMES_TASK_ROLE",
            );
        }
        Err(reason) => return reason.unknown(name, "iam:GetRole"),
    };
    if body.contains(TASKS) {
        return Check::ok(name, "taken by ECS tasks");
    }
    Check::wrong(
        name,
        "ECS tasks may not take it",
        format!("let {TASKS} assume it (sts:AssumeRole) in its trust policy"),
    )
}

async fn get_role(facts: &Facts, role: &str) -> Result<String, Reason> {
    let question = [("RoleName".to_owned(), role.to_owned())];
    let answer = facts.signed.query(IAM, "GetRole", &question).await;
    answer.map_err(Reason::from)
}

/// Hands over the ARNs of everything, as far as they can be known.
async fn with_resources<T>(
    facts: &Facts,
    identity: &Identity,
    then: impl AsyncFnOnce(&Resources<'_>) -> T,
) -> T {
    let definition = facts.definition().await.as_ref().ok();
    let definition = definition.and_then(Option::as_ref);
    let roles = definition.into_iter().flat_map(|definition| {
        let task_role = definition
            .task_role_arn()
            .filter(|_| facts.settings().task_role.is_none());
        definition.execution_role_arn().into_iter().chain(task_role)
    });
    let resources = Resources {
        case: &facts.case,
        names: &facts.names,
        account: &identity.account,
        family: definition.and_then(|definition| definition.family()),
        roles: roles.map(str::to_owned).collect(),
        projects: facts.projects().await.as_deref().unwrap_or_default(),
    };
    then(&resources).await
}

/// Each permission of the role that Hermes has.
pub(super) async fn permissions(facts: &Facts) -> Vec<Check> {
    const NAME: &str = "permissions";
    let Ok(identity) = &facts.hello().await.identity else {
        return vec![Check::unknown(
            NAME,
            "nobody knows yet who asks",
            "mend the credentials first",
        )];
    };
    let principal = match principal(facts, identity).await {
        Principal::Arn(arn) => arn,
        Principal::Root => {
            return vec![Check::unknown(
                NAME,
                "the account's root user may do everything, and cannot be simulated",
                "name the role that Hermes runs with: hermes doctor --role ARN",
            )];
        }
    };
    let mut checks = vec![Check::ok(NAME, format!("those of {principal}"))];
    checks.extend(
        with_resources(facts, identity, async |resources| {
            let targets = stream::iter(targets());
            let rows = targets.map(|target| simulated(facts, &principal, target, resources));
            rows.buffered(AT_ONCE).concat().await
        })
        .await,
    );
    checks
}

/// Each target once, in the order of the list.
fn targets() -> Vec<Target> {
    let mut targets = Vec::new();
    for needed in NEEDED {
        if !targets.contains(&needed.on) {
            targets.push(needed.on);
        }
    }
    targets
}

enum Principal {
    Arn(String),
    Root,
}

/// Whose permissions are asked for: simulations know roles and users, not the sessions of roles.
async fn principal(facts: &Facts, identity: &Identity) -> Principal {
    if let Some(role) = &facts.case.role {
        return Principal::Arn(role.clone());
    }
    if identity.arn.ends_with(":root") {
        return Principal::Root;
    }
    let Some(role) = role_of_session(&identity.arn) else {
        return Principal::Arn(identity.arn.clone());
    };
    // the session does not tell the role's path
    let found = get_role(facts, role).await.ok();
    let arn = found.and_then(|body| first_text(&body, "Arn"));
    Principal::Arn(arn.unwrap_or_else(|| {
        let (account, arn) = (&identity.account, &identity.arn);
        let partition = arn.split(':').nth(1).unwrap_or("aws");
        format!("arn:{partition}:iam::{account}:role/{role}")
    }))
}

/// The role's name in `arn:aws:sts::1:assumed-role/name/session`.
fn role_of_session(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":assumed-role/")?;
    rest.split('/').next()
}

fn first_text(body: &str, name: &str) -> Option<String> {
    let document = Document::parse(body).ok()?;
    let mut nodes = document.descendants();
    let node = nodes.find(|node| node.tag_name().name() == name)?;
    node.text().map(str::to_owned)
}

/// The rows of one target: one when all is allowed, else one for each action that is not.
async fn simulated(
    facts: &Facts,
    principal: &str,
    target: Target,
    resources: &Resources<'_>,
) -> Vec<Check> {
    let name = format!("permissions on {}", target.name());
    let arns = resources.of(target);
    if arns.is_empty() {
        if !matches!(target, Target::TaskDefinitions | Target::EditRoles) {
            // nothing of the kind is set: nothing to be allowed
            return Vec::new();
        }
        return vec![Check::unknown(
            name,
            "the task definition is not known",
            "mend the edit service and the task definition first",
        )];
    }
    let needed: Vec<&Permission> = NEEDED.iter().filter(|it| it.on == target).collect();
    let question = question(principal, &needed, &arns, resources);
    let answer = facts
        .signed
        .query(IAM, "SimulatePrincipalPolicy", &question);
    let answer = match answer.await {
        Ok(answer) => answer,
        Err(fault) => {
            let reason = Reason::from(fault);
            if reason.text.contains("NoSuchEntity") {
                let fix = "name the role that Hermes runs with: hermes doctor --role ARN";
                return vec![Check::wrong(name, format!("there is no {principal}"), fix)];
            }
            return vec![reason.unknown(name, SIMULATE)];
        }
    };
    let Some(verdicts) = verdicts(&answer) else {
        let reason = Reason {
            kind: FaultKind::Broken,
            text: "the answer cannot be read".to_owned(),
        };
        return vec![reason.unknown(name, SIMULATE)];
    };
    rows(&name, &needed, &verdicts)
}

fn question(
    principal: &str,
    needed: &[&Permission],
    arns: &[String],
    resources: &Resources<'_>,
) -> Vec<(String, String)> {
    let mut question = vec![("PolicySourceArn".to_owned(), principal.to_owned())];
    for (permission, n) in needed.iter().zip(1..) {
        question.push((
            format!("ActionNames.member.{n}"),
            permission.action.to_owned(),
        ));
    }
    for (arn, n) in arns.iter().zip(1..) {
        question.push((format!("ResourceArns.member.{n}"), arn.clone()));
    }
    // what the calls will carry, for policies with conditions
    let context = [
        ("ecs:cluster", resources.cluster()),
        ("ecs:CreateAction", "RunTask".to_owned()),
        ("iam:PassedToService", TASKS.to_owned()),
        (
            "cloudwatch:namespace",
            super::super::names::METRIC_NAMESPACE.to_owned(),
        ),
        ("ses:FromAddress", resources.case.mail_address.clone()),
    ];
    for ((key, value), n) in context.into_iter().zip(1..) {
        let member = format!("ContextEntries.member.{n}");
        question.push((format!("{member}.ContextKeyName"), key.to_owned()));
        question.push((format!("{member}.ContextKeyType"), "string".to_owned()));
        question.push((format!("{member}.ContextKeyValues.member.1"), value));
    }
    question
}

/// What the simulation said about one action on one resource.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    action: String,
    resource: String,
    decision: String,
    /// Conditions whose values we did not give.
    missing: Vec<String>,
}

/// `None` when the answer is no XML.
fn verdicts(body: &str) -> Option<Vec<Verdict>> {
    let document = Document::parse(body).ok()?;
    let mut nodes = document.descendants();
    let results = nodes.find(|node| node.tag_name().name() == "EvaluationResults")?;
    let mut verdicts = Vec::new();
    for result in members(results) {
        let action = text(result, "EvalActionName");
        let of = |node: Node<'_, '_>, resource: &str, decision: &str| Verdict {
            action: action.clone(),
            resource: text(node, resource),
            decision: text(node, decision),
            missing: child(node, "MissingContextValues")
                .into_iter()
                .flat_map(members)
                .filter_map(|member| member.text().map(str::to_owned))
                .collect(),
        };
        let single: Vec<Verdict> = child(result, "ResourceSpecificResults")
            .into_iter()
            .flat_map(members)
            .map(|one| of(one, "EvalResourceName", "EvalResourceDecision"))
            .collect();
        if single.is_empty() {
            verdicts.push(of(result, "EvalResourceName", "EvalDecision"));
        } else {
            verdicts.extend(single);
        }
    }
    Some(verdicts)
}

fn rows(name: &str, needed: &[&Permission], verdicts: &[Verdict]) -> Vec<Check> {
    let mut rows = Vec::new();
    let mut allowed = Vec::new();
    for permission in needed {
        let action = permission.action;
        let of: Vec<&Verdict> = verdicts
            .iter()
            .filter(|verdict| verdict.action.eq_ignore_ascii_case(action))
            .collect();
        let denied = of.iter().find(|verdict| verdict.decision != "allowed");
        let row = format!("permission {action}");
        let fix =
            |resource: &str| format!("allow {action} on {resource}, needed to {}", permission.why);
        match denied {
            None if of.is_empty() => rows.push(Check::unknown(
                row,
                "the simulation says nothing about it",
                "compare the role with config/aws/hermes.yaml",
            )),
            None => allowed.push(action),
            Some(verdict) if !verdict.missing.is_empty() => rows.push(Check::unknown(
                row,
                format!("depends on {}", verdict.missing.join(", ")),
                fix(&verdict.resource),
            )),
            Some(verdict) => rows.push(Check::wrong(
                row,
                match verdict.decision.as_str() {
                    "explicitDeny" => "a policy denies it".to_owned(),
                    _ => "no policy allows it".to_owned(),
                },
                fix(&verdict.resource),
            )),
        }
    }
    if !allowed.is_empty() {
        rows.insert(0, Check::ok(name, allowed.join(", ")));
    }
    rows
}

fn members<'a, 'i>(list: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    list.children()
        .filter(|node| node.tag_name().name() == "member")
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|node| node.tag_name().name() == name)
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    let text = child(node, name).and_then(|node| node.text());
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::check::CheckState;

    const ANSWER: &str = r#"<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
        <SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>
        <member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>arn:aws:s3:::b/doctor</EvalResourceName>
          <EvalDecision>allowed</EvalDecision><MissingContextValues/></member>
        <member><EvalActionName>s3:PutObject</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>implicitDeny</EvalDecision>
          <ResourceSpecificResults><member><EvalResourceName>arn:aws:s3:::b/doctor</EvalResourceName>
            <EvalResourceDecision>implicitDeny</EvalResourceDecision></member></ResourceSpecificResults></member>
        </EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"#;

    #[test]
    fn a_denied_action_has_a_row_of_its_own_with_its_reason() {
        let needed: Vec<&Permission> = NEEDED.iter().filter(|it| it.on == Target::Mails).collect();
        let rows = rows(
            "permissions on the mail store",
            &needed,
            &verdicts(ANSWER).unwrap(),
        );
        assert_eq!(
            rows,
            [
                Check::ok("permissions on the mail store", "s3:GetObject"),
                Check::wrong(
                    "permission s3:PutObject",
                    "no policy allows it",
                    "allow s3:PutObject on arn:aws:s3:::b/doctor, needed to keep a raw mail, and the files that came with it"
                )
            ]
        );
    }

    #[test]
    fn what_depends_on_a_condition_is_unknown() {
        let needed: Vec<&Permission> = NEEDED
            .iter()
            .filter(|it| it.on == Target::Metrics)
            .collect();
        let verdict = Verdict {
            action: "cloudwatch:PutMetricData".to_owned(),
            resource: "*".to_owned(),
            decision: "implicitDeny".to_owned(),
            missing: vec!["aws:SourceIp".to_owned()],
        };
        let rows = rows("m", &needed, &[verdict]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].state, CheckState::Unknown);
    }

    #[test]
    fn the_role_of_a_session_is_known() {
        let session = "arn:aws:sts::123456789012:assumed-role/hermes/0af1";
        assert_eq!(role_of_session(session), Some("hermes"));
        assert_eq!(role_of_session("arn:aws:iam::1:user/ann"), None);
        assert!(verdicts("no xml").is_none());
    }
}
