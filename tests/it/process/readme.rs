//! The README, executed: its examples work as written, and its tables are complete.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::harness::{Hermes, client, hermes};

const README: &str = include_str!("../../../README.md");

/// An example, and what its output must contain.
struct Example {
    wanted: String,
    script: String,
}

/// Every shell block below a `<!-- run: ... -->` mark.
fn examples() -> Vec<Example> {
    README
        .split("<!-- run: ")
        .skip(1)
        .map(|part| {
            let (wanted, rest) = part.split_once(" -->").unwrap();
            let (_, rest) = rest.split_once("```bash\n").unwrap();
            let (script, _) = rest.split_once("```").unwrap();
            Example {
                wanted: wanted.to_owned(),
                script: script.to_owned(),
            }
        })
        .collect()
}

fn shell(script: &str, folder: &Path, settings: &[(&str, &str)]) -> Output {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_hermes"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(program.parent().unwrap().to_owned());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(folder)
        .env("PATH", path);
    command.envs(settings.iter().copied()).output().unwrap()
}

/// Does what curl would do with these arguments; those of the README are all there are.
async fn curl(arguments: &[String], port: &str) -> String {
    let mut method = "GET";
    let (mut url, mut headers, mut body) = (String::new(), Vec::new(), Vec::new());
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "-s" => {}
            "-X" => method = arguments.next().unwrap(),
            "-H" => headers.push(arguments.next().unwrap().split_once(": ").unwrap()),
            "-d" => body = arguments.next().unwrap().as_bytes().to_vec(),
            "--data-binary" => {
                let file = arguments.next().unwrap().strip_prefix('@').unwrap();
                body = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
            }
            other => other
                .replace("localhost:3000", &format!("127.0.0.1:{port}"))
                .clone_into(&mut url),
        }
    }
    let mut request = client().request(method.parse().unwrap(), url).body(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn its_examples_work_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let mail = "config/demo-mail.eml";
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(mail);
    std::fs::copy(here, folder.path().join(mail)).unwrap();
    let running = Hermes::start(folder.path(), &[]);
    let port = running.url.rsplit(':').next().unwrap();
    let examples = examples();
    assert!(examples.len() >= 4);
    for Example { wanted, script } in examples {
        let output = if script.starts_with("curl ") {
            // the shell takes the words apart, as it would for curl
            let words = shell(
                &format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{script}"),
                folder.path(),
                &[],
            );
            let words = String::from_utf8(words.stdout).unwrap();
            let words: Vec<String> = words
                .split_terminator('\0')
                .map(ToOwned::to_owned)
                .collect();
            curl(&words, port).await
        } else {
            let output = shell(&script, folder.path(), &[("HERMES_SERVER", &running.url)]);
            assert!(
                output.status.success(),
                "{script}\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8(output.stdout).unwrap()
        };
        assert!(
            output.contains(&wanted),
            "{script}\nprinted\n{output}\nwithout {wanted}"
        );
    }
}

#[test]
fn its_table_has_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let output = hermes(folder.path())
        .args(["config", "--json"])
        .output()
        .unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = told["settings"].as_array().or(told.as_array()).unwrap();
    assert!(settings.len() >= 17, "{told}");
    for setting in settings {
        let name = setting["name"].as_str().unwrap();
        assert!(
            README.contains(&format!("| `{name}`")),
            "{name} is not in the README's table"
        );
    }
}
