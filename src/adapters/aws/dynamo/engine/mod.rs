//! DynamoDB as the records need it: items, conditional writes, and reads without scans.

mod change;
mod cursor;
mod expression;
mod item;
mod memo;
mod read;
mod recent;
mod table;
mod transaction;

pub(super) use change::Change;
pub(super) use cursor::{decode, encode};
pub(super) use expression::{Condition, Edit};
pub(super) use item::{
    Item, TTL, VERSION, item_of, number, number_at, record_of, shard, text, text_at,
};
pub(super) use memo::Memo;
pub(super) use read::{Reader, in_order};
pub(super) use recent::{Index, Recent};
pub use table::Table;
pub(super) use table::Tables;
pub(super) use transaction::{Lost, transact};
