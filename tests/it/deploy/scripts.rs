//! A checkout with one commit and doubles of the programs that scripts call.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(super) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder with a script of ours in a git checkout, and programs that only write down how they were called.
pub(super) struct Desk {
    folder: tempfile::TempDir,
}

/// What a script said and did.
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
    /// The calls of the doubles, one a line.
    pub(super) calls: Vec<String>,
}

impl Desk {
    /// With the scripts at these paths, committed.
    pub(super) fn with(scripts: &[&str]) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for script in scripts {
            let copy = desk.checkout().join(script);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(Path::new(ROOT).join(script), copy).unwrap();
        }
        fs::create_dir(desk.programs()).unwrap();
        for arguments in [
            vec!["init", "-q"],
            vec!["add", "."],
            vec!["commit", "-q", "-m", "one"],
        ] {
            desk.git(&arguments);
        }
        desk
    }

    pub(super) fn checkout(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    fn programs(&self) -> PathBuf {
        self.folder.path().join("programs")
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com"])
            .args(arguments)
            .current_dir(self.checkout())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A program that writes down its arguments and then does `script`.
    pub(super) fn program(&self, name: &str, script: &str) {
        let path = self.programs().join(name);
        let log = self.folder.path().join("calls");
        let log = log.display();
        let text = format!("#!/bin/sh\necho \"{name} $*\" >> '{log}'\n{script}\n");
        // written by a process of its own: while this one has the file open, a child that another test starts may have
        // it open too, and then it can't be run
        let mut writer = Command::new("sh")
            .args(["-c", "cat > \"$0\" && chmod +x \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writer
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(writer.wait().unwrap().success());
    }

    /// Runs a script of the checkout. It finds the doubles, git, and what every system has.
    pub(super) fn run(&self, script: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Told {
        let log = self.folder.path().join("calls");
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.programs().display());
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new("bash")
            .arg(self.checkout().join(script))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs(settings.iter().copied())
            .output()
            .unwrap();
        let calls = fs::read_to_string(&log).unwrap_or_default();
        fs::remove_file(log).ok();
        Told {
            code: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
            calls: calls.lines().map(ToOwned::to_owned).collect(),
        }
    }
}
