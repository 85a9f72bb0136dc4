//! A letter of ours as its reader has it, and the replies that clients write to it.

use hermes::domain::ids::{CommandId, ReplyId, SessionId};

use crate::flows::harness::{Hermes, Mail, field, text_of};

/// What a client knows of the letter that it answers.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    /// In brackets; the one that the mail system has put in place of ours, if it does that.
    pub(super) id: String,
    pub(super) in_reply_to: String,
    pub(super) references: String,
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) reply_to: String,
    pub(super) text: String,
}

/// How letters go out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// As they are.
    Smtp,
    /// With a Message-ID of the mail system.
    Ses,
}

impl Letter {
    /// The letter in answer to a command.
    pub(super) fn answering(hermes: &Hermes, command: &CommandId, way: Way) -> Self {
        let reply = ReplyId::for_command(command);
        let sent = hermes.mailer.taken_of(&reply);
        let raw = &sent[0].raw;
        let address = |name| {
            let field = field(raw, name);
            let address = field.split('<').next_back().unwrap();
            address.trim_end_matches('>').to_owned()
        };
        Self {
            id: match way {
                Way::Smtp => field(raw, "Message-ID"),
                Way::Ses => format!("<{reply}.eml@us-west-2.amazonses.com>"),
            },
            in_reply_to: field(raw, "In-Reply-To"),
            references: field(raw, "References"),
            subject: field(raw, "Subject"),
            from: address("From"),
            reply_to: address("Reply-To"),
            text: text_of(raw),
        }
    }

    /// The conversation up to and with this letter.
    pub(super) fn whole(&self) -> String {
        format!("{} {}", self.references, self.id)
    }

    /// The reply token by itself.
    pub(super) fn token(&self) -> &str {
        let local = self.reply_to.split('@').next().unwrap();
        local.rsplit('+').next().unwrap()
    }

    /// Our address with something behind the mailbox's name.
    pub(super) fn ours(&self, sub_address: &str) -> String {
        let (local, domain) = self.from.split_once('@').unwrap();
        format!("{local}{sub_address}@{domain}")
    }
}

impl Hermes {
    /// A first mail, answered: its session, and the letter.
    pub(super) async fn answered(&mut self, mail: &Mail, way: Way) -> (SessionId, Letter) {
        if matches!(way, Way::Ses) {
            self.mailer.replace_ids();
        }
        let (session, command) = self.instruct(mail).await;
        self.quiesce().await;
        (session, Letter::answering(self, &command, way))
    }
}
