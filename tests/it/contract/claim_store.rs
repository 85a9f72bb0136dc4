//! Reads claims.

use std::time::Duration;

use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![absence_is_no_error, a_claim_is_read_until_it_expires];

async fn absence_is_no_error(world: &World) {
    let key = a_claim("k", "").key;
    assert_eq!(world.claims.get(&key, world.now()).await.unwrap(), None);
}

async fn a_claim_is_read_until_it_expires(world: &World) {
    let claim = a_claim("k", r#"{"sessionId":"ses-1"}"#);
    world.write([Write::Claim(claim.clone())]).await;
    let last = claim.expires_at - Duration::from_millis(1);
    let read = world.claims.get(&claim.key, last).await.unwrap();
    assert_eq!(read.as_ref(), Some(&claim));
    let over = world.claims.get(&claim.key, claim.expires_at).await;
    assert_eq!(over.unwrap(), None);
}
