//! An emulator of AWS: one a test binary, an account a test.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use hermes::adapters::aws::Clients;
use hermes::adapters::system::SystemEntropy;
use hermes::config::AwsSettings;
use hermes::ports::entropy::Entropy as _;

use super::python;
use crate::trial::Ignored;

/// Where an emulator runs that should be used instead of one of our own.
const ENDPOINT: &str = "HERMES_TEST_AWS_ENDPOINT";

/// A running emulator. Ours ends when its standard input does, so it outlives no test binary, however that ends.
#[derive(Debug)]
pub(crate) struct Emulator {
    endpoint: String,
    /// Holds the standard input open.
    _process: Option<Child>,
}

static EMULATOR: OnceLock<Result<Emulator, Ignored>> = OnceLock::new();

/// The emulator of this test binary, or why there is none.
pub(crate) fn ready() -> Result<&'static Emulator, Ignored> {
    EMULATOR.get_or_init(start).as_ref().map_err(Clone::clone)
}

/// The emulator of this test binary, in a trial, which runs only when there is one.
pub(crate) fn emulator() -> &'static Emulator {
    ready().expect("a trial runs when the emulator does")
}

#[expect(clippy::disallowed_methods, reason = "a setting of the tests")]
fn start() -> Result<Emulator, Ignored> {
    if let Ok(endpoint) = env::var(ENDPOINT) {
        return Ok(Emulator {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            _process: None,
        });
    }
    let programs = python::environment("emulator", include_str!("emulator.txt"))?;
    let mut process = Command::new(programs.join("python"))
        .args(["-c", include_str!("emulator.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the emulator starts");
    let mut port = String::new();
    BufReader::new(process.stdout.take().expect("its output"))
        .read_line(&mut port)
        .expect("it says its port");
    let port: u16 = port.trim().parse().expect("its port");
    Ok(Emulator {
        endpoint: format!("http://127.0.0.1:{port}"),
        _process: Some(process),
    })
}

impl Emulator {
    /// Its address, without a slash at its end.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// An account in which there is nothing yet.
    pub(crate) fn account(&self) -> Account {
        let mut random = [0; 8];
        let entropy = SystemEntropy::open().expect("randomness");
        entropy.fill(&mut random);
        Account {
            id: format!(
                "{:012}",
                100_000_000_000 + u64::from_le_bytes(random) % 900_000_000_000
            ),
            settings: AwsSettings {
                endpoint_url: Some(self.endpoint.clone()),
                ..AwsSettings::default()
            },
        }
    }
}

/// An account of the emulator, which takes an access key of twelve digits for the account's number. Names of tables,
/// queues and the like are its own; names of buckets are not, as in AWS.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    id: String,
    /// The defaults, at the emulator; a test may set another endpoint.
    pub(crate) settings: AwsSettings,
}

impl Account {
    /// Its number, and its access key.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The SDK's configuration for it.
    pub(crate) fn sdk(&self) -> SdkConfig {
        let credentials = Credentials::new(&self.id, "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.settings.region.clone()))
            .endpoint_url(self.settings.endpoint_url.clone().unwrap_or_default())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(
                aws_config::retry::RetryConfig::standard()
                    .with_initial_backoff(Duration::from_millis(20)),
            )
            .build()
    }

    /// Clients for it, with the deadlines of the real ones.
    pub(crate) fn clients(&self) -> Clients {
        Clients::new(&self.sdk(), &self.settings, None)
    }

    /// What a process needs in its environment to be in this account.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let endpoint = self.settings.endpoint_url.clone().unwrap_or_default();
        [
            ("AWS_ACCESS_KEY_ID", self.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_REGION", self.settings.region.clone()),
            ("AWS_ENDPOINT_URL", endpoint),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// A new bucket; its name begins with `name` and is that of no other account.
    pub(crate) async fn bucket(&self, name: &str) -> String {
        let bucket = format!("{name}-{}", self.id);
        let place = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(
                self.settings.region.as_str(),
            ))
            .build();
        let request = self.clients().s3.create_bucket().bucket(&bucket);
        let request = request.create_bucket_configuration(place);
        request.send().await.expect("a bucket");
        bucket
    }
}
