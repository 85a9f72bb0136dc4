//! The rules that no compiler checks: layers, sizes, what a `mod.rs` holds, and who may spawn.
//!
//! A rule is a function from one file to its failures, so that each is tried here on a source that breaks it too.

use std::fs;
use std::path::Path as FilePath;

use crate::source::{Path, Token, paths, tokens};

/// Who may import whom. The same table stands in the documentation of `src/lib.rs`.
const LAYERS: [(&str, &str); 11] = [
    ("domain", "nothing of ours"),
    ("ports", "domain"),
    ("services", "domain, ports"),
    ("config", "domain"),
    ("http", "domain, services, config"),
    ("worker", "domain, ports, runtime"),
    ("adapters", "domain, ports, config"),
    ("runtime", "nothing of ours"),
    ("cli", "domain, config"),
    ("app", "everything"),
    ("main", "app, config, runtime, cli"),
];

const MAX_LINES: usize = 600;

/// A source file by its path from the root of the repository.
struct File {
    path: String,
    text: String,
}

fn files(folder: &str) -> Vec<File> {
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root)
                    .expect("it was found under the root");
                found.push(File {
                    path: name.to_str().unwrap().replace('\\', "/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no source was found under {folder}");
    found
}

fn hold(rule: impl Fn(&File) -> Vec<String>, folders: &[&str]) {
    let failures: Vec<String> = folders
        .iter()
        .flat_map(|folder| files(folder))
        .flat_map(|file| rule(&file))
        .collect();
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

/// The modules that a file is, outermost first: `src/http/routes/mod.rs` is `http::routes`.
fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

/// The path from the crate's root, if it leads to something of ours.
fn resolve(module: &[String], path: &Path) -> Option<Vec<String>> {
    let mut base: Vec<String> = [module, &path.inside].concat();
    let mut rest = path.segments.as_slice();
    match path.segments[0].as_str() {
        "crate" | "hermes" => {
            base.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            let supers = rest.iter().take_while(|part| *part == "super").count();
            base.truncate(base.len().saturating_sub(supers));
            rest = &rest[supers..];
        }
        _ => return None,
    }
    base.extend_from_slice(rest);
    Some(base)
}

fn imports_follow_the_layers(file: &File) -> Vec<String> {
    let module = module_of(&file.path);
    let layer = module[0].as_str();
    if layer == "lib" {
        return Vec::new();
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!(
            "{}:1: layers: `{layer}` is in no layer. Add it to the table in src/lib.rs and to LAYERS.",
            file.path
        )];
    };
    let failure = |path: &Path| {
        let target = resolve(&module, path)?;
        let top = target.first().map_or("*", String::as_str);
        let why = if top == layer {
            if layer != "adapters" || target.get(1) == module.get(1) || module.len() == 1 {
                return None;
            }
            "adapters never import each other. Share it through domain or a port".to_owned()
        } else if !LAYERS.iter().any(|(name, _)| *name == top) {
            "the crate's root holds only layers. Name the module that the item is in".to_owned()
        } else if *allowed == "everything" || allowed.split(", ").any(|name| name == top) {
            return None;
        } else {
            format!(
                "{layer} may import {allowed}. Move it to a layer that may, or hand it in from app"
            )
        };
        Some(format!(
            "{}:{}: layers: `{}`, but {why}.",
            file.path,
            path.line,
            target.join("::")
        ))
    };
    paths(&tokens(&file.text))
        .iter()
        .filter_map(failure)
        .collect()
}

fn files_are_short(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines <= MAX_LINES {
        return Vec::new();
    }
    vec![format!(
        "{}:{MAX_LINES}: size: {lines} lines, at most {MAX_LINES}. Split it where one thought ends.",
        file.path
    )]
}

fn module_roots_only_declare(file: &File) -> Vec<String> {
    if !file.path.ends_with("/mod.rs") && file.path != "src/lib.rs" {
        return Vec::new();
    }
    let tokens = tokens(&file.text);
    let mut here = 0;
    while here < tokens.len() {
        match declaration(&tokens, here) {
            Some(next) => here = next,
            None => {
                return vec![format!(
                    "{}:{}: module root: only docs, attributes, `mod` and `pub use` belong here. Give the rest a file of its own.",
                    file.path, tokens[here].line
                )];
            }
        }
    }
    Vec::new()
}

/// What follows the attribute, `mod x;` or `pub use x;` that begins at `here`.
fn declaration(tokens: &[Token], here: usize) -> Option<usize> {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let behind = |from: usize, end: &str| {
        let rest = tokens.get(from..)?;
        Some(from + rest.iter().position(|token| token.text == end)? + 1)
    };
    match text(here) {
        "#" => {
            let mut depth = 0;
            for index in here.. {
                match tokens.get(index)?.text.as_str() {
                    "[" => depth += 1,
                    "]" if depth == 1 => return Some(index + 1),
                    "]" => depth -= 1,
                    _ => {}
                }
            }
            None
        }
        "mod" if text(here + 2) == ";" => Some(here + 3),
        "pub" => {
            let item = match text(here + 1) {
                "(" => behind(here, ")")?,
                _ => here + 1,
            };
            match text(item) {
                "use" => behind(item, ";"),
                "mod" if text(item + 2) == ";" => Some(item + 3),
                _ => None,
            }
        }
        _ => None,
    }
}

fn only_the_supervisor_spawns(file: &File) -> Vec<String> {
    if file.path == "src/runtime/supervisor.rs" {
        return Vec::new();
    }
    let spawns = |path: &&Path| {
        let parts: Vec<_> = path.segments.iter().map(String::as_str).collect();
        matches!(
            parts.as_slice(),
            ["tokio", "spawn"] | [.., "task", "spawn" | "spawn_local"]
        )
    };
    let paths = paths(&tokens(&file.text));
    let failure = |path: &Path| {
        format!(
            "{}:{}: spawning: only runtime/supervisor.rs spawns. Take a runtime::Spawner, which names, counts and stops the task.",
            file.path, path.line
        )
    };
    paths.iter().filter(spawns).map(failure).collect()
}

#[test]
fn every_import_is_one_that_the_layer_table_allows() {
    hold(imports_follow_the_layers, &["src"]);
}

#[test]
fn every_file_is_short() {
    hold(files_are_short, &["src", "tests"]);
}

#[test]
fn every_module_root_only_declares() {
    hold(module_roots_only_declare, &["src", "tests"]);
}

#[test]
fn nothing_spawns_but_the_supervisor() {
    hold(only_the_supervisor_spawns, &["src"]);
}

#[test]
fn the_documented_layer_table_is_the_one_that_is_checked() {
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let documented: Vec<_> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .skip_while(|line| line.trim() != "| module | may import |")
        .skip(2)
        .map_while(|line| line.trim().strip_prefix('|')?.strip_suffix('|'))
        .filter_map(|row| row.split_once('|'))
        .map(|(module, allowed)| (module.trim(), allowed.trim()))
        .collect();
    assert_eq!(documented, LAYERS, "src/lib.rs and LAYERS are one table");
}

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn an_import_against_the_layers_is_found_however_it_is_written() {
    let cases = [
        ("src/domain/a.rs", "use crate::ports::clock::Clock;"),
        (
            "src/domain/mail/a.rs",
            "use super::super::super::ports::clock;",
        ),
        ("src/domain/a.rs", "fn f() { crate::services::x() }"),
        ("src/domain/a.rs", "mod tests { use crate::config::X; }"),
        (
            "src/domain/a.rs",
            "mod tests { use super::super::super::config; }",
        ),
        (
            "src/runtime/a.rs",
            "use crate::{\n    runtime::b,\n    domain::ids::ClientId,\n};",
        ),
        ("src/http/a.rs", "use crate::ports::{clock, entropy};"),
        (
            "src/adapters/folder/a.rs",
            "use crate::adapters::sqlite::Store;",
        ),
        (
            "src/adapters/folder/mod.rs",
            "pub use super::sqlite::Store;",
        ),
        ("src/main.rs", "use hermes::adapters::system::SystemClock;"),
        ("src/services/a.rs", "use crate::*;"),
        ("src/services/a.rs", "use crate::Thing;"),
        ("src/helpers/a.rs", ""),
    ];
    for (path, text) in cases {
        let failures = imports_follow_the_layers(&file(path, text));
        assert!(!failures.is_empty(), "{path}: {text}");
        assert!(failures[0].starts_with(path), "{failures:?}");
    }
}

#[test]
fn an_import_that_the_layers_allow_passes() {
    let cases = [
        ("src/services/a.rs", "use crate::{domain::x, ports::y};"),
        (
            "src/domain/a.rs",
            "mod tests { use super::*; use super::super::ids; }",
        ),
        ("src/domain/mail/a.rs", "use super::super::ids::ClientId;"),
        (
            "src/adapters/sqlite/a.rs",
            "use crate::adapters::sqlite::b; use super::c;",
        ),
        (
            "src/http/config.rs",
            "use super::config::x; use self::y::z;",
        ),
        (
            "src/app.rs",
            "use crate::{adapters::sqlite, http, worker::x};",
        ),
        ("src/main.rs", "fn main() { hermes::app::run() }"),
        (
            "src/domain/a.rs",
            "// use crate::ports::x;\nconst A: &str = \"crate::ports\";",
        ),
    ];
    for (path, text) in cases {
        let failures = imports_follow_the_layers(&file(path, text));
        assert_eq!(failures, [""; 0], "{path}: {text}");
    }
}

#[test]
fn a_failure_names_the_line_and_what_to_do() {
    let source = "//! Doc.\n\nuse crate::{\n    domain::x,\n    http::y,\n};\n";
    let failures = imports_follow_the_layers(&file("src/ports/a.rs", source));
    assert_eq!(
        failures,
        [
            "src/ports/a.rs:5: layers: `http::y`, but ports may import domain. \
          Move it to a layer that may, or hand it in from app."
        ]
    );
}

#[test]
fn a_long_file_is_found() {
    assert!(files_are_short(&file("src/a.rs", &"\n".repeat(MAX_LINES))).is_empty());
    let failures = files_are_short(&file("src/a.rs", &"\n".repeat(MAX_LINES + 1)));
    assert_eq!(failures.len(), 1);
}

#[test]
fn a_module_root_with_more_than_declarations_is_found() {
    let good = "//! Doc.\n#![expect(x, reason = \"[y]\")]\n/// D.\n#[cfg(test)]\nmod a;\npub mod b;\n\
                pub(crate) mod c;\npub use b::{\n    X, // the one\n    Y,\n};\npub(in crate::b) use c::Z;\n";
    assert_eq!(
        module_roots_only_declare(&file("src/b/mod.rs", good)),
        [""; 0]
    );
    for bad in [
        "use a::B;",
        "fn f() {}",
        "pub struct X;",
        "mod a { }",
        "pub mod a { }",
        "#[x",
    ] {
        let text = format!("//! Doc.\n\n{bad}\n");
        let failures = module_roots_only_declare(&file("src/b/mod.rs", &text));
        assert!(
            failures[0].starts_with("src/b/mod.rs:3: "),
            "{bad}: {failures:?}"
        );
        assert_eq!(
            module_roots_only_declare(&file("src/b/a.rs", &text)),
            [""; 0]
        );
    }
}

#[test]
fn a_spawn_outside_the_supervisor_is_found() {
    for bad in [
        "fn f() { tokio::spawn(x); }",
        "use tokio::{sync::Notify, task::spawn};",
        "use tokio::task; fn f() { task::spawn_local(x); }",
    ] {
        assert_eq!(
            only_the_supervisor_spawns(&file("src/http/a.rs", bad)).len(),
            1,
            "{bad}"
        );
        assert!(only_the_supervisor_spawns(&file("src/runtime/supervisor.rs", bad)).is_empty());
    }
    let fine = "tokio::task::spawn_blocking(f); spawner.spawn_task(x); // tokio::spawn(x)";
    assert!(only_the_supervisor_spawns(&file("src/http/a.rs", fine)).is_empty());
}
