//! What a projects file may say, and what each mistake says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::config::settings::{Mode, ProjectsSource};
use crate::domain::mail::PublishProof;
use crate::domain::member::Role;
use crate::domain::project::{AgentChoice, GmailFolding, MailOptions, Project, ProjectRepo};

fn parse_in(mode: Mode, text: &str) -> Result<Vec<Project>, String> {
    let parsed = parse_projects("p.toml", text, Path::new("/etc/hermes"), mode);
    parsed.map_err(|errors| errors.to_string())
}

fn parse(text: &str) -> Result<Vec<Project>, String> {
    parse_in(Mode::Development, text)
}

/// A right project on lines 1 to 5, with more lines behind them.
fn with(lines: &str) -> String {
    let right = "[[project]]\nid = 'shop'\nclient = 'acme'\nrepo = 'site'\n";
    format!("{right}members = [{{ address = 'ann@example.com', role = 'editor' }}]\n{lines}")
}

#[test]
fn a_project_has_sensible_defaults() {
    let projects = parse(&with("")).unwrap();
    let [shop] = &projects[..] else {
        panic!("{projects:?}");
    };
    assert_eq!(
        shop.repo,
        ProjectRepo::Path(PathBuf::from("/etc/hermes/site"))
    );
    assert_eq!(shop.branch, "main");
    assert_eq!(shop.build, None);
    assert_eq!(shop.output, Path::new("."));
    assert_eq!(shop.agent, AgentChoice::Literal);
    assert_eq!(shop.command_timeout, Duration::from_mins(30));
    assert!(!shop.open && shop.addresses.is_empty());
    assert_eq!(shop.role_of("ann@example.com"), Some(Role::Editor));
}

#[test]
fn every_key_is_read() {
    let text = "\
[[project]]
id = 'shop'
client = 'acme'
repo = 'git@example.com:acme/shop.git'
branch = 'live'
build = ['npm', 'run', 'build']
output = 'dist/site'
addresses = ['Shop@Example.com', 'shop@example.com']
agent = 'program'
program = ['my-agent', '--quiet']
command_timeout = '10m'
members = [
  { address = \"O'Neil@Example.com\", role = 'publisher' },
  { user = 'u-42', role = 'viewer' },
]
";
    let projects = parse(text).unwrap();
    let shop = &projects[0];
    assert_eq!(
        shop.repo,
        ProjectRepo::Url("git@example.com:acme/shop.git".to_owned())
    );
    assert_eq!(shop.branch, "live");
    assert_eq!(shop.build.as_deref().unwrap(), ["npm", "run", "build"]);
    assert_eq!(shop.output, Path::new("dist/site"));
    assert_eq!(shop.addresses, ["shop@example.com"]);
    let program = ["my-agent", "--quiet"].map(str::to_owned).to_vec();
    assert_eq!(shop.agent, AgentChoice::Program(program));
    assert_eq!(shop.command_timeout, Duration::from_mins(10));
    assert_eq!(shop.role_of("o'neil@example.com"), Some(Role::Publisher));
    assert_eq!(shop.role_of("u-42"), Some(Role::Viewer));
}

#[test]
fn mail_to_a_project_is_judged_strictly_unless_it_says_otherwise() {
    let mail = |lines: &str| parse(&with(lines)).unwrap()[0].mail.clone();
    assert_eq!(mail(""), MailOptions::default());
    assert_eq!(mail("").publish_proof, PublishProof::DmarcPass);
    let strict = "require_dmarc_pass = true\nfold_gmail = false\ngroups = []";
    assert_eq!(mail(strict), MailOptions::default());
    let group = "team@group.example".parse().unwrap();
    assert_eq!(
        mail("require_dmarc_pass = false\nfold_gmail = true\ngroups = ['Team@Group.example']"),
        MailOptions {
            publish_proof: PublishProof::Aligned,
            groups: vec![group],
            gmail: GmailFolding::On,
        }
    );
    for bad in [
        "require_dmarc_pass = 'no'",
        "fold_gmail = 1",
        "groups = 'team'",
        "groups = ['team']",
    ] {
        let error = parse(&with(bad)).unwrap_err();
        assert!(error.starts_with("p.toml:6: "), "{error}");
    }
}

#[test]
fn repositories_are_urls_paths_or_the_demo() {
    let url = |text: &str| ProjectRepo::Url(text.to_owned());
    for (text, repo) in [
        ("builtin:demo", ProjectRepo::Demo),
        (
            "../site",
            ProjectRepo::Path(PathBuf::from("/etc/hermes/../site")),
        ),
        ("/srv/site", ProjectRepo::Path(PathBuf::from("/srv/site"))),
        (
            "https://example.com/a.git",
            url("https://example.com/a.git"),
        ),
        (
            "ssh://git@example.com:22/a",
            url("ssh://git@example.com:22/a"),
        ),
        ("file:///srv/a.git", url("file:///srv/a.git")),
    ] {
        let text = with("").replace("'site'", &format!("'{text}'"));
        assert_eq!(parse(&text).unwrap()[0].repo, repo);
    }
    for bad in [
        "",
        "-x",
        "http://example.com/a",
        "git://example.com/a",
        "ext://sh",
        "https://",
        "file://host/a",
        "ssh://-oProxyCommand=x/a",
        "builtin:other",
        "~/site",
        "https://u:s3cret@ex ample.com/",
    ] {
        let text = with("").replace("'site'", &format!("'{bad}'"));
        let error = parse(&text).unwrap_err();
        assert!(
            error.starts_with("p.toml:4: repo must be "),
            "{bad}: {error}"
        );
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn each_mistake_has_its_line_and_what_is_right() {
    for (lines, said) in [
        (
            "bild = ['x']",
            "p.toml:6: unknown key \"bild\" (did you mean \"build\"?)",
        ),
        (
            "open = 'yes'",
            "p.toml:6: open = \"yes\" must be true or false",
        ),
        (
            "branch = 'a..b'",
            "p.toml:6: branch = \"a..b\" must be a branch name",
        ),
        (
            "output = '../x'",
            "p.toml:6: output = \"../x\" must be a folder inside",
        ),
        ("output = '/x'", "must be a folder inside"),
        ("output = '.git'", "must be a folder inside"),
        ("output = ''", "must be a folder inside"),
        (
            "build = 'npm run build'",
            "build = \"npm run build\" must be a list of texts",
        ),
        ("build = []", "p.toml:6: build must be a list of words"),
        (
            "build = ['', 'x']",
            "p.toml:6: build must be a list of words",
        ),
        (
            "agent = 'claud'",
            "must be literal or claude or bedrock or program (did you mean \"claude\"?)",
        ),
        (
            "agent = 'program'",
            "p.toml:1: agent \"program\" needs program",
        ),
        (
            "program = ['x']",
            "p.toml:6: program is only for agent = \"program\"",
        ),
        ("command_timeout = '5h'", "must be a duration from 1s to 4h"),
        (
            "command_timeout = 30",
            "p.toml:6: command_timeout must be a text",
        ),
        (
            "addresses = ['shop']",
            "p.toml:6: addresses \"shop\" must be one mail address",
        ),
        ("addresses = 'a@b.c'", "must be a list of texts"),
        ("[extra]", "p.toml:6: unknown key \"extra\""),
    ] {
        let error = parse(&with(lines)).unwrap_err();
        assert!(
            error.contains(said) && error.lines().count() == 1,
            "{lines}: {error}"
        );
    }
}

#[test]
fn members_are_checked_one_by_one() {
    let ann = "{ address = 'ann@example.com', role = 'editor' }";
    for (members, said) in [
        ("[]", "p.toml:1: project \"shop\" has no members"),
        ("'ann'", "members must be a list such as"),
        ("['ann']", "members must be a list such as"),
        (
            "[{ address = 'ann@example.com' }]",
            "p.toml:5: the member has no role",
        ),
        (
            "[{ role = 'editor' }]",
            "has either an address, or the user id",
        ),
        (
            "[{ address = 'ann', role = 'editor' }]",
            "address = \"ann\" must be one mail address",
        ),
        (
            "[{ user = 'a b', role = 'editor' }]",
            "user = \"a b\" must be 1 to 128",
        ),
        (
            "[{ address = 'a@b.c', user = 'a', role = 'editor' }]",
            "has either an address, or",
        ),
        (
            "[{ address = 'a@b.c', role = 'owner' }]",
            "role = \"owner\" must be viewer, editor or publisher",
        ),
        (
            "[{ address = 'a@b.c', role = 'editor', name = 'A' }]",
            "unknown key \"name\"",
        ),
        (
            &format!("[{ann}, {}]", ann.replace("ann@", "ANN@")),
            "members lists this user twice",
        ),
    ] {
        let text = with("").replace(&format!("[{ann}]"), members);
        let error = parse(&text).unwrap_err();
        assert!(
            error.contains(said) && error.lines().count() == 1,
            "{members}: {error}"
        );
    }
}

#[test]
fn ids_and_addresses_are_unique_over_projects() {
    let one = with("addresses = ['shop@example.com']\n");
    let two = one
        .replace("'shop'", "'Shop'")
        .replace("shop@example", "SHOP@example");
    let error = parse(&format!("{one}{two}")).unwrap_err();
    assert_eq!(
        error,
        "p.toml:7: id \"Shop\" is already that of project \"shop\"; choose another\n\
         p.toml:7: address \"shop@example.com\" is already that of project \"shop\"; choose another"
    );
}

#[test]
fn a_file_without_projects_is_an_error() {
    assert_eq!(
        parse("").unwrap_err(),
        "p.toml: lists no project; add one that begins with [[project]]"
    );
    for text in ["project = 1", "[project]\nid = 'a'", "project = [1]"] {
        let error = parse(text).unwrap_err();
        assert!(error.contains("begins with [[project]]"), "{text}: {error}");
    }
    let error = parse("[[project]]\n").unwrap_err();
    for key in ["id", "client", "repo"] {
        assert!(
            error.contains(&format!("p.toml:1: the project has no {key}")),
            "{error}"
        );
    }
}

#[test]
fn open_projects_run_no_programs_and_no_production() {
    let open = with("open = true\n").replace("members = [{", "members = [ {");
    assert!(parse(&open).unwrap()[0].open);
    let error = parse_in(Mode::Production, &open).unwrap_err();
    assert_eq!(
        error,
        "p.toml:1: project \"shop\" is open, which production refuses: remove open and list its members"
    );
    for line in [
        "build = ['make']",
        "agent = 'claude'",
        "agent = 'program'\nprogram = ['x']",
    ] {
        let error = parse(&format!("{open}{line}\n")).unwrap_err();
        assert!(
            error.contains("list its members by name"),
            "{line}: {error}"
        );
        assert!(parse(&with(line)).is_ok(), "{line}");
    }
}

#[test]
fn the_shipped_file_is_the_demo() {
    let projects = load_projects(&ProjectsSource::BuiltIn, Mode::Development).unwrap();
    let [demo] = &projects[..] else {
        panic!("{projects:?}");
    };
    assert_eq!((demo.id.as_str(), demo.client.as_str()), ("demo", "demo"));
    assert_eq!(demo.repo, ProjectRepo::Demo);
    assert_eq!(demo.role_of("test@example.com"), Some(Role::Publisher));
    assert_eq!(demo.role_of("anyone@example.com"), Some(Role::Editor));
    assert!(load_projects(&ProjectsSource::BuiltIn, Mode::Production).is_err());
    // The example in its comments is right as well.
    let shipped = include_str!("../../../config/projects.toml");
    let (_, example) = shipped.split_once("# [[project]]").unwrap();
    let example = format!(
        "[[project]]{}",
        example.replace("\n# ", "\n").replace("\n#", "\n #")
    );
    assert_eq!(
        parse_in(Mode::Production, &example).unwrap()[0]
            .members
            .len(),
        3
    );
}

#[test]
fn a_missing_file_says_which_setting_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.toml");
    let source = ProjectsSource::File(path.clone());
    let error = load_projects(&source, Mode::Development)
        .unwrap_err()
        .to_string();
    assert!(error.contains("p.toml: cannot be read: ") && error.contains("HERMES_PROJECTS"));
    std::fs::write(&path, with("")).unwrap();
    let projects = load_projects(&source, Mode::Development).unwrap();
    assert_eq!(
        projects[0].repo,
        ProjectRepo::Path(folder.path().join("site"))
    );
}
