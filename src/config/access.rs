//! API keys: who may call, for which clients, and what for.
//!
//! Only hashes are configured. A presented secret is hashed and compared with every key in
//! constant time, so that neither the hash nor the number of keys before a match can be timed.

use std::fmt;

use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use crate::domain::access::Scope;
use crate::domain::ids::{ClientId, InvalidId, hex};

use super::problem::quoted;
use super::rights::{Right, Rights};

/// Most keys one installation has: each call is compared with all of them.
const MOST_KEYS: usize = 1000;
/// Longest secret that is looked at, in bytes; ours have at most 104.
const LONGEST_SECRET: usize = 512;
/// Longest name of a key.
const LONGEST_NAME: usize = 32;

/// Who is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// No keys are configured: only callers on this machine.
    LoopbackOnly,
    /// Everyone, knowingly: something in front of Hermes keeps strangers out.
    Open,
    /// Callers that present one of these keys.
    Keys(Vec<ApiKey>),
}

/// Reads the clients of a key: `*`, or ids joined by `+`; a `+` inside an id is written `%2B`.
pub fn parse_scope(text: &str) -> Result<Scope, String> {
    if text == "*" {
        return Ok(Scope::All);
    }
    let ids = text.split('+').map(|id| id.replace("%2B", "+").parse());
    ids.collect::<Result<_, _>>()
        .map(Scope::Clients)
        .map_err(|error: InvalidId| {
            format!("clients must be * or client ids joined by +; an id {error}")
        })
}

/// The text form that [`parse_scope`] reads.
fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::All => "*".to_owned(),
        Scope::Clients(ids) => {
            let ids = ids.iter().map(|id| id.as_str().replace('+', "%2B"));
            ids.collect::<Vec<_>>().join("+")
        }
    }
}

/// One key, without its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    name: String,
    scope: Scope,
    rights: Rights,
    sha256: [u8; 32],
}

impl ApiKey {
    /// What the operator calls it; unique, and fit for logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The clients it sees; every other client's things do not exist for it (invariant 7).
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether the key sees this client.
    pub fn covers(&self, client: &ClientId) -> bool {
        self.scope.covers(client)
    }

    /// Whether the key may be used for this.
    pub const fn has(&self, right: Right) -> bool {
        self.rights.has(right)
    }

    /// Reads `name:clients:rights:sha256hex`. Ids may contain colons, the other three may not.
    fn parse(entry: &str) -> Result<Self, String> {
        let shape = || "must be name:clients:rights:sha256hex".to_owned();
        let (name, rest) = entry.split_once(':').ok_or_else(shape)?;
        let (rest, hash) = rest.rsplit_once(':').ok_or_else(shape)?;
        let (clients, rights) = rest.rsplit_once(':').ok_or_else(shape)?;
        let name = checked_name(name)?;
        let named = |problem: String| format!("of key {}: {problem}", quoted(name));
        let sha256 = from_hex(hash).ok_or_else(|| {
            named(
                "the hash must be 64 hexadecimal digits, as `hermes key new` prints them"
                    .to_owned(),
            )
        })?;
        Ok(Self {
            name: name.to_owned(),
            scope: parse_scope(clients).map_err(named)?,
            rights: rights.parse().map_err(named)?,
            sha256,
        })
    }
}

/// Without the hash: what `hermes config` shows.
impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}:***",
            self.name,
            scope_text(&self.scope),
            self.rights
        )
    }
}

/// Without the hash, so that nothing about the secret is ever in a log.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({self})")
    }
}

impl Access {
    /// The key that was presented, if it is one of ours.
    pub fn find(&self, presented: &str) -> Option<&ApiKey> {
        let Self::Keys(keys) = self else {
            return None;
        };
        if presented.len() > LONGEST_SECRET {
            return None;
        }
        let hash: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
        let mut found = u32::MAX;
        for (index, key) in (0_u32..).zip(keys) {
            let same = key.sha256.ct_eq(&hash);
            found.conditional_assign(&index, same);
        }
        keys.get(usize::try_from(found).ok()?)
    }

    /// Reads the value of `HERMES_API_KEYS`; the error never quotes what could be a secret.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.trim() == "open" {
            return Ok(Self::Open);
        }
        let entries = text.split(|c: char| c == ',' || c.is_whitespace());
        let mut keys: Vec<ApiKey> = Vec::new();
        for (number, entry) in (1..).zip(entries.filter(|entry| !entry.is_empty())) {
            let key =
                ApiKey::parse(entry).map_err(|problem| format!("entry {number} {problem}"))?;
            if keys.iter().any(|other| other.name == key.name) {
                return Err(format!("entry {number} repeats the name {:?}", key.name));
            }
            if keys.iter().any(|other| other.sha256 == key.sha256) {
                return Err(format!("entry {number} repeats the hash of another key"));
            }
            keys.push(key);
        }
        match keys.len() {
            0 => Err("must have at least one entry, or be the word open".to_owned()),
            1..=MOST_KEYS => Ok(Self::Keys(keys)),
            _ => Err(format!("must have at most {MOST_KEYS} entries")),
        }
    }
}

/// Without hashes: what `hermes config` shows.
impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoopbackOnly => f.write_str("not set: only callers on this machine are served"),
            Self::Open => f.write_str("open"),
            Self::Keys(keys) => {
                let keys: Vec<String> = keys.iter().map(ApiKey::to_string).collect();
                f.write_str(&keys.join(" "))
            }
        }
    }
}

/// A new key: the secret for the caller, the entry for the settings.
#[derive(Debug)]
pub struct MintedKey {
    /// `hermes_<name>_<64 hexadecimal digits>`, to be shown once.
    pub secret: SecretString,
    /// The entry to add to `HERMES_API_KEYS`.
    pub entry: String,
}

/// Mints a key from 256 random bits; the error says what is wrong with the name.
pub fn mint_key(
    name: &str,
    scope: &Scope,
    rights: Rights,
    random: [u8; 32],
) -> Result<MintedKey, String> {
    let secret = format!("hermes_{}_{}", checked_name(name)?, hex(&random));
    let sha256 = hex(&Sha256::digest(secret.as_bytes()));
    Ok(MintedKey {
        secret: secret.into(),
        entry: format!("{name}:{}:{rights}:{sha256}", scope_text(scope)),
    })
}

fn checked_name(name: &str) -> Result<&str, String> {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(letters) {
        Ok(name)
    } else {
        Err("must begin with the key's name: 1 to 32 of A-Z a-z 0-9 . _ -".to_owned())
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    if rest.is_empty() {
        bytes.try_into().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn minted(name: &str, clients: &str, rights: &str, byte: u8) -> MintedKey {
        let (scope, rights) = (parse_scope(clients).unwrap(), rights.parse().unwrap());
        mint_key(name, &scope, rights, [byte; 32]).unwrap()
    }

    #[test]
    fn a_minted_key_is_found_by_its_secret_and_by_nothing_else() {
        let (one, two) = (
            minted("one", "acme", "sessions", 1),
            minted("two", "*", "admin", 2),
        );
        let access = Access::parse(&format!("{}, {}", one.entry, two.entry)).unwrap();
        for (minted, name) in [(&one, "one"), (&two, "two")] {
            let key = access.find(minted.secret.expose_secret());
            assert_eq!(key.map(ApiKey::name), Some(name));
        }
        let padded = format!("{} ", one.secret.expose_secret());
        for wrong in ["", "hermes_one_", &padded, &one.entry, &"x".repeat(10_000)] {
            assert_eq!(access.find(wrong), None);
        }
        assert_eq!(Access::Open.find(one.secret.expose_secret()), None);
    }

    #[test]
    fn a_key_covers_its_clients_and_has_its_rights() {
        let minted = minted("shop", "acme+a:b+c%2Bd", "sessions+mail", 3);
        let Ok(Access::Keys(keys)) = Access::parse(&minted.entry) else {
            panic!("{}", minted.entry);
        };
        for (client, covered) in [("acme", true), ("a:b", true), ("c+d", true), ("c", false)] {
            assert_eq!(
                keys[0].covers(&client.parse().unwrap()),
                covered,
                "{client}"
            );
        }
        assert!(keys[0].has(Right::Sessions) && keys[0].has(Right::Mail));
        assert!(!keys[0].has(Right::Publish) && !keys[0].has(Right::Admin));
    }

    #[test]
    fn every_wrong_entry_says_what_is_right() {
        let hash = "ab".repeat(32);
        for (text, said) in [
            (", ,".to_owned(), "at least one entry"),
            (
                "ops".to_owned(),
                "entry 1 must be name:clients:rights:sha256hex",
            ),
            (
                format!("ops:*:{hash}"),
                "entry 1 must be name:clients:rights:sha256hex",
            ),
            (
                format!(":*:mail:{hash}"),
                "entry 1 must begin with the key's name",
            ),
            (format!("a b:*:mail:{hash}"), "entry 1 must be name"),
            (
                format!("ops:*:root:{hash}"),
                "entry 1 of key \"ops\": rights must be sessions",
            ),
            (format!("ops:*::{hash}"), "rights must be sessions"),
            (format!("ops::mail:{hash}"), "clients must be * or"),
            (format!("ops:a/b:mail:{hash}"), "clients must be * or"),
            (
                "ops:*:mail:abc".to_owned(),
                "of key \"ops\": the hash must be 64",
            ),
            (
                format!("ops:*:mail:{hash} x:*:mail:{hash}"),
                "entry 2 repeats the hash",
            ),
            (
                format!("x:*:mail:{hash},x:*:mail:{}", "cd".repeat(32)),
                "entry 2 repeats the name",
            ),
            (format!("open,ops:*:mail:{hash}"), "entry 1 must be name"),
        ] {
            let error = Access::parse(&text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn hashes_and_secrets_are_in_no_output() {
        let minted = minted("ops", "*", "admin", 0xAB);
        let access = Access::parse(&minted.entry).unwrap();
        let hash = minted.entry.rsplit(':').next().unwrap();
        let shown = format!("{access} {access:?} {:?}", minted.secret);
        assert!(shown.contains("ops:*:admin:***"), "{shown}");
        assert!(!shown.contains(hash) && !shown.contains("abab"), "{shown}");
        let mistaken = format!("ops:*:admin:{}", minted.secret.expose_secret());
        assert!(!Access::parse(&mistaken).unwrap_err().contains("abab"));
    }
}
