//! The phases of the load on the floor.

use super::http::{Answer, Measured, drive, request};
use super::mails;
use super::process::Process;
use super::traffic::Phase;

/// Sends one phase.
pub(crate) async fn run(floor: &Process, phase: Phase) -> anyhow::Result<Measured> {
    let make = |number: usize, into: &mut Vec<u8>| {
        let id = phase.id(number, phase.load());
        let line = match phase {
            Phase::Health => "GET /health".to_owned(),
            Phase::Status => format!("GET /records/{id}"),
            Phase::List => format!("GET /clients/{id}"),
            Phase::Keepalive | Phase::Activate => format!("POST /records/{id}"),
            Phase::Mail => "POST /mails".to_owned(),
        };
        let body = if phase == Phase::Mail {
            mails::of_10_kb(id)
        } else {
            Vec::new()
        };
        request(into, floor.address(), &line, "", &body);
    };
    let check = |_: usize, answer: Answer<'_>| answer.expect(200);
    drive(floor, phase.load(), make, check).await
}
