//! Programs of others that judge letters: a parser, a checker of HTML, and a filter of unsolicited mail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use libtest_mimic::{Completion, Failed, Trial};

use crate::gallery::{self, Shown};

/// Why a judge said nothing.
struct Ignored(String);

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |name: &str, check: fn() -> Result<(), Ignored>| {
        let run = move || -> Result<Completion, Failed> {
            Ok(match check() {
                Ok(()) => Completion::Completed,
                Err(Ignored(reason)) => Completion::ignored_with(reason),
            })
        };
        Trial::ignorable_test(format!("judges::{name}"), run)
    };
    vec![
        trial("python_finds_every_letter_well_formed", well_formed),
        trial("html_validate_finds_nothing", valid_html),
        trial("spamassassin_has_under_a_point_and_a_half", not_spam),
    ]
}

/// Runs a program that may not be there.
fn run(command: &mut Command, how_to_get: &str) -> Result<Output, Ignored> {
    command.stdin(Stdio::null()).output().map_err(|error| {
        let program = command.get_program().to_string_lossy().into_owned();
        Ignored(format!("needs {program}: {how_to_get}: {error}"))
    })
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// A folder of these files, each time anew.
fn folder(name: &str, ending: &str, of: impl Fn(&Shown) -> String) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("letters")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    for shown in gallery::all() {
        let path = folder.join(format!("{}.{ending}", shown.name));
        fs::write(path, of(&shown)).unwrap();
    }
    folder
}

fn well_formed() -> Result<(), Ignored> {
    let mails = folder("sent", "eml", Shown::mail);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/letters/well_formed.py");
    let output = run(Command::new("python3").arg(script).arg(mails), "python3")?;
    assert!(output.status.success(), "{}", said(&output));
    Ok(())
}

/// The HTML part, by the parser that reads incoming mail.
fn html_of(shown: &Shown) -> String {
    let mail = mail_parser::MessageParser::default()
        .parse(shown.mail().as_bytes())
        .map(mail_parser::Message::into_owned);
    let mail = mail.expect("is a mail");
    mail.body_html(0).expect("has HTML").into_owned()
}

fn valid_html() -> Result<(), Ignored> {
    let pages = folder("html", "html", html_of);
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/html-validate.json");
    let mut command = Command::new("html-validate");
    command.args(["--config", config, "--max-warnings", "0", "--ext", "html"]);
    let output = run(command.arg(pages), "npm install --global html-validate")?;
    assert!(output.status.success(), "{}", said(&output));
    Ok(())
}

/// The mail as it arrives at its recipient, by way of SES.
fn arrived(shown: &Shown) -> String {
    format!(
        "Return-Path: <0101019aa6b3c1f2-000000@us-west-2.amazonses.com>\r\n\
         Received: from a8-30.smtp-out.amazonses.com (a8-30.smtp-out.amazonses.com [54.240.8.30])\r\n\
         \tby mx.example.org (Postfix) with ESMTPS id 4Xq1ZB0x2Nz1v\r\n\
         \tfor <amelia@example.org>; Sat, 21 Nov 2026 14:27:43 +0000 (UTC)\r\n{}",
        shown.mail()
    )
}

/// Most points that a letter may have; five make a mail unsolicited.
const MOST_POINTS: f64 = 1.5;

/// All of them in one go: the filter takes longer to begin than to read them.
fn not_spam() -> Result<(), Ignored> {
    let all = gallery::all();
    let mbox = folder("arrived", "eml", arrived).with_file_name("arrived.mbox");
    let separated = |shown: &Shown| {
        let mail = arrived(shown)
            .replace("\r\n", "\n")
            .replace("\nFrom ", "\n>From ");
        format!("From edit@mail.example.com Sat Nov 21 14:27:43 2026\n{mail}\n")
    };
    fs::write(&mbox, all.iter().map(separated).collect::<String>()).unwrap();
    let mut command = Command::new("spamassassin");
    command
        .args(["--local", "--test-mode", "--mbox"])
        .arg(&mbox);
    let output = run(&mut command, "apt-get install spamassassin")?;
    let text = said(&output).replace("\n\t", " ");
    let status = text
        .lines()
        .filter(|line| line.starts_with("X-Spam-Status:"));
    let points = |status: &str| -> f64 {
        let (_, points) = status.split_once("score=").expect("a score");
        points.split(' ').next().unwrap().parse().unwrap()
    };
    let report: Vec<(f64, String)> = all
        .iter()
        .zip(status)
        .map(|(shown, status)| (points(status), format!("{} {status}", shown.name)))
        .collect();
    assert_eq!(report.len(), all.len(), "{text}");
    let lines = report.iter().map(|(_, line)| format!("{line}\n"));
    fs::write(mbox.with_file_name("points.txt"), lines.collect::<String>()).unwrap();
    let bad: Vec<_> = report
        .iter()
        .filter(|(points, _)| *points >= MOST_POINTS)
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    Ok(())
}
