//! `hermes mail explain`: one mail, a document of SES, many mails.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hermes::cli::{Assumed, Terminal, explain};
use hermes::config::cli::{Command, Exit, Invocation, MailTask};
use hermes::domain::mail::OwnIdentity;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::scripted::{NOW, Said};

const REPLY: &str = "From: Amelia <amelia@example.com>\r\n\
    To: edit+abcdefghijklmnopqrstuvwxyz@hermes.example\r\n\
    Subject: Re: Opening hours\r\n\
    Message-ID: <q1@example.com>\r\n\
    In-Reply-To: <turn.cmd-1@hermes.example>\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\
    \r\n\
    --b\r\n\
    \r\n\
    Please change the hours to 9-5.\r\n\
    \r\n\
    On Fri, 20 Nov 2026 at 14:27, Hermes <edit@hermes.example> wrote:\r\n\
    > Done.\r\n\
    --b\r\n\
    Content-Type: text/csv; name=hours.csv\r\n\
    Content-Disposition: attachment; filename=\"../hours.csv\"\r\n\
    \r\n\
    mon,9,5\r\n\
    --b--\r\n";

fn said(arguments: &[&str], input: &[u8]) -> Said {
    let line = [&["hermes", "mail", "explain"], arguments].concat();
    let Invocation { json, command } = Invocation::parse(line).unwrap();
    let Command::Mail(MailTask::Explain(command)) = command else {
        panic!("{arguments:?}");
    };
    let assumed = Assumed {
        own: OwnIdentity {
            hermes: "edit@hermes.example".parse().unwrap(),
            addresses: Vec::new(),
            instance: "hermes.example".to_owned(),
        },
        project: "site".parse().unwrap(),
    };
    let (mut input, mut out, mut err) = (input, Vec::new(), Vec::new());
    let exit = explain(
        &command,
        &|mail, evidence, screening| Ok(assumed.decide(mail, &evidence, screening)),
        &mut Terminal {
            input: &mut input,
            out: &mut out,
            err: &mut err,
            json,
            colour: false,
            now: NOW,
        },
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said {
        exit,
        out: text(out),
        err: text(err),
    }
}

fn explained(input: &[u8]) -> Value {
    serde_json::from_str(&said(&["--json", "-"], input).out).unwrap()
}

#[test]
fn a_mail_is_explained_to_people() {
    assert_snapshot!(said(&["-"], REPLY.as_bytes()), @r"
    It would be carried out (instruct)
    Because: the first instruction of a conversation

    from          amelia@example.com
    subject       Re: Opening hours
    message id    q1@example.com
    written by    a person
    kind          human
    may continue  abcdefghijklmnopqrstuvwxyz
    may continue  turn.cmd-1@hermes.example
    file          hours.csv (text/csv, 7 bytes)

    Rules, in the order in which they took part
    A-vouched  A caller with the right `mail` vouches for the sender.
    B7         Quoted text was cut.

    The sender's own words
      Please change the hours to 9-5.
    ---- Done
    ");
}

#[test]
fn a_mail_is_explained_to_programs() {
    assert_snapshot!(said(&["-", "--json"], REPLY.as_bytes()), @r#"
    {"verdict":"instruct","reason":"the first instruction of a conversation","rules":["A-vouched","B7"],"isAuto":false,"kind":"human","from":"amelia@example.com","subject":"Re: Opening hours","messageId":"q1@example.com","instruction":"Please change the hours to 9-5.","threadCandidates":["abcdefghijklmnopqrstuvwxyz","turn.cmd-1@hermes.example"],"attachments":[{"name":"hours.csv","contentType":"text/csv","bytes":7,"sha256":"3abaf479f49108f4283d6137bb4c6746bcdd63400bff83758422dffea7cc4416"}],"isTruncated":false}
    ---- Done
    "#);
}

#[test]
fn a_document_of_ses_brings_its_own_verdicts() {
    let document = |dmarc: &str| {
        json!({
            "notificationType": "Received",
            "receipt": {
                "recipients": ["edit@hermes.example"],
                "spamVerdict": {"status": "PASS"}, "virusVerdict": {"status": "PASS"},
                "dmarcVerdict": {"status": dmarc},
                "action": {"type": "SNS", "encoding": "BASE64"}
            },
            "mail": {"source": "amelia@example.com", "messageId": "ses1"},
            "content": STANDARD.encode(REPLY),
        })
    };
    let wrapped = |dmarc| json!({"Type": "Notification", "Message": document(dmarc).to_string()});
    for (input, verdict) in [
        (document("PASS"), "instruct"),
        (wrapped("PASS"), "instruct"),
        (wrapped("FAIL"), "silent"),
        (json!({"hello": "world"}), "poison"),
    ] {
        let told = explained(input.to_string().as_bytes());
        assert_eq!(told["verdict"], verdict, "{told}");
    }
}

#[test]
fn what_is_no_mail_is_poison_and_says_why() {
    for (input, rules) in [
        (&b"{\"Records\":[]}"[..], json!(["E1"])),
        (b"{", json!(["E1"])),
        (b"just words", json!([])),
        (b"", json!([])),
    ] {
        let told = explained(input);
        assert_eq!(
            (&told["verdict"], &told["rules"]),
            (&json!("poison"), &rules)
        );
        assert_ne!(told["reason"], "");
    }
}

#[test]
fn a_batch_is_answered_line_by_line_in_order() {
    let lines = [
        json!({"id": "a", "raw": REPLY}).to_string(),
        "no json".to_owned(),
        json!({"id": 7, "rawBase64": STANDARD.encode(REPLY)}).to_string(),
        json!({"id": "empty", "raw": ""}).to_string(),
    ];
    let told = said(&["--batch"], lines.join("\n").as_bytes());
    let rows: Vec<Value> = told
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row["id"].clone(), row["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            (json!("a"), "instruct"),
            (Value::Null, "poison"),
            (json!(7), "instruct"),
            (json!("empty"), "poison")
        ]
    );
    assert_eq!(rows[0]["instruction"], rows[2]["instruction"]);
    assert_eq!(
        (told.exit, told.err.as_str()),
        (
            Exit::Failed,
            "lines without a mail that could be read: 1; each says why\n"
        )
    );
}
