//! Hermes: change your website by writing a message.
//!
//! A message comes in, Hermes finds the conversation it belongs to, wakes the container of that person and project, hands
//! it the instruction, and answers with a summary and a preview link. When nothing happens, everything sleeps.
//!
//! # Layers
//!
//! ```text
//!                      main
//!                        │
//!                       app           wiring: settings, ports, services, HTTP, background tasks
//!     ┌────────┬─────────┼─────────┬──────────┐
//!    cli      http     worker   adapters   runtime (worker uses it too)
//!     │        │         │         │
//!     │     services     │         │
//!     │        └─────────┼─────────┘
//!     │                ports
//!   config               │            (http and adapters use config too)
//!     └──────────┬───────┘
//!              domain                 values and decisions: no I/O, no clock, no randomness
//! ```
//!
//! Imports point down only. [`adapters`] implement [`ports`], and only `app` knows which of them run: on one machine or in
//! a cloud, everything above is the same code.
//!
//! | module | may import |
//! |---|---|
//! | domain | nothing of ours |
//! | ports | domain |
//! | services | domain, ports |
//! | config | domain |
//! | http | domain, services, config |
//! | worker | domain, ports, runtime |
//! | adapters | domain, ports, config |
//! | runtime | nothing of ours |
//! | cli | domain, config |
//! | app | everything |
//! | main | app, config, runtime, cli |
//!
//! The folders under [`adapters`] never import each other. `tests/it/house_rules.rs` holds the same table and fails on any
//! other import, on a file of more than 600 lines, and on code in a `mod.rs`. The table is a plan, not a cage: a better cut
//! changes both tables in the same commit.
//!
//! # Invariants
//!
//! **Invariant:** durable before acknowledged: a 2xx answer, or the deletion of a queued message, comes only after the
//! commit.
//!
//! **Invariant:** one message, one outcome: however often a message is delivered and wherever a process dies, its sender
//! sees exactly one outcome, and a command changes the branch at most once.
//!
//! **Invariant:** busy is never killed, idle never stays: a session with an open command does not expire, and an idle
//! container sleeps within its idle timeout and one reconcile period.
//!
//! **Invariant:** handlers write intent, the reconciler acts: no route starts or stops a container or sends to one, and the
//! reconciler takes no input but what is recorded.
//!
//! **Invariant:** only the sender's own visible text is an instruction; quoted, forwarded, attached and hidden text is
//! material.
//!
//! **Invariant:** foreign ids do not exist: what belongs to another tenant is a 404.
//!
//! **Invariant:** every loop is a pass that a test can call, time and randomness come from [`ports`], and the
//! [`runtime::Supervisor`] holds the only `tokio::spawn`; a task that dies stops the service with a non-zero exit.
//!
//! **Invariant:** nothing fails silently and nothing private is logged: what cannot be done is an error to the caller, a
//! row in the journal or a dead letter with its reason; secrets and mail bodies reach no log, addresses none above debug.
//!
//! # To add a route
//!
//! 1. If it does something new, add a method to a service in [`services`], over ports, with its own error enum.
//! 2. Add the handler and its request and response types to the file of that resource in [`http`]; give each error of the
//!    service a status and a stable code there, exhaustively.
//! 3. Mount it in the router, and say which right of a key it needs.
//! 4. Test it through the real router in `tests/it/api`: the answer, each error, a foreign tenant.
//!
//! # To add a port
//!
//! 1. Define the trait and its error enum in one file of [`ports`], in words of [`domain`]; its doc comment is the contract.
//!    Promise only what every backend can keep.
//! 2. Implement it once a backend under [`adapters`].
//! 3. Check each sentence of the contract in `tests/it/contract`, stamped out for every backend.
//! 4. Add it to [`ports::Ports`], and give it to the services that use it in their `new`, one by one.
//!
//! # To add a door for mail
//!
//! 1. Say what it knows of a mail's sender as [`domain::mail::Evidence`]: somebody's word, or the
//!    [`domain::mail::Findings`] of a check of SPF, DKIM and DMARC. [`domain::mail::judge`] makes of it what counts, and
//!    nothing else does.
//! 2. Give [`services::intake::Intake`] a method beside `receive` and `receive_from_ses`, and the door a channel of its own in
//!    [`domain::journal::Channel`].
//! 3. Never answer at the door what is not proven: the decision says who hears of it.
//!
//! # To add a background task
//!
//! 1. Write one pass as `tick(&self)` of a service: no input, reads what is due by the clock port, does things that can be
//!    done twice, returns its error.
//! 2. Spawn it in `app` with [`runtime::Spawner::spawn_periodic`]: a name, a period, a nudge if someone waits for it, and the
//!    [`runtime::Stage`] in which it stops. Its row on the [`runtime::TaskBoard`], its back-off and its logging come with it.
//! 3. Test `tick` after moving the clock; the loop has its own tests.
//!
//! # To add a backend
//!
//! 1. Add its settings to [`config`], checked at the start.
//! 2. Add a folder to [`adapters`] and implement the ports there; sort the errors of that world into [`ports::fault`] in one
//!    place, with a table of examples as its test.
//! 3. Add its column to the contract tests; what cannot run there reports as ignored, with the reason.
//! 4. Add its arm to the one `match` in `app`.

pub mod adapters;
pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod http;
pub mod ports;
pub mod runtime;
pub mod services;
pub mod worker;
