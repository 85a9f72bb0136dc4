//! Which containers get the places there are: a pure, fair choice.

use std::collections::BTreeMap;

use super::container::{Container, ContainerState};
use super::ids::{ClientId, ContainerId};
use super::time::Timestamp;

/// What to start and what to put to sleep early.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// To start now, in this order.
    pub start: Vec<ContainerId>,
    /// Idle ones that make room for those that wait, longest idle first.
    pub evict: Vec<ContainerId>,
}

/// Chooses among `waiting` (in fair order, as the port gives them) while at most `cap` are awake.
///
/// A place goes to the client that has the fewest awake, then to the longest waiting. Busy containers are never
/// evicted; an idle one only when somebody waits for its place.
pub fn plan(awake: &[Container], waiting: &[Container], cap: usize) -> Plan {
    let mut load: BTreeMap<&ClientId, usize> = BTreeMap::new();
    for container in awake {
        *load.entry(&container.client_id).or_default() += 1;
    }
    let mut ranked: Vec<(usize, Timestamp, &Container)> = waiting
        .iter()
        .map(|container| {
            let rank = load.entry(&container.client_id).or_default();
            let place = *rank;
            *rank += 1;
            (
                place,
                container.due_at.unwrap_or(Timestamp::EPOCH),
                container,
            )
        })
        .collect();
    ranked.sort_by(|a, b| (a.0, a.1, &a.2.container_id).cmp(&(b.0, b.1, &b.2.container_id)));

    let free = cap.saturating_sub(awake.len());
    let start = ranked
        .iter()
        .take(free)
        .map(|(_, _, c)| c.container_id.clone())
        .collect();
    let without_place = if cap == 0 {
        0
    } else {
        ranked.len().saturating_sub(free)
    };
    let leaving = awake
        .iter()
        .filter(|c| matches!(c.state, ContainerState::Draining { .. }))
        .count();
    Plan {
        start,
        evict: idlest(awake, without_place.saturating_sub(leaving)),
    }
}

fn idlest(awake: &[Container], count: usize) -> Vec<ContainerId> {
    let mut idle: Vec<&Container> = awake
        .iter()
        .filter(|c| c.open_commands == 0 && matches!(c.state, ContainerState::Running { .. }))
        .collect();
    idle.sort_by_key(|c| c.sleep_at);
    idle.into_iter()
        .take(count)
        .map(|c| c.container_id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::container::TaskRef;
    use proptest::prelude::*;

    fn container(id: usize, client: u8, due: i64) -> Container {
        let mut c = Container::new(
            format!("k{id}").parse().unwrap(),
            format!("c{client}").parse().unwrap(),
            "p".parse().unwrap(),
            "u".parse().unwrap(),
        );
        c.open_commands = 1;
        c.due_at = Some(Timestamp::from_secs(due));
        c
    }

    fn running(id: usize, client: u8, open: u32, sleep_at: i64) -> Container {
        let mut c = container(1000 + id, client, 0);
        let now = Timestamp::EPOCH;
        c.state = ContainerState::Running {
            since: now,
            task: TaskRef("1".to_owned()),
        };
        c.open_commands = open;
        c.sleep_at = (open == 0).then_some(Timestamp::from_secs(sleep_at));
        c
    }

    #[test]
    fn a_busy_client_does_not_starve_the_others() {
        let waiting: Vec<_> = (0..9)
            .map(|i| container(i, 1, 0))
            .chain([container(9, 2, 5)])
            .collect();
        let chosen = plan(&[running(0, 1, 1, 0)], &waiting, 3).start;
        assert_eq!(chosen, ["k9".parse().unwrap(), "k0".parse().unwrap()]);
    }

    #[test]
    fn an_idle_container_makes_room_only_when_somebody_waits() {
        let awake = [
            running(0, 1, 0, 90),
            running(1, 1, 0, 50),
            running(2, 1, 1, 0),
        ];
        assert_eq!(plan(&awake, &[], 3), Plan::default());
        let full = plan(&awake, &[container(0, 2, 0)], 3);
        assert_eq!(
            (full.start.len(), full.evict),
            (0, vec!["k1001".parse().unwrap()])
        );
    }

    #[test]
    fn accept_only_starts_and_evicts_nothing() {
        assert_eq!(plan(&[], &[container(0, 1, 0)], 0), Plan::default());
    }

    proptest! {
        #[test]
        fn never_over_the_cap_never_a_busy_one_evicted(
            awake in prop::collection::vec((0_u8..4, 0_u32..2, 0_i64..99), 0..8),
            waiting in prop::collection::vec((0_u8..4, 0_i64..99), 0..12),
            cap in 0_usize..10,
        ) {
            let awake: Vec<_> = awake.iter().enumerate().map(|(i, (c, o, s))| running(i, *c, *o, *s)).collect();
            let waiting: Vec<_> = waiting.iter().enumerate().map(|(i, (c, d))| container(i, *c, *d)).collect();
            let plan = plan(&awake, &waiting, cap);
            prop_assert!(plan.start.is_empty() || awake.len() + plan.start.len() <= cap);
            for id in &plan.evict {
                prop_assert!(awake.iter().any(|c| c.container_id == *id && c.open_commands == 0));
            }
            prop_assert!(plan.evict.len() <= waiting.len());
        }
    }
}
