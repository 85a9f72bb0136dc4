//! An account with everything in it that Hermes needs.

use std::sync::Arc;

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, Compatibility, ContainerDefinition, LaunchType,
    LogConfiguration, LogDriver, NetworkConfiguration, NetworkMode,
};
use hermes::adapters::aws::doctor::{Case, Doctor};
use hermes::adapters::aws::permissions::NEEDED;
use hermes::adapters::aws::{Clients, provision};
use hermes::adapters::system::SystemClock;
use hermes::config::{Mode, ProjectsSource, StoreUrl};
use hermes::domain::check::{Check, CheckState, Step};
use hermes::domain::ids::ClientId;

use super::overlay::Overlay;
use crate::support::emulator;
use crate::support::emulator::Account;

/// Whoever takes roles of tasks.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const PROJECTS: &str = r#"
[[project]]
id = "site"
client = "acme"
repo = "https://git.example.com/site.git"
members = [{ address = "ann@example.com", role = "editor" }]
"#;
/// An identity of SES whose mails are signed; the emulator leaves DKIM pending for ever.
const SIGNED: &str = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":true,"DkimAttributes":{"SigningEnabled":true,"Status":"SUCCESS","Tokens":[]}}"#;

/// An account, and a server before the emulator for what that cannot do.
pub(crate) struct Patient {
    pub(crate) account: Account,
    pub(crate) overlay: Overlay,
    pub(crate) case: Case,
}

impl Patient {
    /// An account with nothing in it, at the front server.
    pub(crate) fn empty() -> Self {
        let overlay = Overlay::before(emulator().endpoint());
        let mut account = emulator().account();
        account.settings.endpoint_url = Some(overlay.endpoint().to_owned());
        let id = account.id().to_owned();
        let store = |name: &str| format!("s3://{name}-{id}/");
        account.settings.mail_store = Some(StoreUrl::parse(&store("mail")).unwrap());
        let case = Case {
            settings: account.settings.clone(),
            mail_address: "edit@example.com".to_owned(),
            sends_by_ses: true,
            projects: ProjectsSource::ObjectStore(format!("{}projects.toml", store("mail"))),
            mode: Mode::Production,
            role: Some(format!("arn:aws:iam::{id}:role/hermes")),
            other_region: None,
        };
        let mut patient = Self {
            account,
            overlay,
            case,
        };
        patient.load_patterns(&store("previews"));
        patient
    }

    /// Patterns are read as an operator writes them.
    fn load_patterns(&mut self, previews: &str) {
        let store = format!("{previews}{{clientHash}}/{{projectId}}/{{sessionId}}/");
        let mail = self.case.settings.mail_store.as_ref().unwrap().to_string();
        let environment = [
            ("HERMES_BACKEND", "aws"),
            ("HERMES_PREVIEW_STORE", store.as_str()),
            ("HERMES_MAIL_STORE", mail.as_str()),
            ("HERMES_MAIL_ADDRESS", "edit@example.com"),
            ("HERMES_GIT_SECRET", "hermes-git/{clientHash}"),
        ];
        let environment = environment.into_iter().collect();
        let loaded = hermes::config::load(
            &hermes::config::SettingsFlags::default(),
            &environment,
            std::path::Path::new("/nowhere"),
        );
        let aws = loaded.unwrap().settings.aws;
        self.case.settings.preview_store = aws.preview_store;
        self.case.settings.git_secret = aws.git_secret;
        self.account.settings = self.case.settings.clone();
    }

    /// An account with all of it.
    pub(crate) async fn healthy() -> Self {
        let patient = Self::empty();
        patient.provision().await;
        patient.add_projects().await;
        patient.add_network_and_tasks().await;
        patient.add_roles().await;
        patient.add_mail().await;
        patient
    }

    pub(crate) fn clients(&self) -> Clients {
        self.account.clients()
    }

    pub(crate) async fn provision(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut tell = |step| steps.push(step);
        provision(&self.clients(), &self.case.settings, &mut tell).await;
        steps
    }

    pub(crate) async fn add_projects(&self) {
        let clients = self.clients();
        let bucket = &self.case.settings.mail_store.as_ref().unwrap().bucket;
        let put = clients.s3.put_object().bucket(bucket).key("projects.toml");
        put.body(PROJECTS.as_bytes().to_vec().into())
            .send()
            .await
            .unwrap();
        let acme: ClientId = "acme".parse().unwrap();
        let secret = clients.secrets.create_secret();
        secret
            .name(format!("hermes-git/{}", acme.hash8()))
            .secret_string("{}")
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn add_network_and_tasks(&self) {
        let vpc = self
            .ask("ec2", "CreateVpc", &[("CidrBlock", "10.0.0.0/16")])
            .await;
        let vpc = between(&vpc, "<vpcId>", "</vpcId>");
        let subnet = [("VpcId", vpc.as_str()), ("CidrBlock", "10.0.1.0/24")];
        let subnet = self.ask("ec2", "CreateSubnet", &subnet).await;
        let subnet = between(&subnet, "<subnetId>", "</subnetId>");
        let group = [
            ("VpcId", vpc.as_str()),
            ("GroupName", "edit"),
            ("GroupDescription", "edit containers"),
        ];
        let group = self.ask("ec2", "CreateSecurityGroup", &group).await;
        let group = between(&group, "<groupId>", "</groupId>");
        let ecs = self.clients().ecs;
        let settings = &self.case.settings;
        let cluster = ecs.create_cluster().cluster_name(&settings.cluster);
        cluster.send().await.unwrap();
        let definition = self.register(worker()).await;
        let vpc = AwsVpcConfiguration::builder()
            .subnets(subnet)
            .security_groups(group)
            .assign_public_ip(AssignPublicIp::Enabled)
            .build()
            .unwrap();
        let network = NetworkConfiguration::builder()
            .awsvpc_configuration(vpc)
            .build();
        ecs.create_service()
            .cluster(&settings.cluster)
            .service_name(&settings.service)
            .task_definition(definition)
            .desired_count(0)
            .launch_type(LaunchType::Fargate)
            .network_configuration(network)
            .send()
            .await
            .unwrap();
    }

    /// Registers a revision with this container, and answers its ARN.
    pub(crate) async fn register(&self, worker: ContainerDefinition) -> String {
        let id = self.account.id();
        let register = self.clients().ecs.register_task_definition();
        let answer = register
            .family("webordinary-edit")
            .network_mode(NetworkMode::Awsvpc)
            .requires_compatibilities(Compatibility::Fargate)
            .cpu("512")
            .memory("1024")
            .execution_role_arn(format!("arn:aws:iam::{id}:role/edit-execution"))
            .task_role_arn(format!("arn:aws:iam::{id}:role/edit-task"))
            .container_definitions(worker)
            .send()
            .await
            .unwrap();
        let definition = answer.task_definition.unwrap();
        definition.task_definition_arn.unwrap()
    }

    pub(crate) async fn add_roles(&self) {
        for role in ["hermes", "edit-execution", "edit-task"] {
            let role = [("RoleName", role), ("AssumeRolePolicyDocument", TRUST)];
            self.ask("iam", "CreateRole", &role).await;
        }
        self.allow(NEEDED.iter().map(|needed| needed.action)).await;
    }

    /// Gives Hermes' role these permissions, and no others.
    pub(crate) async fn allow(&self, actions: impl Iterator<Item = &str>) {
        let actions: Vec<&str> = actions.collect();
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
        });
        let policy = policy.to_string();
        let question = [
            ("RoleName", "hermes"),
            ("PolicyName", "all"),
            ("PolicyDocument", policy.as_str()),
        ];
        self.ask("iam", "PutRolePolicy", &question).await;
    }

    pub(crate) async fn add_mail(&self) {
        let identity = self.clients().ses.create_email_identity();
        identity.email_identity("example.com").send().await.unwrap();
        self.overlay
            .answer("GET /v2/email/identities/example.com ", 200, SIGNED);
        self.overlay
            .answer("DescribeScalingPolicies", 200, r#"{"ScalingPolicies":[]}"#);
        let set = [("RuleSetName", "hermes")];
        self.ask("ses", "CreateReceiptRuleSet", &set).await;
        let rule = [
            ("RuleSetName", "hermes"),
            ("Rule.Name", "mail"),
            ("Rule.Enabled", "true"),
            ("Rule.Recipients.member.1", "example.com"),
        ];
        self.ask("ses", "CreateReceiptRule", &rule).await;
        self.ask("ses", "SetActiveReceiptRuleSet", &set).await;
    }

    /// Asks by the query protocol, as this account.
    pub(crate) async fn ask(
        &self,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> String {
        let id = self.account.id();
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={id}/20260101/us-west-2/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut form = reqwest::Url::parse("http://form/").unwrap();
        form.query_pairs_mut()
            .append_pair("Action", action)
            .extend_pairs(parameters);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client
            .post(self.overlay.endpoint())
            .header("authorization", authorization)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap().to_owned())
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert!(status.is_success(), "{action}: {status} {body}");
        body
    }

    /// The rows of one topic.
    pub(crate) async fn rows(&self, topic: &str) -> Vec<Check> {
        let doctor = self.doctor();
        let mut looks = doctor.looks().into_iter();
        let (_, look) = looks.find(|(name, _)| *name == topic).expect("a topic");
        look.await
    }

    /// Every row that is not as it should be, as `state name: detail`.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let doctor = self.doctor();
        let looks = doctor.looks().into_iter().map(|(_, look)| look);
        let rows = futures_util::future::join_all(looks).await;
        let rows = rows.into_iter().flatten();
        rows.filter(|row| row.state != CheckState::Ok)
            .map(|row| format!("{} {}: {}", row.state, row.name, row.detail))
            .collect()
    }

    fn doctor(&self) -> Doctor {
        let clock = Arc::new(SystemClock);
        Doctor::new(self.clients(), self.case.clone(), clock).unwrap()
    }
}

/// The worker's container, without a flaw.
pub(crate) fn worker() -> ContainerDefinition {
    let logs = LogConfiguration::builder()
        .log_driver(LogDriver::Awslogs)
        .build()
        .unwrap();
    ContainerDefinition::builder()
        .name("edit")
        .image("edit:1")
        .essential(true)
        .stop_timeout(120)
        .log_configuration(logs)
        .build()
}

fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text.split_once(before).expect("it begins");
    rest.split_once(after).expect("it ends").0.to_owned()
}
