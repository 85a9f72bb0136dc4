//! What is remembered of a sender, read at most once for a mail and written with what becomes of it (T8, L15).

use super::take::Intake;
use crate::domain::mail::{Correspondence, MEMORY};
use crate::domain::note::{Note, NoteKey};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::ledger::Write;
use crate::services::addressing::Addressed;

/// The sender's correspondence about a project, once it was read.
#[derive(Default)]
pub(super) struct Memory(Option<Recalled>);

struct Recalled {
    key: NoteKey,
    version: u64,
    talks: Correspondence,
}

impl Memory {
    /// What is remembered; nothing before it was read.
    pub(super) fn talks(&self) -> Correspondence {
        self.0
            .as_ref()
            .map(|recalled| recalled.talks.clone())
            .unwrap_or_default()
    }

    /// Remembers this from now on.
    pub(super) fn write(self, talks: &Correspondence, now: Timestamp) -> Option<Write> {
        self.0.map(|recalled| {
            Write::Note(Note {
                key: recalled.key,
                // plain ids, hashes and numbers always serialise
                value: serde_json::to_string(talks).unwrap_or_default(),
                expires_at: now + MEMORY,
                version: recalled.version,
            })
        })
    }
}

impl Intake {
    /// Reads what is remembered of the sender, unless that was done.
    pub(super) async fn recall(
        &self,
        addressed: &Addressed,
        memory: &mut Memory,
    ) -> Result<(), Fault> {
        let Some(user) = addressed.user.as_ref().filter(|_| memory.0.is_none()) else {
            return Ok(());
        };
        let project = addressed.project.as_ref().map(|project| &project.id);
        let key = NoteKey::correspondence(project, user);
        let note = self.notes.get(&key).await?;
        let (version, value) =
            note.map_or_else(Default::default, |note| (note.version, note.value));
        memory.0 = Some(Recalled {
            key,
            version,
            // one that cannot be read is begun anew: it would hold up its sender for ever
            talks: serde_json::from_str(&value).unwrap_or_default(),
        });
        Ok(())
    }
}
