//! From flags, environment and file to settings, or to everything that is wrong with them.

use std::fmt::Display;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::access::Access;
use crate::config::address::mail_address;
use crate::config::environment::Environment;
use crate::config::problem::{Problem, SettingsErrors, quoted};

use super::aws::{self, AwsSettings, Pattern, StoreUrl};
use super::flags::SettingsFlags;
use super::layers::{Layers, Source};
use super::mail_out::MailOut;
use super::preview::PreviewUrl;
use super::provenance::Provenance;
use super::spec::{self, Spec};
use super::types::{Backend, LogFormat, Mode, ProjectsSource, Settings};
use super::values;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What came out of loading.
#[derive(Debug)]
pub struct Loaded {
    /// The settings in force.
    pub settings: Settings,
    /// Where each came from.
    pub provenance: Provenance,
    /// What is probably a mistake but does not keep Hermes from starting; one sentence each.
    pub warnings: Vec<String>,
}

/// Loads the settings: flag before environment before file before default. Relative paths are
/// taken from `folder`, which must be absolute.
pub fn load(
    flags: &SettingsFlags,
    environment: &Environment,
    folder: &Path,
) -> Result<Loaded, SettingsErrors> {
    let layers = Layers::read(flags, environment, folder);
    let mut reader = Reader::new(layers);
    let settings = reader.settings(folder);
    reader.check_together(&settings);
    let mut warnings = reader.layers.strange_variables();
    warnings.extend(reader.local_links(&settings));
    if reader.layers.problems.is_empty() {
        Ok(Loaded {
            settings,
            provenance: reader.provenance,
            warnings,
        })
    } else {
        Err(SettingsErrors(reader.layers.problems))
    }
}

/// Where this machine's Hermes listens, as far as the settings say.
pub(crate) fn listening(layers: Layers<'_>) -> (IpAddr, u16, Vec<Problem>) {
    let mut reader = Reader::new(layers);
    let (host, port) = reader.host_and_port();
    (host, port, reader.layers.problems)
}

/// Reads values one by one. A wrong value becomes a problem and is replaced by the default, so
/// that reading goes on and finds the other problems.
struct Reader<'a> {
    layers: Layers<'a>,
    provenance: Provenance,
}

impl<'a> Reader<'a> {
    fn new(layers: Layers<'a>) -> Self {
        let provenance = Provenance::default();
        Self { layers, provenance }
    }

    fn value<T>(
        &mut self,
        spec: &'static Spec,
        parse: impl FnOnce(&str) -> Result<T, String>,
        default: impl FnOnce() -> T,
        show: impl FnOnce(&T) -> String,
    ) -> T {
        let (value, source) = match self.layers.find(spec) {
            None => (default(), Source::Default),
            Some((text, source)) => match parse(&text) {
                Ok(value) => (value, source),
                Err(right) => {
                    let subject = if spec.secret {
                        format!("{} ({source})", spec.variable)
                    } else {
                        format!("{} = {} ({source})", spec.variable, quoted(&text))
                    };
                    self.layers.problems.push(Problem::new(subject, right));
                    (default(), Source::Default)
                }
            },
        };
        self.provenance.add(spec.variable, show(&value), source);
        value
    }

    /// A value that is shown by its `Display`.
    fn shown<T: Display>(
        &mut self,
        spec: &'static Spec,
        parse: impl FnOnce(&str) -> Result<T, String>,
        default: T,
    ) -> T {
        self.value(spec, parse, || default, T::to_string)
    }

    fn duration(&mut self, spec: &'static Spec, [least, default, most]: [Duration; 3]) -> Duration {
        let parse = |text: &str| values::duration(text, least, most);
        self.value(
            spec,
            parse,
            || default,
            |value| values::shown_duration(*value),
        )
    }

    fn path(&mut self, spec: &'static Spec, folder: &Path, default: &str) -> PathBuf {
        let parse = |text: &str| values::path(text, folder);
        let default = || folder.join(default);
        self.value(spec, parse, default, |path| path.display().to_string())
    }

    fn host_and_port(&mut self) -> (IpAddr, u16) {
        let anywhere = IpAddr::from([0, 0, 0, 0]);
        let host = self.shown(&spec::HOST, values::host, anywhere);
        let port = self.shown(&spec::PORT, values::port, 3000);
        (host, port)
    }

    fn settings(&mut self, folder: &Path) -> Settings {
        // Struct fields are read in the order they are written: that of `spec::ALL`.
        let (host, port) = self.host_and_port();
        let backend = self.shown(
            &spec::BACKEND,
            |text| values::word(text, Backend::WORDS),
            Backend::Embedded,
        );
        let mode = self.shown(
            &spec::ENV,
            |text| values::word(text, Mode::WORDS),
            Mode::Development,
        );
        let data_dir = self.path(&spec::DATA_DIR, folder, "data");
        let projects = self.projects(folder, backend, mode);
        let public_url = self.public_url(port);
        Settings {
            host,
            port,
            backend,
            mode,
            projects,
            public_url: public_url.clone(),
            access: self.shown(&spec::API_KEYS, Access::parse, Access::LoopbackOnly),
            mail_out: self.mail_out(folder, backend, &data_dir),
            mail_address: self.shown(
                &spec::MAIL_ADDRESS,
                service_address,
                "edit@hermes.localhost".to_owned(),
            ),
            mail_retention: self.duration(&spec::MAIL_RETENTION, [DAY, 30 * DAY, 3650 * DAY]),
            trusted_authserv: self.value(
                &spec::TRUSTED_AUTHSERV,
                values::mail_servers,
                Vec::new,
                |names| names.join(","),
            ),
            // A session lives at most 4 h after its activation (S7): more would be a promise unkept.
            session_ttl: self.duration(&spec::SESSION_TTL, [SECOND, 30 * MINUTE, 4 * HOUR]),
            idle_timeout: self.duration(&spec::IDLE_TIMEOUT, [SECOND, 5 * MINUTE, 4 * HOUR]),
            max_containers: self.value(
                &spec::MAX_CONTAINERS,
                values::containers,
                || most_containers(backend),
                u32::to_string,
            ),
            preview_url: self.preview_url(backend, public_url.as_deref()),
            log_format: self.shown(
                &spec::LOG_FORMAT,
                |text| values::word(text, LogFormat::WORDS),
                match mode {
                    Mode::Production => LogFormat::Json,
                    Mode::Development => LogFormat::Pretty,
                },
            ),
            log_filter: self.shown(
                &spec::RUST_LOG,
                values::log_filter,
                "warn,hermes=info".to_owned(),
            ),
            aws: self.aws(),
            data_dir,
        }
    }

    /// Read whatever the backend, so that a mistake is found before the day it matters.
    fn aws(&mut self) -> AwsSettings {
        let usual = AwsSettings::default();
        AwsSettings {
            region: self.shown(&spec::AWS_REGION, aws::region, usual.region),
            endpoint_url: self.optional(&spec::AWS_ENDPOINT_URL, aws::endpoint),
            session_table: self.shown(&spec::DYNAMODB_TABLE_NAME, aws::name, usual.session_table),
            name_prefix: self.shown(&spec::NAME_PREFIX, aws::name_prefix, usual.name_prefix),
            mail_queue: self.shown(&spec::MAIL_QUEUE, aws::queue_name, usual.mail_queue),
            mail_dead_letters: self.shown(
                &spec::MAIL_DEAD_LETTERS,
                aws::queue_name,
                usual.mail_dead_letters,
            ),
            mail_store: self.optional(&spec::MAIL_STORE, StoreUrl::parse),
            preview_store: self.optional(&spec::PREVIEW_STORE, Pattern::of_store),
            preview_origin: self.optional(&spec::PREVIEW_ORIGIN, Pattern::of_web),
            cluster: self.shown(&spec::ECS_CLUSTER_NAME, aws::name, usual.cluster),
            service: self.shown(&spec::ECS_SERVICE_NAME, aws::name, usual.service),
            task_definition: self.optional(&spec::ECS_TASK_DEFINITION, aws::word),
            container_name: self.optional(&spec::ECS_CONTAINER_NAME, aws::name),
            subnets: self.list(&spec::ECS_SUBNETS),
            security_groups: self.list(&spec::ECS_SECURITY_GROUPS),
            task_role: self.optional(&spec::TASK_ROLE, Pattern::by_client),
            git_secret: self.optional(&spec::GIT_SECRET, Pattern::by_client),
            configuration_set: self.optional(&spec::SES_CONFIGURATION_SET, aws::name),
            model: self.shown(&spec::MODEL, aws::word, usual.model),
        }
    }

    /// A value that may be left out.
    fn optional<T: Display>(
        &mut self,
        spec: &'static Spec,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let show = |value: &Option<T>| value.as_ref().map(T::to_string).unwrap_or_default();
        self.value(spec, |text| parse(text).map(Some), || None, show)
    }

    fn list(&mut self, spec: &'static Spec) -> Vec<String> {
        self.value(spec, aws::ids, Vec::new, |ids| ids.join(","))
    }

    fn mail_out(&mut self, folder: &Path, backend: Backend, data_dir: &Path) -> MailOut {
        let default = match backend {
            Backend::Embedded => MailOut::Folder(data_dir.join("outbox")),
            Backend::Aws => MailOut::Ses,
        };
        let parse = |text: &str| match (MailOut::parse(text, folder)?, backend) {
            (MailOut::Ses, Backend::Embedded) => {
                Err("can be ses only with HERMES_BACKEND=aws".to_owned())
            }
            (out, _) => Ok(out),
        };
        self.shown(&spec::MAIL_OUT, parse, default)
    }

    fn preview_url(&mut self, backend: Backend, public_url: Option<&str>) -> PreviewUrl {
        let default = match backend {
            Backend::Embedded => PreviewUrl::embedded(),
            Backend::Aws => PreviewUrl::in_place(public_url.unwrap_or("http://localhost:{port}")),
        };
        self.shown(&spec::PREVIEW_URL, PreviewUrl::parse, default)
    }

    fn projects(&mut self, folder: &Path, backend: Backend, mode: Mode) -> ProjectsSource {
        let usual = folder.join("config/projects.toml");
        // The built-in project is open, which production refuses: there, a missing file is said to be missing.
        let default = if mode == Mode::Production || usual.exists() {
            ProjectsSource::File(usual)
        } else {
            ProjectsSource::BuiltIn
        };
        let parse = |text: &str| match (text.starts_with("s3://"), backend) {
            (true, Backend::Aws) => Ok(ProjectsSource::ObjectStore(text.to_owned())),
            (true, Backend::Embedded) => {
                Err("must be a file: object stores need HERMES_BACKEND=aws".to_owned())
            }
            (false, _) => values::path(text, folder).map(ProjectsSource::File),
        };
        self.shown(&spec::PROJECTS, parse, default)
    }

    fn public_url(&mut self, port: u16) -> Option<String> {
        self.value(
            &spec::PUBLIC_URL,
            |text| values::web_url(text).map(Some),
            || None,
            |url| {
                url.clone()
                    .unwrap_or_else(|| format!("http://localhost:{port}"))
            },
        )
    }

    fn check_together(&mut self, settings: &Settings) {
        let keys_were_read = self.layers.find(&spec::API_KEYS).is_some();
        if settings.mode == Mode::Production && !keys_were_read {
            let detail = "is not set, and production does not start without keys: \
                          make one with `hermes key new --client CLIENT`, or set `open` \
                          if something in front of Hermes keeps strangers out";
            let problem = Problem::new(spec::API_KEYS.variable, detail);
            self.layers.problems.push(problem);
        }
        if settings.backend == Backend::Aws {
            self.check_aws(settings);
        }
    }

    /// What has no default that could work on AWS.
    fn check_aws(&mut self, settings: &Settings) {
        let aws = &settings.aws;
        let needed = [
            (
                &spec::MAIL_STORE,
                aws.mail_store.is_some(),
                "s3://bucket/mail/: raw mails are kept there",
            ),
            (
                &spec::PREVIEW_STORE,
                aws.preview_store.is_some(),
                "s3://bucket/{clientHash}/{projectId}/{sessionId}/: previews are kept there",
            ),
            (
                &spec::MAIL_ADDRESS,
                !settings.mail_address.ends_with(".localhost"),
                "edit@example.com: the address whose mail SES receives for Hermes, and from which it answers",
            ),
        ];
        for (spec, is_set, example) in needed {
            let said = self.layers.find(spec).is_some();
            if !is_set && !said {
                let detail = format!("is not set; HERMES_BACKEND=aws needs it, such as {example}");
                let problem = Problem::new(spec.variable, detail);
                self.layers.problems.push(problem);
            }
        }
    }

    /// In production, links in mails that lead to the reader's own machine.
    fn local_links(&mut self, settings: &Settings) -> Vec<String> {
        let links = [&spec::PUBLIC_URL, &spec::PREVIEW_URL];
        let unset = links.map(|spec| (spec.variable, self.layers.find(spec).is_none()));
        let local = unset
            .into_iter()
            .filter(|(_, unset)| *unset && settings.mode == Mode::Production);
        local
            .map(|(name, _)| format!("{name} is not set: links in mails lead to localhost"))
            .collect()
    }
}

/// The service's own address: `+project` is put behind its local part, so it has none itself.
fn service_address(text: &str) -> Result<String, String> {
    let address = mail_address(text)?;
    if address.contains('+') {
        return Err("must be a mail address without a +".to_owned());
    }
    Ok(address)
}

/// Containers share this machine's cores, or have their own on AWS; there the number only bounds what a flood of mail can
/// cost.
fn most_containers(backend: Backend) -> u32 {
    match backend {
        Backend::Embedded => twice_the_cores(),
        Backend::Aws => 100,
    }
}

fn twice_the_cores() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores).unwrap_or(u32::MAX).saturating_mul(2)
}
