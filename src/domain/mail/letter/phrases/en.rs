//! English.

use super::set::{
    Condition, ConfirmText, Ends, HelpText, Labels, Notes, Phrases, Refused, Replying, StatusText,
    When, Words,
};
use crate::domain::command::Action;
use crate::domain::mail::RefusalReason;
use crate::domain::mail::files::FileRefusal;

pub(super) const PHRASES: Phrases = Phrases {
    labels: Labels {
        marker: "Reply above this line",
        preview: "See the preview",
        files: "Changed files",
        left_out: "Left out of what you sent",
        more: |count| format!("and {count} more"),
        log: "The end of the log",
        next: "What you can do next",
        quoted: "You wrote",
        reference: "Reference",
        colon: ":",
    },
    words: Words {
        publish: "publish",
        undo: "undo",
        stop: "stop",
        status: "status",
        help: "help",
    },
    replying: Replying {
        next: "Reply with the next change; it goes on top of this one.",
        publish: "Reply “publish” to put your change live.",
        undo: "Reply “undo” to take this change back.",
        stop: "Reply “stop” to have it stopped.",
        status: "Reply “status” to see how it stands.",
        help: "Reply “help” to see what you can write.",
        reword: "Reply with other words, or with the exact text as it stands on the page.",
        again: "Reply to this mail to try again; what you wrote is kept.",
        resend: "Please send your message again, together with its files.",
        mend: "Reply with what should be different.",
        go_on: "Reply to go on: what was done so far is saved.",
        nothing: "There is nothing you have to do.",
    },
    ends: Ends {
        made: "Your change is ready to look at.",
        made_unseen: "Your change is made, but the preview could not be updated.",
        nothing: "There was nothing to change.",
        unclear: "I could not tell what to change, so nothing was changed.",
        cannot: "I cannot do this, so nothing was changed.",
        failed: "Your change did not work.",
        red: "Your change was made, but the website could not be built with it.",
        red_because: "The change is saved. The preview still shows the last version that could be built.",
        stopped: "Your change was stopped before it was finished.",
        stopped_by_end: "The editing session was ended.",
        stopped_by_newer: "A newer message took its place.",
        stopped_by_wish: "Somebody asked for it to stop.",
        crashed: "The editor crashed three times on this. What was there before is unchanged.",
        no_workspace: "The editor cannot work at the moment; nothing was changed.",
        no_repository: "The files of the website cannot be reached at the moment; nothing was changed.",
        no_files: "The files that came with your message could not be read by the editor; nothing was changed.",
        not_yet,
        never_started: "The editor could not be started for a whole day. Nothing was changed.",
        stopped_earlier: |words| {
            format!(
                "Your earlier message was stopped for this one: “{words}”. What was done of it is saved; send it again to have it finished."
            )
        },
        forked: "You gave your reply another subject, so it began a conversation of its own, from the website as it is published. To go on with what you did before, reply to the mail about that.",
    },
    notes: Notes {
        arrived: "Your message has arrived.",
        arrived_because: "It takes a little longer than usual. You will get another mail as soon as there is a result.",
        kept: "Your message is kept; the work on it could not begin yet.",
        kept_until: |until| {
            format!(
                "The editor for your website could not be started. Nothing is lost: it is tried again by itself until {until}, and you will get another mail with the result."
            )
        },
        at,
    },
    refused,
    left_out: FileRefusal::explain,
    confirm: ConfirmText {
        subject: "Did you write this?",
        headline: "A message came under your name. Did you write it?",
        what: "It asks for a change to your website, but it could not be proven that it is from you, so nothing was done. The message itself is not in this mail, because a stranger may have written it. The link shows it.",
        how: "Open the link, read the message, and say whether it is yours. Nothing happens before you do, and after 24 hours the link is void. If more such messages come today, they are shown there too.",
        why: "This happens when mail is forwarded on its way, when it passes a mailing list, or when it is sent through a server that your domain does not name as its own (SPF, DKIM and DMARC).",
        link: "Look at the message",
        hints: [
            "Next time, write directly from the mailbox that is registered for you.",
            "If it happens often, ask whoever runs your mail to sign it with DKIM and to set up DMARC for your domain.",
            "If the message is not yours, say so behind the link, or do nothing.",
        ],
    },
    help: HelpText {
        headline: "This is how you change your website by mail.",
        how: "Write what should be different, in plain words. You get an answer with a preview; the live website stays as it is until somebody publishes.",
        examples_title: "For example",
        examples: [
            "Replace \"Open 9-5\" with \"Open 10-6\"",
            "Change the title of the contact page to \"Get in touch\"",
            "Add a paragraph \"We are closed on Monday.\" under the heading \"Opening hours\"",
            "Remove \"Christmas menu\" from the home page",
        ],
        words_title: "Words that you can reply with",
        threads: "A reply goes on with the same change. A new mail begins another one.",
    },
    status: StatusText {
        headline: |condition| match condition {
            Condition::Waiting => "Your last message is waiting for its turn.",
            Condition::Working => "Your last message is being worked on.",
            Condition::Kept => "Your last message is kept; the work on it could not begin yet.",
            Condition::Done => "Your last message is done.",
            Condition::Failed => "Your last message could not be carried out.",
            Condition::Stopped => "Your last message was stopped.",
        },
        nothing_yet: "Nothing has been asked for in this conversation yet.",
        last_message: "Your last message",
        last_answer: "What came of it",
        others: |count| match count {
            1 => "Another message is still waiting or being worked on.".to_owned(),
            _ => format!("{count} other messages are still waiting or being worked on."),
        },
        stopping: "The work on your last message is being stopped.",
        stopping_because: "What was done until now is saved, and the live website is unchanged.",
        nothing_to_stop: "There was nothing to stop: no message of this conversation is being worked on.",
    },
};

fn at(when: When) -> String {
    let month = when.month_of([
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]);
    format!(
        "{:02}:{:02} UTC on {} {month} {}",
        when.hour, when.minute, when.day, when.year
    )
}

const NOT_DONE: &str = "Your message was not carried out.";

fn refused(reason: RefusalReason) -> Refused {
    let (headline, because, hint) = match reason {
        RefusalReason::NotAMember => (
            NOT_DONE,
            "This address is not on the list of people who may change this website.",
            "Write from the address that was registered for you, or ask the owner of the website to add this one.",
        ),
        RefusalReason::Viewer => (
            NOT_DONE,
            "You may look at previews of this website, but not change it.",
            "Ask the owner of the website to let you edit it, then send your message again.",
        ),
        RefusalReason::NoSuchProject => (
            NOT_DONE,
            "There is no website at the address you wrote to.",
            "Check the address. It is in the last mail you had from us, or the owner of the website knows it.",
        ),
        RefusalReason::SeveralProjects => (
            "Which website do you mean?",
            "The address you wrote to belongs to more than one website, so nothing was changed.",
            "Send your message again to the address of the website itself.",
        ),
        RefusalReason::EmptyMessage => (
            "Your message had no text.",
            "Quoted text and signatures do not count as instructions, and nothing else was there.",
            "Reply with what you want changed, in plain words.",
        ),
        RefusalReason::AttachmentsOnly => (
            "What should be done with what you sent?",
            "Your message had files or a forwarded mail, but no words of your own, so nothing was changed.",
            "Reply with what you want, for example: put this picture at the top of the home page. Please attach the files again.",
        ),
        RefusalReason::Encrypted => (
            "Your message could not be read.",
            "It is encrypted, and encrypted mail cannot be opened here.",
            "Send it again without encryption.",
        ),
        RefusalReason::TooMany => (
            "Your message is kept, but was not carried out.",
            "More messages came from your address than a person usually writes, so it looks as if machines answered each other. Everything that you sent before is carried out.",
            "If you are a person: wait for an hour, then send it again. Until tomorrow you are told this only once.",
        ),
        RefusalReason::NotAPublisher => (
            NOT_DONE,
            "Only people who are registered as publishers may put this website online.",
            "Ask a publisher of the website to do it, or its owner to make you one.",
        ),
        RefusalReason::ProofToPublish => (
            NOT_DONE,
            "For publishing it must be proven that a mail is from you, and your mail system does not prove that (DMARC).",
            "Ask whoever runs your mail to set up DMARC and to sign mail with DKIM, or have another publisher do it.",
        ),
    };
    Refused {
        headline,
        because,
        hint,
    }
}

fn not_yet(action: Action) -> &'static str {
    match action {
        Action::Publish => "Publishing by mail is not possible here yet.",
        Action::Undo { .. } => "Taking changes back by mail is not possible here yet.",
        Action::Discard => "Discarding changes by mail is not possible here yet.",
        Action::Continue => "Going on by one word is not possible here yet.",
    }
}
