//! The floor: what the same work costs with axum and SQLite alone, measured in the same run on the same disk.
//!
//! It parses nothing, checks nothing and keeps one row for each thing. Its writes are as durable as those of Hermes:
//! WAL, `synchronous=FULL`, one writer thread that commits what has queued up, answers after the commit.

use std::cell::OnceCell;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Segment, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::traffic::SESSIONS_OF_CLIENT;

/// Writes that may wait; more callers than the bench has connections never come.
const QUEUE: usize = 1024;
/// Most writes of one commit, as in Hermes.
const GROUP: usize = 256;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS records (
        id TEXT PRIMARY KEY, client TEXT NOT NULL, status TEXT NOT NULL, version INTEGER NOT NULL,
        last_activity INTEGER NOT NULL, ttl INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS of_client ON records (client, last_activity);
    CREATE TABLE IF NOT EXISTS mails (number INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT;
";

const UPSERT: &str = "
    INSERT INTO records (id, client, status, version, last_activity, ttl, body)
    VALUES (?1, ?2, 'active', 1, unixepoch(), unixepoch() + 60, ?3)
    ON CONFLICT (id) DO UPDATE SET version = version + 1, last_activity = excluded.last_activity, ttl = excluded.ttl,
        body = excluded.body";

enum Write {
    Record(usize),
    Mail(Bytes),
}

struct Job {
    write: Write,
    done: oneshot::Sender<()>,
}

#[derive(Clone)]
struct Floor {
    writer: mpsc::Sender<Job>,
    database: Arc<PathBuf>,
}

/// Runs the floor's server on `port`, with its database in `folder`, until it is told to stop.
pub(crate) fn serve(port: u16, folder: &Path) -> anyhow::Result<()> {
    let database = folder.join("floor.db");
    let connection = Connection::open(&database)?;
    connection.execute_batch(SCHEMA)?;
    let (writer, jobs) = mpsc::channel(QUEUE);
    let thread = std::thread::spawn(move || commit_groups(connection, jobs));
    let floor = Floor {
        writer,
        database: Arc::new(database),
    };
    let router = Router::new()
        .route("/health", get(health))
        .route("/records/{number}", get(read).post(write))
        .route("/clients/{client}", get(list))
        .route("/mails", post(mail))
        .with_state(floor);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut stop = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        axum::serve(listener, router)
            .with_graceful_shutdown(async move {
                stop.recv().await;
            })
            .await
    })?;
    thread
        .join()
        .map_err(|_panic| anyhow::anyhow!("the writer panicked"))?
        .context("write")
}

fn commit_groups(
    mut connection: Connection,
    mut jobs: mpsc::Receiver<Job>,
) -> rusqlite::Result<()> {
    let mut group = Vec::with_capacity(GROUP);
    while let Some(first) = jobs.blocking_recv() {
        group.push(first);
        while group.len() < GROUP {
            let Ok(job) = jobs.try_recv() else { break };
            group.push(job);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for job in &group {
            apply(&transaction, &job.write)?;
        }
        transaction.commit()?;
        for job in group.drain(..) {
            // The client may have gone; the write stands.
            let _told = job.done.send(()).is_ok();
        }
    }
    Ok(())
}

fn apply(connection: &Connection, write: &Write) -> rusqlite::Result<usize> {
    match write {
        Write::Record(number) => connection.prepare_cached(UPSERT)?.execute(params![
            record_id(*number),
            client_of(*number),
            body(*number)
        ]),
        Write::Mail(raw) => connection
            .prepare_cached("INSERT INTO mails (raw) VALUES (?1)")?
            .execute(params![raw.as_ref()]),
    }
}

fn record_id(number: usize) -> String {
    format!("ses-00000000-0000-4000-8000-{number:012}")
}

fn client_of(number: usize) -> String {
    format!("client-{}", number / SESSIONS_OF_CLIENT)
}

/// About 700 bytes of JSON, the size of a session.
fn body(number: usize) -> String {
    format!(
        r#"{{"sessionId":"{}","clientId":"{}","text":"{}"}}"#,
        record_id(number),
        client_of(number),
        "x".repeat(600)
    )
}

async fn health() -> Response {
    json(r#"{"status":"healthy","timestamp":"2025-01-06T09:00:00Z","service":"floor","uptimeSeconds":1}"#.to_owned())
}

async fn read(
    State(floor): State<Floor>,
    Segment(number): Segment<usize>,
) -> Result<Response, StatusCode> {
    let found = floor.query(|connection| {
        connection
            .prepare_cached("SELECT body FROM records WHERE id = ?1")?
            .query_row([record_id(number)], |row| row.get::<_, String>(0))
            .optional()
    })?;
    found.map(json).ok_or(StatusCode::NOT_FOUND)
}

async fn list(
    State(floor): State<Floor>,
    Segment(client): Segment<usize>,
) -> Result<Response, StatusCode> {
    let found = floor.query(|connection| {
        connection
            .prepare_cached(
                "SELECT body FROM records WHERE client = ?1 ORDER BY last_activity DESC LIMIT 20",
            )?
            .query_map([format!("client-{client}")], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()
    })?;
    Ok(json(format!("[{}]", found.join(","))))
}

async fn write(
    State(floor): State<Floor>,
    Segment(number): Segment<usize>,
) -> Result<Response, StatusCode> {
    floor.write(Write::Record(number)).await?;
    Ok(json(format!(r#"{{"number":{number}}}"#)))
}

async fn mail(State(floor): State<Floor>, raw: Bytes) -> Result<Response, StatusCode> {
    floor.write(Write::Mail(raw)).await?;
    Ok(json(r#"{"verdict":"instruct"}"#.to_owned()))
}

fn json(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl Floor {
    async fn write(&self, write: Write) -> Result<(), StatusCode> {
        let (done, committed) = oneshot::channel();
        let sent = self.writer.send(Job { write, done }).await.is_ok();
        if !sent || committed.await.is_err() {
            return Err(StatusCode::INTERNAL_SERVER_ERROR);
        }
        Ok(())
    }

    /// Runs a query inline, on a connection of this thread.
    fn query<T>(
        &self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StatusCode> {
        thread_local! {
            static READER: OnceCell<Connection> = const { OnceCell::new() };
        }
        READER
            .with(|reader| {
                if let Some(connection) = reader.get() {
                    return run(connection);
                }
                let connection = Connection::open(self.database.as_path())?;
                run(reader.get_or_init(|| connection))
            })
            .map_err(|_error| StatusCode::INTERNAL_SERVER_ERROR)
    }
}
