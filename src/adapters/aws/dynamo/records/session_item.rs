//! A session as the item that the service that came before would have written, and ours beside it.

use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Edit, Index, Item, TTL, Table, VERSION, number, number_at, shard, text,
    text_at,
};
use crate::domain::ids::{ClientId, ContainerId, ProjectId, SessionId, ThreadId, UserId};
use crate::domain::session::{Session, SessionStatus};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;

use super::legacy;

pub(super) const SESSION_ID: &str = "sessionId";
pub(super) const USER_ID: &str = "userId";
const CLIENT_ID: &str = "clientId";
const PROJECT_ID: &str = "projectId";
const THREAD_ID: &str = "threadId";
const STATUS: &str = "status";
/// Epoch milliseconds.
pub(super) const LAST_ACTIVITY: &str = "lastActivity";
const EDIT_BRANCH: &str = "editBranch";
const PREVIEW_URL: &str = "previewUrl";
const CREATED_AT: &str = "createdAt";
const CONTAINER_ID: &str = "containerId";
const ACTIVATED_AT: &str = "activatedAt";
const ACTIVATION: &str = "activation";
const OPEN_COMMANDS: &str = "openCommands";
const LAST_COMMAND: &str = "lastCommand";
const REASON: &str = "reason";
/// There until the session is marked as expired, together with [`LIVE_UNTIL`].
const LIVE_SHARD: &str = "liveShard";
/// The `ttl` as it was last written by us, for the index; nothing else reads it.
pub(super) const LIVE_UNTIL: &str = "liveUntil";
/// The container, until the session is marked as expired.
pub(super) const LIVE_IN: &str = "liveIn";

/// The version of a row that has none: some other tool wrote it.
const FIRST: u64 = 1;

/// The key of a session's row.
pub(super) fn key(id: &SessionId, user: &UserId) -> Item {
    let attributes: [(&str, _); 2] = [
        (SESSION_ID, text(id.as_str())),
        (USER_ID, text(user.as_str())),
    ];
    attributes
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

/// An update and not the whole item: what other tools keep in the row stays.
///
/// `ttl` is written as decided, also while commands are open. It is never long past then: a command that is accepted or
/// begun moves it, and the sweeper moves on whatever is overdue and has open commands. A row that DynamoDB deletes all the
/// same, while no Hermes runs, costs nothing: the version that a write was decided from is gone with it, so the writer
/// reads again, finds no session, and a message of the thread makes a new row. A later `ttl` in the row alone would be a
/// second expiry (S2).
pub(in crate::adapters::aws::dynamo) fn change(session: &Session) -> Change {
    let condition = match session.version {
        0 => Condition::Without(SESSION_ID),
        FIRST => Condition::FirstVersion(SESSION_ID),
        version => Condition::Version(version),
    };
    let live = session.status != SessionStatus::Expired;
    let set = |value| Edit::Set(value);
    let maybe = |value: Option<_>| value.map_or(Edit::Remove, Edit::Set);
    let id = session.session_id.as_str();
    let edits: [(&str, Edit); 19] = [
        (CLIENT_ID, set(text(session.client_id.as_str()))),
        (PROJECT_ID, set(text(session.project_id.as_str()))),
        (THREAD_ID, set(text(session.thread_id.as_str()))),
        (CONTAINER_ID, set(text(session.container_id.as_str()))),
        (STATUS, set(text(session.status.as_str()))),
        (
            LAST_ACTIVITY,
            set(number(session.last_activity.as_millis())),
        ),
        (TTL, set(number(session.ttl.as_secs()))),
        (EDIT_BRANCH, set(text(session.edit_branch.as_str()))),
        (PREVIEW_URL, set(text(session.preview_url.as_str()))),
        // never changes; other tools may have written it in another form
        (
            CREATED_AT,
            Edit::SetIfAbsent(number(session.created_at.as_millis())),
        ),
        (ACTIVATED_AT, set(number(session.activated_at.as_millis()))),
        (ACTIVATION, set(number(session.activation))),
        (OPEN_COMMANDS, set(number(session.open_commands))),
        (
            LAST_COMMAND,
            maybe(session.last_command.as_ref().map(|id| text(id.as_str()))),
        ),
        (REASON, maybe(session.reason.as_deref().map(text))),
        (VERSION, set(number(session.version.saturating_add(1)))),
        (LIVE_SHARD, maybe(live.then(|| shard(id)))),
        (
            LIVE_IN,
            maybe(live.then(|| text(session.container_id.as_str()))),
        ),
        (
            LIVE_UNTIL,
            maybe(live.then(|| number(session.ttl.as_secs()))),
        ),
    ];
    let key = key(&session.session_id, &session.user_id);
    let row = live.then(|| {
        let mut row = key.clone();
        row.insert(LIVE_IN.to_owned(), text(session.container_id.as_str()));
        row
    });
    let change = Change::update(
        Table::Sessions,
        id,
        key,
        edits.map(|(name, edit)| (name.to_owned(), edit)).into(),
        Some(condition),
    );
    change.shown(Index::LiveIn, row)
}

/// The session of a row; `None` for a row that is no session of anybody: without a client, or of the user `*`, which is
/// no id.
///
/// What another tool left out is filled in by what it must have meant, and written with the first change.
pub(super) fn session(row: &Item) -> Option<Session> {
    let session_id: SessionId = id_at(row, SESSION_ID)?;
    let user_id: UserId = id_at(row, USER_ID)?;
    let client_id: ClientId = id_at(row, CLIENT_ID)?;
    let project_id: ProjectId =
        id_at(row, PROJECT_ID).or_else(|| legacy::UNNAMED_PROJECT.parse().ok())?;
    let thread_id: ThreadId = id_at(row, THREAD_ID).or_else(|| session_id.as_str().parse().ok())?;
    let version = number_at(row, VERSION);
    let ours = version.is_some();
    // a tool's container is not one of ours
    let container_id: Option<ContainerId> = id_at(row, CONTAINER_ID).filter(|_| ours);
    let container_id =
        container_id.unwrap_or_else(|| ContainerId::derive(&client_id, &project_id, &user_id));
    let times = legacy::Times::of(row);
    let edit_branch = text_at(row, EDIT_BRANCH).map(str::to_owned);
    Some(Session {
        status: legacy::status(text_at(row, STATUS)),
        last_activity: times.last_activity,
        ttl: times.ttl,
        created_at: times.created,
        activated_at: legacy::moment(row, ACTIVATED_AT).unwrap_or(times.last_activity),
        edit_branch: edit_branch.unwrap_or_else(|| Thread::branch_of(&thread_id)),
        preview_url: text_at(row, PREVIEW_URL).unwrap_or_default().to_owned(),
        activation: number_at(row, ACTIVATION).unwrap_or(1),
        open_commands: number_at(row, OPEN_COMMANDS).unwrap_or(0),
        last_command: id_at(row, LAST_COMMAND),
        reason: text_at(row, REASON).map(str::to_owned),
        version: version.unwrap_or(FIRST),
        session_id,
        user_id,
        client_id,
        project_id,
        thread_id,
        container_id,
    })
}

fn id_at<T: std::str::FromStr>(row: &Item, name: &str) -> Option<T> {
    text_at(row, name)?.parse().ok()
}

/// Where a row is in the order of a client's list.
pub(super) fn position(session: &Session) -> [String; 3] {
    [
        session.last_activity.as_millis().to_string(),
        session.session_id.to_string(),
        session.user_id.to_string(),
    ]
}

/// The key after which the list of `client` continues.
pub(super) fn after(client: &ClientId, [at, id, user]: &[String; 3]) -> Option<Item> {
    let at = Timestamp::from_millis(at.parse().ok()?);
    let mut start = key(&id.parse().ok()?, &user.parse().ok()?);
    start.insert(CLIENT_ID.to_owned(), text(client.as_str()));
    start.insert(LAST_ACTIVITY.to_owned(), number(at.as_millis()));
    Some(start)
}
