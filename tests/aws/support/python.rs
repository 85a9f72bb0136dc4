//! Python programs, installed once below `target/`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::trial::Ignored;

/// The `bin` folder of an environment with exactly these packages, which `requirements` pins. The first test that asks
/// installs them, whichever process it is in; a list that has changed is installed anew.
pub(crate) fn environment(name: &str, requirements: &str) -> Result<PathBuf, Ignored> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = root.join(format!("python-{name}"));
    let lock = File::create(root.join(format!("python-{name}.lock"))).expect("a lock file");
    lock.lock().expect("the lock");
    let marker = folder.join("installed.txt");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == requirements) {
        return Ok(folder.join("bin"));
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the old environment goes");
    }
    let mut venv = Command::new("python3");
    run(venv.args(["-m", "venv"]).arg(&folder), "python3 -m venv")?;
    let list = folder.join("requirements.txt");
    fs::write(&list, requirements).expect("a list");
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-input"]);
    pip.args(["--disable-pip-version-check", "--no-deps", "-r"]);
    run(pip.arg(&list), "pip install")?;
    fs::write(&marker, requirements).expect("a marker");
    Ok(folder.join("bin"))
}

/// Runs a program that may not be there or may not succeed; neither is for a test to fail of.
fn run(command: &mut Command, what: &str) -> Result<(), Ignored> {
    let ignored = |why: &str| Ignored(format!("needs python3 and PyPI: {what}: {why}"));
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| ignored(&error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(ignored(last.unwrap_or("it failed and said nothing")))
}
