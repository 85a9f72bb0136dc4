//! Which worker holds which token.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio_util::sync::CancellationToken;

use crate::domain::ids::{ContainerId, hex};
use crate::ports::entropy::Entropy;

/// The tokens of the present generations. They live as long as the process, like the workers that hold them.
pub struct TokenRegistry {
    entropy: Arc<dyn Entropy>,
    holders: Mutex<HashMap<ContainerId, Holder>>,
}

struct Holder {
    generation: u64,
    hash: [u8; 32],
    revoked: CancellationToken,
}

/// What a token opens: the queues of one container, until it is revoked.
pub(super) struct Grant {
    pub(super) container: ContainerId,
    pub(super) revoked: CancellationToken,
}

impl TokenRegistry {
    /// A registry without any token.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self {
            entropy,
            holders: Mutex::new(HashMap::new()),
        }
    }

    /// Makes the token of one generation of a container, 256 random bits in hexadecimal. The token that the container
    /// had before opens nothing from now on, unless it is a later generation's: then the new one opens nothing.
    pub fn issue(&self, container: &ContainerId, generation: u64) -> SecretString {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        let token = hex(&bytes);
        let holder = Holder {
            generation,
            hash: Sha256::digest(&token).into(),
            revoked: CancellationToken::new(),
        };
        let mut holders = self.holders();
        let newest = holders.get(container).map_or(0, |held| held.generation);
        if generation >= newest
            && let Some(before) = holders.insert(container.clone(), holder)
        {
            before.revoked.cancel();
        }
        token.into()
    }

    /// What this token opens. Takes as long for a wrong token as for a right one.
    pub(super) fn grant_of(&self, token: &str) -> Option<Grant> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let mut found = None;
        for (container, holder) in self.holders().iter() {
            if bool::from(holder.hash.ct_eq(&hash)) {
                found = Some(Grant {
                    container: container.clone(),
                    revoked: holder.revoked.clone(),
                });
            }
        }
        found
    }

    fn holders(&self) -> MutexGuard<'_, HashMap<ContainerId, Holder>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRegistry")
            .field("holders", &self.holders().len())
            .finish_non_exhaustive()
    }
}
