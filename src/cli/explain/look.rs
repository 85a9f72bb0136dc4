//! From bytes to a decision laid open.

use crate::domain::ids::ProjectId;
use crate::domain::mail::envelope::{MailContent, SesMail, open};
use crate::domain::mail::{
    Authentication, Evidence, Explained, Facts, InboundMail, OwnIdentity, ProjectMatch,
    PublishProof, RuleId, Screening, decide, explain, judge, parse,
};
use crate::domain::member::Role;

/// Whom the question goes to: what is known of the mail is what it came with.
pub type Decider<'a> = &'a dyn Fn(&InboundMail, Evidence, Screening) -> Result<Explained, String>;

/// What is taken for true of a mail where nothing is known: a proven member who may do everything writes to a project.
#[derive(Debug, Clone)]
pub struct Assumed {
    /// Who we are.
    pub own: OwnIdentity,
    /// The project that is meant.
    pub project: ProjectId,
}

impl Assumed {
    /// Decides about a mail.
    pub fn decide(
        &self,
        mail: &InboundMail,
        evidence: &Evidence,
        screening: Screening,
    ) -> Explained {
        let facts = Facts {
            mail,
            own: &self.own,
            screening,
            authentication: judge(evidence, mail, &[]).authentication,
            project: ProjectMatch::One(self.project.clone()),
            role: Some(Role::Publisher),
            publishing: PublishProof::default(),
            thread: None,
        };
        explain(mail, &self.own, decide(&facts))
    }
}

/// Explains a mail, or the mails that a document of SES, SNS, Lambda or S3 tells of: one as a rule, never none.
pub(super) fn look(input: &[u8], decider: Decider<'_>) -> Vec<Explained> {
    // no header field begins with a brace
    if input.trim_ascii_start().first() != Some(&b'{') {
        return vec![raw_mail(input, decider)];
    }
    let opened =
        std::str::from_utf8(input).map_err(|error| format!("the document is not UTF-8: {error}"));
    let opened = opened.and_then(|body| open(body).map_err(|why| why.to_string()));
    match opened {
        Ok(mails) => mails.iter().map(|mail| announced(mail, decider)).collect(),
        Err(why) => vec![Explained::poison(Some(RuleId::E1), why)],
    }
}

fn raw_mail(raw: &[u8], decider: Decider<'_>) -> Explained {
    let word = Evidence::Word(Authentication::Vouched { may_publish: true });
    match parse(raw) {
        Ok(mail) => decided(decider(&mail, word, Screening::Clean)),
        Err(why) => Explained::poison(None, why.to_string()),
    }
}

fn announced(notice: &SesMail, decider: Decider<'_>) -> Explained {
    let raw = match &notice.content {
        MailContent::Inline(raw) => raw,
        MailContent::Object(_) => {
            let why = "the document only says where the mail is stored; explain the mail itself";
            return Explained::poison(Some(RuleId::E2), why.to_owned());
        }
    };
    match parse(raw) {
        Ok(mail) => {
            let mail = mail.with_handover(notice.handover());
            let evidence = Evidence::Checked(notice.findings(&mail));
            decided(decider(&mail, evidence, notice.screening()))
        }
        Err(why) => Explained::poison(None, why.to_string()),
    }
}

fn decided(told: Result<Explained, String>) -> Explained {
    told.unwrap_or_else(|why| Explained::poison(None, why))
}
