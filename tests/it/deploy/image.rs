//! The Dockerfile, as far as it can be read without an engine.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::scripts::ROOT;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of the Dockerfile without comments, continued lines joined.
fn instructions() -> Vec<String> {
    let text = read("Dockerfile");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty())
        .collect();
    let whole = lines.join("\n").replace("\\\n", " ");
    whole
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

/// The instructions of the stage `name`.
fn stage(name: &str) -> Vec<String> {
    let all = instructions();
    let from = all
        .iter()
        .position(|line| line.starts_with("FROM ") && line.ends_with(&format!(" AS {name}")))
        .unwrap_or_else(|| panic!("no stage {name}"));
    let rest = all[from + 1..].iter();
    rest.take_while(|line| !line.starts_with("FROM "))
        .cloned()
        .collect()
}

#[test]
fn the_layer_of_dependencies_has_a_stand_in_for_every_target_of_the_manifest() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let layer = stage("build").join("\n");
    let (dependencies, _) = layer.split_once("COPY src src").unwrap();
    for kind in ["bench", "test"] {
        for target in manifest[kind].as_array().unwrap() {
            let name = target["name"].as_str().unwrap();
            let folder = match kind {
                "bench" => format!("benches/{name}"),
                _ => format!("tests/{name}"),
            };
            assert!(dependencies.contains(&folder), "{folder} needs a stand-in");
        }
    }
    assert!(dependencies.contains("--locked"));
}

/// Paths outside of `src` that the program's sources include, tests apart.
fn included() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(ROOT).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !name.contains("tests")
            {
                let text = fs::read_to_string(&path).unwrap();
                let parts = text.split("../config/").skip(1);
                found.extend(parts.map(|part| {
                    let end = part.find('"').unwrap();
                    format!("config/{}", part[..end].trim_end_matches('/'))
                }));
            }
        }
    }
    found
}

#[test]
fn everything_that_the_sources_include_reaches_the_build() {
    let copied: Vec<String> = stage("build")
        .into_iter()
        .filter(|line| line.starts_with("COPY "))
        .collect();
    let ignore = read(".dockerignore");
    let included = included();
    assert!(included.len() >= 3, "{included:?}");
    for path in included {
        assert!(
            copied
                .iter()
                .any(|line| line.split(' ').any(|word| word == path)),
            "{path} is not copied"
        );
        assert!(
            ignore.lines().any(|line| line == format!("!{path}")),
            "{path} is ignored"
        );
    }
}

#[test]
fn neither_image_runs_as_root_or_outside_of_production() {
    for name in ["hermes", "edit"] {
        let stage = stage(name);
        let user = stage
            .iter()
            .rfind(|line| line.starts_with("USER "))
            .unwrap();
        let number: u32 = user
            .trim_start_matches("USER ")
            .split(':')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(number > 0, "{name}: {user}");
        let settings = stage.iter().find(|line| line.starts_with("ENV ")).unwrap();
        assert!(
            settings.contains("HERMES_ENV=production") && settings.contains("HERMES_BACKEND=aws"),
            "{name}"
        );
    }
}

#[test]
fn the_service_is_asked_for_its_health_and_the_worker_is_not() {
    let health = |name: &str| {
        stage(name)
            .into_iter()
            .find(|line| line.starts_with("HEALTHCHECK"))
            .unwrap()
    };
    assert!(health("hermes").ends_with(r#"CMD ["/usr/local/bin/hermes", "health"]"#));
    assert_eq!(health("edit"), "HEALTHCHECK NONE");
    assert!(stage("hermes").contains(&"EXPOSE 3000".to_owned()));
    assert!(
        !stage("edit").iter().any(|line| line.starts_with("EXPOSE")),
        "nobody speaks to a worker"
    );
}

#[test]
fn the_edit_image_has_what_a_worker_and_a_sites_build_need() {
    let stage = stage("edit").join("\n");
    for wanted in [
        "git",
        "openssh-client",
        "ca-certificates",
        "ARG AGENT_CLI",
        "WORKSPACE_PATH=/workspace",
        r#"CMD ["worker"]"#,
    ] {
        assert!(stage.contains(wanted), "{wanted}");
    }
    assert!(
        instructions()
            .iter()
            .any(|line| line.starts_with("FROM node:") && line.ends_with("AS edit"))
    );
}
