//! Pure decisions under criterion (`cargo bench --bench decisions`): what a mail means, who gets a place, what an
//! instruction changes. The bars are those of `design.md` section 9: a mail of 10 KB in 0.25 ms, as HTML in 1 ms.

mod mails;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use hermes::domain::container::{Container, ContainerState, TaskRef};
use hermes::domain::mail::{
    Authentication, Facts, OwnIdentity, ProjectMatch, PublishProof, Screening, decide, parse,
};
use hermes::domain::member::Role;
use hermes::domain::scaling::plan;
use hermes::domain::time::Timestamp;
use hermes::worker::literal::{Outcome, Site, carry_out};

/// Containers that wait for a place.
const WAITING: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .without_plots()
        .configure_from_args();
    mail_decisions(&mut criterion)?;
    places(&mut criterion)?;
    literal_agent(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// From the bytes of a mail to the verdict and the instruction.
fn mail_decisions(criterion: &mut Criterion) -> anyhow::Result<()> {
    let own = OwnIdentity {
        hermes: serde_json::from_str("\"edit@hermes.localhost\"")?,
        addresses: Vec::new(),
        instance: "bench".to_owned(),
    };
    let project = ProjectMatch::One("demo".parse()?);
    let mut group = criterion.benchmark_group("mail_decision");
    for (name, raw) in [
        ("plain_10_kb", mails::plain(10_000)),
        ("html_10_kb", mails::html(10_000)),
        ("html_1_mb", mails::html(1_000_000)),
        ("photo_1_mb", mails::photo(1_000_000)),
        ("plain_40_mb", mails::plain(40_000_000)),
        ("html_40_mb", mails::html(40_000_000)),
        ("photo_40_mb", mails::photo(40_000_000)),
    ] {
        group.throughput(Throughput::Bytes(raw.len() as u64));
        let decided = || {
            let mail = parse(black_box(&raw))?;
            anyhow::Ok(decide(&Facts {
                mail: &mail,
                own: &own,
                screening: Screening::Clean,
                authentication: Authentication::Proven,
                project: project.clone(),
                role: Some(Role::Editor),
                publishing: PublishProof::default(),
                thread: None,
            }))
        };
        let instruction = decided()?.instruction.unwrap_or_default();
        anyhow::ensure!(
            instruction.starts_with(mails::INSTRUCTION),
            "{name}: {instruction}"
        );
        group.bench_function(name, |bencher| bencher.iter(decided));
    }
    group.finish();
    Ok(())
}

/// Who gets the places that are free, with many waiting and some idle.
fn places(criterion: &mut Criterion) -> anyhow::Result<()> {
    let mut waiting = Vec::with_capacity(WAITING);
    for number in 0..WAITING {
        let mut container = container(number)?;
        container.open_commands = 1;
        container.due_at = Some(Timestamp::from_secs(1_700_000_000 + i64::try_from(number)?));
        waiting.push(container);
    }
    let mut awake = Vec::with_capacity(8);
    for number in 0..8 {
        let mut container = container(WAITING + number)?;
        container.state = ContainerState::Running {
            since: Timestamp::EPOCH,
            task: TaskRef("1".to_owned()),
        };
        container.sleep_at = Some(Timestamp::EPOCH);
        awake.push(container);
    }
    criterion.bench_function("scaling/plan_1000_waiting", |bencher| {
        bencher.iter(|| plan(black_box(&awake), black_box(&waiting), 16));
    });
    Ok(())
}

/// From an instruction to the new text of a page of the demo site.
fn literal_agent(criterion: &mut Criterion) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo-site"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, std::fs::read_to_string(entry.path())?));
    }
    let site = Site::new(files);
    let instruction = format!("{} on the home page.", mails::INSTRUCTION);
    let edited = || carry_out(black_box(&instruction), black_box(&site));
    let outcome = edited();
    anyhow::ensure!(matches!(outcome, Outcome::Edited { .. }), "{outcome:?}");
    criterion.bench_function("literal/replace_on_the_demo_site", |bencher| {
        bencher.iter(edited);
    });
    Ok(())
}

fn container(number: usize) -> anyhow::Result<Container> {
    Ok(Container::new(
        format!("container-{number}").parse()?,
        format!("client-{}", number % 40).parse()?,
        "demo".parse()?,
        format!("user-{number}").parse()?,
    ))
}
