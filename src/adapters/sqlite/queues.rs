//! Queues with the semantics of SQS in one table.
//!
//! A receipt is the message's id and its count of receives: the next receive makes it void. Ids never come back.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tokio::time::Instant;

use super::SqliteStore;
use super::engine::{Failure, fault, value};
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::queues::{
    Delivery, Depth, Direction, MAX_RECEIVES, QueueName, Queues, Receipt, VISIBILITY,
};

/// Most messages of one receive, whatever the caller asks.
const MAX_BATCH: usize = 256;

/// Shortest sleep of a long poll between two looks: bounds what a clock that stands still can cost.
const SHORTEST_SLEEP: Duration = Duration::from_millis(10);

#[async_trait]
impl Queues for SqliteStore {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        const SQL: &str =
            "INSERT INTO messages (direction, container_id, visible_at, sent_at, body)
            VALUES (?1, ?2, ?3, ?3, ?4)";
        let (name, now) = (queue.clone(), self.clock().now());
        self.writer()
            .write(move |c| {
                let (direction, container) = key(&name);
                let params = params![direction, container, now.as_millis(), body];
                c.prepare_cached(SQL)?.execute(params)?;
                Ok(())
            })
            .await
            .map_err(fault("queues.send"))?;
        self.waiters().wake(queue);
        Ok(())
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        if max == 0 {
            return Ok(Vec::new());
        }
        let deadline = Instant::now() + wait;
        let waiter = self.waiters().join(queue);
        loop {
            let woken = waiter.woken();
            let now = self.clock().now();
            let next = self.next_visible(queue).map_err(fault("queues.receive"))?;
            if next.is_some_and(|at| at <= now) {
                let taken = self.take(queue, max.min(MAX_BATCH), now).await?;
                if !taken.is_empty() {
                    return Ok(taken);
                }
                continue; // somebody was faster, or it is a dead letter now: look again
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Vec::new());
            }
            let pause = next.map_or(left, |at| at.since(now).max(SHORTEST_SLEEP));
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(pause.min(left)) => {}
            }
        }
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        const SQL: &str = "DELETE FROM messages
            WHERE message_id = ?1 AND receives = ?2 AND direction = ?3 AND container_id = ?4";
        let Some((id, receives)) = read_receipt(receipt) else {
            return Ok(false);
        };
        let name = queue.clone();
        self.writer()
            .write(move |c| {
                let (direction, container) = key(&name);
                let params = params![id, receives, direction, container];
                Ok(c.prepare_cached(SQL)?.execute(params)? == 1)
            })
            .await
            .map_err(fault("queues.delete"))
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        const SQL: &str = "UPDATE messages SET visible_at = ?5
            WHERE message_id = ?1 AND receives = ?2 AND direction = ?3 AND container_id = ?4";
        let Some((id, receives)) = read_receipt(receipt) else {
            return Ok(false);
        };
        let (name, until) = (queue.clone(), self.clock().now() + visibility);
        let changed = self
            .writer()
            .write(move |c| {
                let (direction, container) = key(&name);
                let params = params![id, receives, direction, container, until.as_millis()];
                Ok(c.prepare_cached(SQL)?.execute(params)? == 1)
            })
            .await
            .map_err(fault("queues.set_visibility"))?;
        self.waiters().wake(queue); // may be visible earlier than the waiting ones expect
        Ok(changed)
    }

    async fn depth(&self, direction: Direction, _of: &[ContainerId]) -> Result<Depth, Fault> {
        const SQL: &str = "SELECT count(*) FILTER (WHERE visible_at <= ?2),
                count(*) FILTER (WHERE visible_at > ?2)
            FROM messages WHERE direction = ?1";
        let now = self.clock().now();
        self.readers()
            .long(move |c| {
                let mut statement = c.prepare_cached(SQL)?;
                let depth =
                    statement.query_row(params![column(direction), now.as_millis()], |row| {
                        Ok(Depth {
                            visible: row.get::<_, i64>(0)?.unsigned_abs(),
                            in_flight: row.get::<_, i64>(1)?.unsigned_abs(),
                        })
                    })?;
                Ok(depth)
            })
            .await
            .map_err(fault("queues.depth"))
    }
}

impl SqliteStore {
    /// When the queue's next message is visible; in the past when one is. A read, so that an idle poll writes nothing.
    fn next_visible(&self, queue: &QueueName) -> Result<Option<Timestamp>, Failure> {
        const SQL: &str =
            "SELECT min(visible_at) FROM messages WHERE direction = ?1 AND container_id = ?2";
        let (direction, container) = key(queue);
        let next = self
            .readers()
            .now(|c| value::<Option<i64>>(c, SQL, params![direction, container]))?;
        Ok(next.flatten().map(Timestamp::from_millis))
    }

    /// Takes up to `max` visible messages in one transaction.
    async fn take(
        &self,
        queue: &QueueName,
        max: usize,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, Fault> {
        let name = queue.clone();
        let taken = self
            .writer()
            .write(move |c| claim(c, &name, max, now))
            .await
            .map_err(fault("queues.receive"))?;
        if taken.dead > 0 {
            self.waiters()
                .wake(&QueueName::dead(queue.container.clone()));
        }
        Ok(taken.deliveries)
    }
}

/// What one claim has done.
#[derive(Default)]
struct Taken {
    deliveries: Vec<Delivery>,
    dead: usize,
}

/// Hides up to `max` visible messages and answers them; what was received too often becomes a dead letter instead.
fn claim(
    connection: &Connection,
    queue: &QueueName,
    max: usize,
    now: Timestamp,
) -> Result<Taken, Failure> {
    let mut taken = Taken::default();
    while taken.deliveries.len() < max {
        let before = taken.dead;
        claim_oldest(
            connection,
            queue,
            max - taken.deliveries.len(),
            now,
            &mut taken,
        )?;
        if taken.dead == before {
            break; // no dead letter took the place of a message
        }
    }
    Ok(taken)
}

fn claim_oldest(
    connection: &Connection,
    queue: &QueueName,
    max: usize,
    now: Timestamp,
    taken: &mut Taken,
) -> Result<(), Failure> {
    // The predicate is repeated outside: an engine with concurrent writers could have changed a row in between.
    // A dead letter keeps its time of sending (C24) and its count.
    const SQL: &str = "UPDATE messages SET
            direction = iif(receives < ?6, direction, 'dead'),
            visible_at = iif(receives < ?6, ?4, visible_at),
            receives = receives + 1
        WHERE message_id IN (
            SELECT message_id FROM messages
            WHERE direction = ?1 AND container_id = ?2 AND visible_at <= ?3
            ORDER BY visible_at, message_id LIMIT ?5
        ) AND direction = ?1 AND visible_at <= ?3
        RETURNING message_id, receives, body";
    let (direction, container) = key(queue);
    let most = match queue.direction {
        Direction::Input | Direction::Output => MAX_RECEIVES,
        Direction::Dead => u32::MAX,
    };
    let until = (now + VISIBILITY).as_millis();
    let rows = i64::try_from(max).unwrap_or(i64::MAX);
    let params = params![direction, container, now.as_millis(), until, rows, most];
    let mut statement = connection.prepare_cached(SQL)?;
    let mut claimed = statement
        .query_map(params, |row| {
            let (id, receives): (i64, u32) = (row.get(0)?, row.get(1)?);
            Ok((id, delivery(id, receives, row.get(2)?)))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    claimed.sort_by_key(|(id, _)| *id); // SQLite returns them in any order
    for (_, delivery) in claimed {
        if delivery.receives > most {
            taken.dead += 1;
        } else {
            taken.deliveries.push(delivery);
        }
    }
    Ok(())
}

fn delivery(id: i64, receives: u32, body: String) -> Delivery {
    Delivery {
        body,
        receipt: Receipt(format!("{id}.{receives}")),
        receives,
    }
}

fn read_receipt(receipt: &Receipt) -> Option<(i64, u32)> {
    let (id, receives) = receipt.0.split_once('.')?;
    Some((id.parse().ok()?, receives.parse().ok()?))
}

fn key(queue: &QueueName) -> (&'static str, &str) {
    (column(queue.direction), queue.container.as_str())
}

fn column(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "input",
        Direction::Output => "output",
        Direction::Dead => "dead",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_survives_the_way_to_the_worker_and_back() {
        let made = delivery(7, 3, "body".to_owned());
        assert_eq!(read_receipt(&made.receipt), Some((7, 3)));
    }

    #[test]
    fn what_is_no_receipt_is_void() {
        for text in [
            "",
            ".",
            "7",
            "7.",
            ".3",
            "7.-3",
            "7.3.1",
            "a.b",
            "99999999999999999999.1",
        ] {
            assert_eq!(read_receipt(&Receipt(text.to_owned())), None, "{text:?}");
        }
    }
}
