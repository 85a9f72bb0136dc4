//! Claims as items, in the table of the journal. A claim's key has a `#`, a journal id has none.

use async_trait::async_trait;

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Item, TTL, Table, number, number_at, text, text_at,
};
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::time::Timestamp;
use crate::ports::claim_store::ClaimStore;
use crate::ports::fault::Fault;

const VALUE: &str = "value";
const CLAIMED_AT: &str = "claimedAt";
const EXPIRES_AT: &str = "expiresAt";

pub(in crate::adapters::aws::dynamo) fn change(claim: Claim) -> Result<Change, Fault> {
    let id = claim.key.as_str();
    let mut item = Table::Messages.key(id);
    let attributes: [(&str, _); 4] = [
        (VALUE, text(claim.value)),
        (CLAIMED_AT, number(claim.claimed_at.as_millis())),
        (EXPIRES_AT, number(claim.expires_at.as_millis())),
        // the second after it: it is not over before
        (TTL, number(claim.expires_at.as_secs() + 1)),
    ];
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    let free = Condition::NotAbove(EXPIRES_AT, number(claim.claimed_at.as_millis()));
    Change::put(Table::Messages, id, item, free)
}

#[async_trait]
impl ClaimStore for DynamoStore {
    async fn get(&self, key: &ClaimKey, now: Timestamp) -> Result<Option<Claim>, Fault> {
        let id = Table::Messages.key(key.as_str());
        let item = self.reader().get(Table::Messages, id, "claims.get").await?;
        let claim = item.and_then(|item| claim(key, &item));
        Ok(claim.filter(|claim| now < claim.expires_at))
    }
}

fn claim(key: &ClaimKey, item: &Item) -> Option<Claim> {
    Some(Claim {
        key: key.clone(),
        value: text_at(item, VALUE)?.to_owned(),
        claimed_at: Timestamp::from_millis(number_at(item, CLAIMED_AT)?),
        expires_at: Timestamp::from_millis(number_at(item, EXPIRES_AT)?),
    })
}
