//! A project: one website, where it comes from, and who may change it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::ids::{ClientId, ProjectId, UserId};
use super::mail::{EmailAddress, PublishProof};
use super::member::Role;

/// One website and its rules, as the operator wrote them down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Unique among all projects, whatever the case of its letters.
    pub id: ProjectId,
    /// The tenant that owns it.
    pub client: ClientId,
    /// Whether any client id is taken, and anyone edits; never in production.
    pub open: bool,
    /// Where the website's sources are.
    pub repo: ProjectRepo,
    /// The default branch; threads start from it and publishing goes to it.
    pub branch: String,
    /// The build command, run without a shell; `None` when the sources are the website.
    pub build: Option<Vec<String>>,
    /// The folder to publish, relative to the repository, without `..`.
    pub output: PathBuf,
    /// Mail addresses of the project, lower case; unique over all projects.
    pub addresses: Vec<String>,
    /// What carries out an instruction.
    pub agent: AgentChoice,
    /// How long one command may take (S7).
    pub command_timeout: Duration,
    /// Who may do what; each user once.
    pub members: Vec<Member>,
    /// Whose mail counts, beyond the rules for everybody.
    pub mail: MailOptions,
}

/// What a project says about mail to it. The default is the strictest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailOptions {
    /// What it takes to publish by mail (P4).
    pub publish_proof: PublishProof,
    /// The groups that may pass mail on under their own address (A10).
    pub groups: Vec<EmailAddress>,
    /// Whether dots and plus tags of gmail addresses mean anything (A2).
    pub gmail: GmailFolding,
}

/// Whether addresses of gmail are the same whatever dots and plus tags they have (A2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GmailFolding {
    /// They are others.
    #[default]
    Off,
    /// They are the same mailbox, as they are for gmail.
    On,
}

/// A person that a project lists by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user; derived from the address when there is one.
    pub user: UserId,
    /// The mail address, lower case; `None` for a user that only REST clients name.
    pub address: Option<String>,
    /// What the user may do.
    pub role: Role,
}

/// Where a website's sources are.
#[derive(Clone, PartialEq, Eq)]
pub enum ProjectRepo {
    /// The sample site that comes with Hermes.
    Demo,
    /// A repository on this machine, as an absolute path.
    Path(PathBuf),
    /// An `https`, `ssh` or `file` URL, or ssh's short form `user@host:path`. May carry a secret.
    Url(String),
}

impl fmt::Debug for ProjectRepo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Demo => f.write_str("Demo"),
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Self::Url(url) => f.debug_tuple("Url").field(&without_userinfo(url)).finish(),
        }
    }
}

/// A URL fit to be shown: whoever and whatever stands before the host's `@` is left out.
fn without_userinfo(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}{path}"),
        None => url.to_owned(),
    }
}

/// What carries out an instruction in a worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentChoice {
    /// Exact edits in plain words, no model.
    Literal,
    /// Claude Code, headless.
    Claude,
    /// A tool loop over Bedrock.
    Bedrock,
    /// Any command that reads an instruction on standard input: the program and its arguments.
    Program(Vec<String>),
}

impl AgentChoice {
    /// The agent's name, as the projects file and the metrics have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Claude => "claude",
            Self::Bedrock => "bedrock",
            Self::Program(_) => "program",
        }
    }
}

impl Project {
    /// What a user, named by mail address or user id, may do here: listed members first, then,
    /// on an open project, everyone edits. `None` is not a member.
    pub fn role_of(&self, who: &str) -> Option<Role> {
        match self.member(who) {
            Some(member) => Some(member.role),
            None => self.open.then_some(Role::Editor),
        }
    }

    /// The listed member of this mail address or user id.
    pub fn member(&self, who: &str) -> Option<&Member> {
        let same = self.members.iter().find(|member| member.is(who));
        same.or_else(|| match self.mail.gmail {
            GmailFolding::Off => None,
            GmailFolding::On => {
                let folded = folded(who)?;
                let has_it = |address: &str| self::folded(address).as_ref() == Some(&folded);
                let mut members = self.members.iter();
                members.find(|member| member.address.as_deref().is_some_and(has_it))
            }
        })
    }

    /// Whether a caller may name this client together with this project.
    pub fn takes_client(&self, client: &ClientId) -> bool {
        self.open || self.client == *client
    }
}

fn folded(address: &str) -> Option<EmailAddress> {
    address.parse::<EmailAddress>().ok()?.folded()
}

impl Member {
    fn is(&self, who: &str) -> bool {
        self.user.as_str() == who
            || self
                .address
                .as_deref()
                .is_some_and(|address| address.eq_ignore_ascii_case(who))
    }
}

/// Whether git takes `text` as a branch name, by the main rules of `git check-ref-format --branch`.
pub fn is_branch_name(text: &str) -> bool {
    const LONGEST: usize = 200;
    let forbidden = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    // A suffix of git's, not a file's extension: git compares its case as well.
    let component = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none()
    };
    text.len() <= LONGEST
        && !matches!(text, "@" | "HEAD")
        && !text.starts_with('-')
        && !text.ends_with('.')
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(forbidden)
        && text.split('/').all(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(open: bool) -> Project {
        let odd = "o'neil@example.com";
        Project {
            id: "site".parse().unwrap(),
            client: "acme".parse().unwrap(),
            open,
            repo: ProjectRepo::Demo,
            branch: "main".to_owned(),
            build: None,
            output: PathBuf::from("."),
            addresses: Vec::new(),
            agent: AgentChoice::Literal,
            command_timeout: Duration::from_mins(30),
            members: vec![
                Member {
                    user: UserId::from_address(odd),
                    address: Some(odd.to_owned()),
                    role: Role::Publisher,
                },
                Member {
                    user: "u-42".parse().unwrap(),
                    address: None,
                    role: Role::Viewer,
                },
            ],
            mail: MailOptions::default(),
        }
    }

    #[test]
    fn a2_gmail_addresses_are_folded_only_where_the_project_says_so() {
        let mut site = project(false);
        site.members[0].address = Some("jo.doe@gmail.com".to_owned());
        site.members[0].user = UserId::from_address("jo.doe@gmail.com");
        let alias = "JoDoe+sites@googlemail.com";
        assert_eq!(site.role_of(alias), None);
        site.mail.gmail = GmailFolding::On;
        assert_eq!(site.role_of(alias), Some(Role::Publisher));
        assert_eq!(site.role_of("jo.doe@gmail.com"), Some(Role::Publisher));
        for other in [
            "jodoe@example.com",
            "jodo@gmail.com",
            "@gmail.com",
            "+@gmail.com",
        ] {
            assert_eq!(site.role_of(other), None, "{other}");
        }
    }

    #[test]
    fn members_are_known_by_address_and_by_user_id() {
        let site = project(false);
        let hashed = UserId::from_address("o'neil@example.com");
        assert_eq!(site.role_of("O'Neil@example.com"), Some(Role::Publisher));
        assert_eq!(site.role_of(hashed.as_str()), Some(Role::Publisher));
        assert_eq!(site.role_of("u-42"), Some(Role::Viewer));
        assert_eq!(site.role_of("someone@example.com"), None);
    }

    #[test]
    fn everyone_else_edits_an_open_project_but_a_listed_viewer_stays_one() {
        let site = project(true);
        assert_eq!(site.role_of("someone@example.com"), Some(Role::Editor));
        assert_eq!(site.role_of("u-42"), Some(Role::Viewer));
        assert!(site.takes_client(&"anyone".parse().unwrap()));
        assert!(!project(false).takes_client(&"anyone".parse().unwrap()));
    }

    #[test]
    fn branch_names_follow_the_rules_of_git() {
        for good in ["main", "feature/a-b", "v1.2", "Üb", "a@b"] {
            assert!(is_branch_name(good), "{good}");
        }
        for bad in [
            "",
            "-x",
            "a b",
            "a..b",
            "a//b",
            "/a",
            "a/",
            "a.",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a@{1}",
            "@",
            "HEAD",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[",
            "a\\b",
            "a\nb",
            &"a".repeat(201),
        ] {
            assert!(!is_branch_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn debug_output_keeps_the_secret_of_a_url() {
        let repo = ProjectRepo::Url("https://bot:s3cret@example.com/a/b@c.git".to_owned());
        let shown = format!("{repo:?}");
        assert_eq!(shown, r#"Url("https://***@example.com/a/b@c.git")"#);
    }
}
