//! What is decided about a hostile mail.

use hermes::domain::mail::{
    Authentication, Explained, Facts, HermesAddress, OwnIdentity, ProjectMatch, PublishProof,
    Screening, decide, explain, parse,
};
use hermes::domain::member::Role;

/// The decision on a mail of a proven member.
pub(super) fn explained(raw: &[u8]) -> Explained {
    let own = OwnIdentity {
        hermes: HermesAddress::default(),
        addresses: Vec::new(),
        instance: "hermes.localhost".to_owned(),
    };
    let mail = match parse(raw) {
        Ok(mail) => mail,
        Err(why) => return Explained::poison(None, why.to_string()),
    };
    let facts = Facts {
        mail: &mail,
        own: &own,
        screening: Screening::Clean,
        authentication: Authentication::Proven,
        project: ProjectMatch::One("site".parse().unwrap()),
        role: Some(Role::Editor),
        publishing: PublishProof::default(),
        thread: None,
    };
    explain(&mail, &own, decide(&facts))
}
