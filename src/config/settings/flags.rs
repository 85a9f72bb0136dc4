//! The settings as command-line flags, made from the table of settings.
//!
//! Values stay text here: they are checked with those of the environment and the file, so that
//! all that is wrong is reported together.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

use super::spec::{self, Spec};

const CONFIG: &str = "settings-file";
const HEADING: &str = "Settings (flag before environment before file)";
const AWS_HEADING: &str = "Settings of the aws backend";

/// The settings that were given as flags.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SettingsFlags {
    values: BTreeMap<&'static str, String>,
    file: Option<PathBuf>,
}

impl SettingsFlags {
    /// The value that was given for a setting.
    pub(crate) fn get(&self, spec: &Spec) -> Option<&str> {
        self.values.get(spec.flag).map(String::as_str)
    }

    /// The settings file that was named by `--config`.
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// The first flag that was given, without its dashes; `None` when there was none.
    pub(crate) fn first(&self) -> Option<&'static str> {
        let first = self.values.keys().next().copied();
        first.or_else(|| self.file.is_some().then_some("config"))
    }

    /// These flags, and where one was not given, that of `outer`.
    pub(crate) fn or(mut self, outer: Self) -> Self {
        for (flag, value) in outer.values {
            self.values.entry(flag).or_insert(value);
        }
        self.file = self.file.or(outer.file);
        self
    }
}

impl FromArgMatches for SettingsFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |spec: &&'static Spec| {
            let value = matches.get_one::<String>(spec.flag)?;
            Some((spec.flag, value.clone()))
        };
        Ok(Self {
            values: spec::ALL.iter().filter_map(given).collect(),
            file: matches.get_one::<PathBuf>(CONFIG).cloned(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let newer = Self::from_arg_matches(matches)?;
        *self = newer.or(std::mem::take(self));
        Ok(())
    }
}

impl Args for SettingsFlags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(CONFIG)
            .long("config")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help_heading(HEADING)
            .help("Settings file [env: HERMES_CONFIG] [default: config/hermes.toml, if it exists]");
        let settings = |specs: &'static [&'static Spec], heading: &'static str| {
            specs.iter().map(move |spec| {
                Arg::new(spec.flag)
                    .long(spec.flag)
                    .value_name(spec.value)
                    .help_heading(heading)
                    .help(help(spec))
            })
        };
        let (everywhere, aws) = spec::ALL.split_at(spec::EVERYWHERE);
        command
            .arg(file)
            .args(settings(everywhere, HEADING))
            .args(settings(aws, AWS_HEADING))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The help of a setting with its variable before the default. The variable's present value is
/// never part of it, so that help cannot show a secret.
fn help(spec: &Spec) -> String {
    let variable = format!("[env: {}] [default: ", spec.variable);
    spec.help.replacen("[default: ", &variable, 1)
}

/// Without values: some are secrets.
impl std::fmt::Debug for SettingsFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}
