//! From bytes to a decision laid open.

use crate::domain::ids::ProjectId;
use crate::domain::mail::envelope::{MailContent, SesMail, open};
use crate::domain::mail::{
    Authentication, Evidence, Explained, Facts, InboundMail, OwnIdentity, ProjectMatch,
    PublishProof, RuleId, Screening, decide, explain, judge, parse,
};
use crate::domain::member::Role;

/// What is taken for true of a mail that nobody has received: a proven member who may do everything writes to a project.
#[derive(Debug, Clone)]
pub struct Assumed {
    /// Who we are.
    pub own: OwnIdentity,
    /// The project that is meant.
    pub project: ProjectId,
}

/// How a mail came, as far as a document tells.
struct Known {
    authentication: Authentication,
    screening: Screening,
}

/// Explains a mail, or the mails that a document of SES, SNS, Lambda or S3 tells of: one as a rule, never none.
pub(super) fn look(input: &[u8], assumed: &Assumed) -> Vec<Explained> {
    // no header field begins with a brace
    if input.trim_ascii_start().first() != Some(&b'{') {
        return vec![raw_mail(input, assumed)];
    }
    let opened =
        std::str::from_utf8(input).map_err(|error| format!("the document is not UTF-8: {error}"));
    let opened = opened.and_then(|body| open(body).map_err(|why| why.to_string()));
    match opened {
        Ok(mails) => mails.iter().map(|mail| announced(mail, assumed)).collect(),
        Err(why) => vec![Explained::poison(Some(RuleId::E1), why)],
    }
}

fn raw_mail(raw: &[u8], assumed: &Assumed) -> Explained {
    let known = Known {
        authentication: Authentication::Vouched { may_publish: true },
        screening: Screening::Clean,
    };
    match parse(raw) {
        Ok(mail) => decided(&mail, &known, assumed),
        Err(why) => Explained::poison(None, why.to_string()),
    }
}

fn announced(notice: &SesMail, assumed: &Assumed) -> Explained {
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
            let known = Known {
                authentication: judge(&evidence, &mail, &[]).authentication,
                screening: notice.screening(),
            };
            decided(&mail, &known, assumed)
        }
        Err(why) => Explained::poison(None, why.to_string()),
    }
}

fn decided(mail: &InboundMail, known: &Known, assumed: &Assumed) -> Explained {
    let facts = Facts {
        mail,
        own: &assumed.own,
        screening: known.screening,
        authentication: known.authentication,
        project: ProjectMatch::One(assumed.project.clone()),
        role: Some(Role::Publisher),
        publishing: PublishProof::default(),
        thread: None,
    };
    explain(&facts, decide(&facts))
}
