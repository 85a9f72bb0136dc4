//! One `[[project]]` of the file.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::config::address::mail_address;
use crate::config::document::{Fields, Value};
use crate::config::problem::{Problem, quoted};
use crate::config::settings::Mode;
use crate::config::suggest;
use crate::domain::ids::UserId;
use crate::domain::mail::{EmailAddress, PublishProof};
use crate::domain::member::Role;
use crate::domain::project::{AgentChoice, GmailFolding, MailOptions, Member, Project};

use super::values;

const KEYS: [&str; 15] = [
    "id",
    "client",
    "open",
    "repo",
    "branch",
    "build",
    "output",
    "addresses",
    "agent",
    "program",
    "command_timeout",
    "members",
    "require_dmarc_pass",
    "groups",
    "fold_gmail",
];
const AGENTS: [&str; 4] = ["literal", "claude", "bedrock", "program"];
const ROLES: [Role; 3] = [Role::Viewer, Role::Editor, Role::Publisher];
/// A command's own cap when the project says nothing (S7).
const COMMAND_TIMEOUT: Duration = Duration::from_mins(30);

/// Reads one project. What is wrong is added to `problems`; `None` when too much of it is.
pub(super) fn read(
    fields: Fields<'_>,
    folder: &Path,
    mode: Mode,
    problems: &mut Vec<Problem>,
) -> Option<Project> {
    problems.extend(fields.unknown_keys(&KEYS));
    let mut entry = Entry {
        kind: "project",
        fields,
        problems,
    };
    let id = entry.required("id", parsed);
    let client = entry.required("client", parsed);
    let repo = entry.required("repo", |value| values::repo(text(value)?, folder));
    let open = entry.optional("open", truth).unwrap_or(false);
    let branch = entry.optional("branch", |value| values::branch(text(value)?));
    let output = entry.optional("output", |value| values::output(text(value)?));
    let timeout = entry.optional("command_timeout", |value| values::timeout(text(value)?));
    let build = entry.optional("build", |value| values::command(&texts(value)?));
    let addresses = entry.optional("addresses", addresses).unwrap_or_default();
    let agent = entry.agent();
    let members = entry.members();
    let mail = entry.mail();
    let project = Project {
        id: id?,
        client: client?,
        open,
        repo: repo?,
        branch: branch.unwrap_or_else(|| "main".to_owned()),
        build,
        output: output.unwrap_or_else(|| PathBuf::from(".")),
        addresses,
        agent,
        command_timeout: timeout.unwrap_or(COMMAND_TIMEOUT),
        members,
        mail,
    };
    entry.check_together(&project, mode);
    Some(project)
}

/// One table of the file: a project, or a member of one.
struct Entry<'d, 'p> {
    kind: &'static str,
    fields: Fields<'d>,
    problems: &'p mut Vec<Problem>,
}

impl<'d> Entry<'d, '_> {
    fn required<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(Value<'d>) -> Result<T, String>,
    ) -> Option<T> {
        if self.fields.get(key).is_none() {
            let detail = format!("the {} has no {key}", self.kind);
            self.problems
                .push(Problem::new(self.fields.place(), detail));
        }
        self.optional(key, read)
    }

    fn optional<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(Value<'d>) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.fields.get(key)?;
        match read(value) {
            Ok(value) => Some(value),
            Err(right) => {
                // A repository's URL may carry a secret.
                let shown = value.text().filter(|_| key != "repo");
                let shown = shown.map_or_else(String::new, |text| format!(" = {}", quoted(text)));
                self.wrong(value, format!("{key}{shown} {right}"));
                None
            }
        }
    }

    fn wrong(&mut self, value: Value<'_>, detail: impl Into<String>) {
        self.problems.push(Problem::new(value.place(), detail));
    }

    fn agent(&mut self) -> AgentChoice {
        let name = self.optional("agent", agent_name).unwrap_or("literal");
        let program = self.optional("program", |value| values::command(&texts(value)?));
        match (name, self.fields.get("program")) {
            ("program", None) => {
                let detail =
                    "agent \"program\" needs program, a list such as [\"my-agent\", \"--quiet\"]";
                self.problems
                    .push(Problem::new(self.fields.place(), detail));
            }
            ("program", Some(_)) | (_, None) => {}
            (_, Some(value)) => self.wrong(value, "program is only for agent = \"program\""),
        }
        match name {
            "claude" => AgentChoice::Claude,
            "bedrock" => AgentChoice::Bedrock,
            "program" => AgentChoice::Program(program.unwrap_or_default()),
            _ => AgentChoice::Literal,
        }
    }

    fn mail(&mut self) -> MailOptions {
        let choose = |said: Option<bool>, usual| said.unwrap_or(usual);
        let require_dmarc = self.optional("require_dmarc_pass", truth);
        let fold_gmail = self.optional("fold_gmail", truth);
        let groups = self.optional("groups", groups);
        MailOptions {
            publish_proof: if choose(require_dmarc, true) {
                PublishProof::DmarcPass
            } else {
                PublishProof::Aligned
            },
            groups: groups.unwrap_or_default(),
            gmail: if choose(fold_gmail, false) {
                GmailFolding::On
            } else {
                GmailFolding::Off
            },
        }
    }

    fn members(&mut self) -> Vec<Member> {
        let Some(value) = self.fields.get("members") else {
            return Vec::new();
        };
        let Some(list) = value.list() else {
            self.wrong(value, MEMBERS);
            return Vec::new();
        };
        let mut members: Vec<Member> = Vec::new();
        for value in list {
            let Some(fields) = value.fields() else {
                self.wrong(value, MEMBERS);
                continue;
            };
            let Some(member) = self.member(fields) else {
                continue;
            };
            if members.iter().any(|other| other.user == member.user) {
                self.wrong(value, "members lists this user twice");
            }
            members.push(member);
        }
        members
    }

    fn member(&mut self, fields: Fields<'d>) -> Option<Member> {
        self.problems
            .extend(fields.unknown_keys(&["address", "user", "role"]));
        let mut entry = Entry {
            kind: "member",
            fields,
            problems: self.problems,
        };
        let role = entry.required("role", role);
        let address = entry.optional("address", |value| mail_address(text(value)?));
        let user = entry.optional("user", parsed);
        let named = ["address", "user"].map(|key| fields.get(key).is_some());
        if matches!(named, [true, true] | [false, false]) {
            let detail = "a member has either an address, or the user id that REST clients send";
            self.problems.push(Problem::new(fields.place(), detail));
        }
        let derived = address.as_deref().map(UserId::from_address);
        Some(Member {
            user: derived.or(user)?,
            address,
            role: role?,
        })
    }

    /// The rules between the keys of one project.
    fn check_together(&mut self, project: &Project, mode: Mode) {
        let fields = self.fields;
        let mut wrong = |detail: &str| {
            let detail = format!("project {:?} {detail}", project.id.as_str());
            self.problems.push(Problem::new(fields.place(), detail));
        };
        if project.open && mode == Mode::Production {
            wrong("is open, which production refuses: remove open and list its members");
        }
        let listed = fields.get("members");
        let nobody = listed.is_none_or(|value| value.list().is_some_and(|list| list.count() == 0));
        if !project.open && nobody {
            wrong("has no members: list who may change it, or set open = true to try it out");
        }
        // Until workers are sandboxed, strangers must not get code to run on this machine.
        if project.open && (project.build.is_some() || project.agent != AgentChoice::Literal) {
            wrong(
                "is open, and has a build or another agent than literal, which run programs on this \
                 machine without a sandbox: remove open and list its members by name",
            );
        }
    }
}

const MEMBERS: &str =
    "members must be a list such as [{ address = \"ann@example.com\", role = \"editor\" }]";

fn text(value: Value<'_>) -> Result<&str, String> {
    value.text().ok_or_else(|| "must be a text".to_owned())
}

fn texts(value: Value<'_>) -> Result<Vec<&str>, String> {
    value
        .texts()
        .ok_or_else(|| "must be a list of texts".to_owned())
}

fn truth(value: Value<'_>) -> Result<bool, String> {
    value
        .truth()
        .ok_or_else(|| "must be true or false".to_owned())
}

fn parsed<T: FromStr>(value: Value<'_>) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text(value)?
        .parse()
        .map_err(|error: T::Err| error.to_string())
}

fn addresses(value: Value<'_>) -> Result<Vec<String>, String> {
    let mut addresses = Vec::new();
    for text in texts(value)? {
        let address = mail_address(text).map_err(|right| format!("{} {right}", quoted(text)))?;
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

fn groups(value: Value<'_>) -> Result<Vec<EmailAddress>, String> {
    let addresses = addresses(value)?;
    let parsed = addresses.iter().map(|address| address.parse());
    parsed
        .collect::<Result<_, _>>()
        .map_err(|wrong: crate::domain::mail::InvalidAddress| wrong.to_string())
}

fn agent_name(value: Value<'_>) -> Result<&'static str, String> {
    let text = text(value)?;
    AGENTS
        .into_iter()
        .find(|agent| *agent == text)
        .ok_or_else(|| {
            format!(
                "must be {}{}",
                AGENTS.join(" or "),
                suggest::hint(text, AGENTS)
            )
        })
}

fn role(value: Value<'_>) -> Result<Role, String> {
    let text = text(value)?;
    let found = ROLES.into_iter().find(|role| role.to_string() == text);
    found.ok_or_else(|| "must be viewer, editor or publisher".to_owned())
}
