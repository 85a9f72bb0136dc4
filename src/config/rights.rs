//! What an API key may be used for.

use std::fmt;
use std::str::FromStr;

/// One kind of thing a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Activate, read, keep alive and deactivate sessions.
    Sessions,
    /// Post mail, which is then vouched for.
    Mail,
    /// Posted mail may publish.
    Publish,
    /// Metrics, readiness details and the mail journal.
    Admin,
}

impl Right {
    const ALL: [Self; 4] = [Self::Sessions, Self::Mail, Self::Publish, Self::Admin];

    const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Mail => "mail",
            Self::Publish => "publish",
            Self::Admin => "admin",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Sessions => 1,
            Self::Mail => 2,
            Self::Publish => 4,
            Self::Admin => 8,
        }
    }
}

/// What a key may be used for: at least one right; none implies another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// Whether `right` is among them.
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }
}

impl FromStr for Rights {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split('+').try_fold(Self(0), |rights, name| {
            let right = Right::ALL.into_iter().find(|right| right.name() == name);
            right
                .map(|right| Self(rights.0 | right.bit()))
                .ok_or_else(|| {
                    "rights must be sessions, mail, publish or admin, joined by +".to_owned()
                })
        })
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Right::ALL.into_iter().filter(|right| self.has(*right));
        f.write_str(&names.map(Right::name).collect::<Vec<_>>().join("+"))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_in_any_order_and_none_implies_another() {
        let rights: Rights = "admin+sessions+admin".parse().unwrap();
        assert_eq!(rights.to_string(), "sessions+admin");
        assert!(rights.has(Right::Sessions) && rights.has(Right::Admin));
        assert!(!rights.has(Right::Mail) && !rights.has(Right::Publish));
        for bad in ["", "root", "sessions,mail", "Sessions", "mail+"] {
            assert!(bad.parse::<Rights>().is_err(), "{bad}");
        }
    }
}
