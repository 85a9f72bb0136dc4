//! A server that answers by script, and a terminal that is only memory.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hermes::cli::{Remote, Terminal, run};
use hermes::config::Environment;
use hermes::config::cli::{Command, Exit, Invocation, MailTask};
use hermes::domain::time::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// 2026-11-21T14:27:41.602Z.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_795_271_261_602);

/// A server that gives its answers in their order, whatever it is asked, and remembers what it was asked.
pub(super) struct Scripted {
    pub(super) url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    _task: JoinSet<()>,
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    /// Method, path and query.
    pub(super) call: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Heard {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// An answer with a body of this type.
pub(super) fn answer(status: u16, content_type: &str, body: impl Into<Body>) -> Response {
    let answer = Response::builder().status(status);
    answer
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}

pub(super) fn json(status: u16, body: &'static str) -> Response {
    answer(status, "application/json", body)
}

pub(super) fn problem(status: u16, body: &'static str) -> Response {
    answer(status, "application/problem+json", body)
}

impl Scripted {
    pub(super) async fn start(answers: impl IntoIterator<Item = Response>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers: VecDeque<Response> = answers.into_iter().collect();
        let answers = Arc::new(Mutex::new(answers));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let memory = Arc::clone(&heard);
        let play = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 1 << 20).await.unwrap();
            memory.lock().unwrap().push(Heard {
                call: format!("{} {}", parts.method, parts.uri),
                headers: parts.headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            });
            let next = answers.lock().unwrap().pop_front();
            next.unwrap_or_else(|| {
                answer(
                    StatusCode::IM_A_TEAPOT.into(),
                    "text/plain",
                    "the script is over",
                )
            })
        };
        let mut task = JoinSet::new();
        task.spawn(async move {
            axum::serve(listener, Router::new().fallback(play))
                .await
                .unwrap();
        });
        Self {
            url,
            heard,
            _task: task,
        }
    }

    /// What it was asked until now.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// The only request until now.
    pub(super) fn only(&self) -> Heard {
        let heard = self.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        heard[0].clone()
    }

    /// Runs `hermes` with these arguments, for this server.
    pub(super) async fn asked(&self, arguments: &[&str]) -> Said {
        ask(&self.url, arguments, "").await
    }
}

/// How a command ended and what it said, the server's address replaced.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) exit: Exit,
    pub(super) out: String,
    pub(super) err: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exit, out, err } = self;
        write!(f, "{out}---- {exit:?}\n{err}")
    }
}

/// Runs `hermes` with these arguments, for the server at `url`, with `input` on standard input.
pub(super) async fn ask(url: &str, arguments: &[&str], input: &str) -> Said {
    let line = ["hermes"].iter().chain(arguments);
    let Invocation { json, command } = Invocation::parse(line).unwrap();
    let remote = if let Command::Mail(MailTask::AtServer(command)) = command {
        Remote::Mail(command)
    } else if let Command::Session(command) = command {
        Remote::Session(command)
    } else if let Command::Health { client, settings } = command {
        Remote::Health { client, settings }
    } else {
        panic!("{command:?} needs no server")
    };
    let environment: Environment = [("HERMES_SERVER", url)].into_iter().collect();
    let (mut input, mut out, mut err) = (input.as_bytes(), Vec::new(), Vec::new());
    let mut terminal = Terminal {
        input: &mut input,
        out: &mut out,
        err: &mut err,
        json,
        colour: false,
        now: NOW,
    };
    let exit = run(&remote, &environment, Path::new("/nowhere"), &mut terminal).await;
    let (_, address) = url.split_once("://").unwrap_or(("", url));
    let text = |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(address, "SERVER")
    };
    Said {
        exit,
        out: text(out),
        err: text(err),
    }
}
