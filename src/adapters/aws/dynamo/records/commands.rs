//! Commands as items.

use std::cmp::Reverse;

use async_trait::async_trait;

use super::containers::open_ids;
use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Index, Item, Table, item_of, number, number_at, record_of, text, text_at,
};
use crate::domain::command::Command;
use crate::domain::ids::{CommandId, ContainerId, SessionId};
use crate::ports::command_store::CommandStore;
use crate::ports::fault::Fault;

const SESSION_ID: &str = "sessionId";
const SEQUENCE: &str = "sequence";

pub(in crate::adapters::aws::dynamo) fn change(mut command: Command) -> Result<Change, Fault> {
    let condition = Condition::decided_from(command.version);
    command.version = command.version.saturating_add(1);
    let id = command.command_id.as_str();
    let change = Change::put(Table::Commands, id, item_of(&command)?, condition)?;
    Ok(if command.version == 1 {
        let mut row = Table::Commands.key(id);
        row.insert(SESSION_ID.to_owned(), text(command.session_id.as_str()));
        row.insert(SEQUENCE.to_owned(), number(command.sequence));
        change.shown(Index::OfSession, Some(row))
    } else {
        change // its row stays as it is
    })
}

/// What writing this command means for the open ones that its container's item names: `true` to name it, `false` to
/// name it no more. A command is open from its first write until it ends, and ends once.
pub(in crate::adapters::aws::dynamo) fn opening(command: &Command) -> Option<bool> {
    match (command.state.is_open(), command.version) {
        (true, 0) => Some(true),
        (true, _) | (false, 0) => None,
        (false, _) => Some(false),
    }
}

#[async_trait]
impl CommandStore for DynamoStore {
    async fn get(&self, id: &CommandId) -> Result<Option<Command>, Fault> {
        const OPERATION: &str = "commands.get";
        let key = Table::Commands.key(id.as_str());
        let item = self.reader().get(Table::Commands, key, OPERATION).await?;
        item.map(|item| record_of(item, OPERATION)).transpose()
    }

    async fn by_session(&self, id: &SessionId, limit: usize) -> Result<Vec<Command>, Fault> {
        const OPERATION: &str = "commands.by_session";
        let query = self
            .reader()
            .query(Table::Commands, Some("SessionIndex"))
            .key_condition_expression("sessionId = :session")
            .expression_attribute_values(":session", text(id.as_str()))
            .scan_index_forward(false);
        let mut rows = self.reader().rows(query, limit, OPERATION).await?;
        let of_session = |row: &Item| text_at(row, SESSION_ID) == Some(id.as_str());
        let key = Table::Commands.hash_key();
        let recent = self.recent();
        recent.add(self.now(), Index::OfSession, key, &mut rows, of_session);
        rows.sort_by_key(|row| Reverse(number_at::<u64>(row, SEQUENCE)));
        rows.truncate(limit);
        let items = self
            .reader()
            .as_now(Table::Commands, &rows, OPERATION)
            .await?;
        let commands = items.into_iter().map(|item| record_of(item, OPERATION));
        commands.collect()
    }

    /// Consistent, because who deactivates a session must see the command that was accepted a moment ago (S9): the
    /// container's item names them, and it changes with them.
    async fn open_in(&self, id: &ContainerId) -> Result<Vec<Command>, Fault> {
        const OPERATION: &str = "commands.open_in";
        let key = Table::Containers.key(id.as_str());
        let container = self.reader().get(Table::Containers, key, OPERATION).await?;
        let ids = container.as_ref().map(open_ids).unwrap_or_default();
        let keys = ids.iter().map(|id| Table::Commands.key(id)).collect();
        let items = self
            .reader()
            .fetch(Table::Commands, keys, OPERATION)
            .await?;
        let commands = items.into_iter().map(|item| record_of(item, OPERATION));
        let mut commands: Vec<Command> = commands.collect::<Result<_, _>>()?;
        commands.retain(|command| command.state.is_open());
        commands.sort_by_key(|command| command.sequence);
        Ok(commands)
    }
}
