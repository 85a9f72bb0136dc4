use super::*;

/// A delivery report as Postfix writes it, with its three parts.
fn report(status: &str, returned_type: &str, returned: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\n\
         Subject: Undelivered Mail Returned to Sender\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\n\n\
         --b1\nContent-Type: text/plain\n\nThis is the mail system at host mx.example.net.\n\n\
         --b1\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example.net\n\n\
         Final-Recipient: rfc822; amelia@example.org\nOriginal-Recipient: rfc822;amelia@example.org\n{status}\n\
         --b1\nContent-Type: {returned_type}\n\n{returned}\n--b1--\n"
    )
}

fn about(mail: &str) -> Option<BouncedOf> {
    bounce_of(&parse(mail.as_bytes()).unwrap())
}

fn ids(found: &BouncedOf) -> Vec<&str> {
    found.ids.iter().map(MessageId::as_str).collect()
}

#[test]
fn l2_a_returned_message_names_the_mail_and_its_conversation() {
    for kind in ["message/rfc822", "text/rfc822-headers"] {
        let returned = "From: edit@hermes.example\nMessage-ID: <0100abc@eu-west-1.amazonses.com>\n\
                        References: <thread.t1@hermes.example>\n <turn.r7@hermes.example>\nSubject: Re: Hours\n";
        let mail = report("Action: failed\nStatus: 5.1.1", kind, returned);
        let found = about(&mail).unwrap();
        assert_eq!(
            ids(&found),
            [
                "0100abc@eu-west-1.amazonses.com",
                "turn.r7@hermes.example",
                "thread.t1@hermes.example"
            ],
            "{kind}"
        );
        let recipients: Vec<&str> = found.recipients.iter().map(EmailAddress::as_str).collect();
        assert_eq!(recipients, ["amelia@example.org"]);
    }
}

#[test]
fn l17_the_class_of_the_status_says_how_final_it_is() {
    for (status, expected) in [
        ("Action: failed\nStatus: 5.1.1", BounceSeverity::Hard),
        ("Action: failed\nStatus: 4.4.7", BounceSeverity::Soft),
        ("Action: delayed\nStatus: 4.0.0", BounceSeverity::Soft),
        ("Action: delayed\nStatus: 5.0.0", BounceSeverity::Soft),
        ("Action: failed", BounceSeverity::Soft),
    ] {
        let found = about(&report(status, "message/rfc822", "Message-ID: <a@b.c>")).unwrap();
        assert_eq!(found.severity, expected, "{status}");
    }
    assert_eq!(BounceSeverity::Soft.points(), 1);
    assert_eq!(BounceSeverity::Hard.points(), 2);
}

#[test]
fn l17_a_success_is_no_bounce() {
    let mail = report(
        "Action: delivered\nStatus: 2.0.0",
        "message/rfc822",
        "Message-ID: <a@b.c>",
    );
    assert_eq!(about(&mail), None);
    let mail = report(
        "Action: relayed\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.0.0",
        "message/rfc822",
        "Message-ID: <a@b.c>",
    );
    assert_eq!(
        about(&mail).map(|found| found.severity),
        Some(BounceSeverity::Hard)
    );
}

#[test]
fn l2_a_plain_bounce_names_them_in_its_text() {
    let qmail = "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n\
        Hi. This is the qmail-send program at mx.example.net.\n\
        I'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
        <amelia@example.org>:\n192.0.2.1 does not like recipient.\n\
        Remote host said: 550 5.1.1 unknown user\nGiving up on 192.0.2.1.\n\n\
        --- Below this line is a copy of the message.\n\n\
        Return-Path: <bounces+x@hermes.example>\nMessage-ID: <turn.r7@hermes.example>\n\
        References: <thread.t1@hermes.example>\nSubject: Re: Hours\n\nDone.\n";
    let found = about(qmail).unwrap();
    assert_eq!(
        ids(&found),
        ["turn.r7@hermes.example", "thread.t1@hermes.example"]
    );
    assert_eq!(
        found.recipients.first().map(EmailAddress::as_str),
        Some("amelia@example.org")
    );
    assert_eq!(found.severity, BounceSeverity::Hard);
}

#[test]
fn l4_failed_recipients_are_named() {
    let mail = "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\n\
        X-Failed-Recipients: a@example.org,\n  b@example.org\nSubject: Mail delivery failed\n\nx";
    let found = about(mail).unwrap();
    let recipients: Vec<&str> = found.recipients.iter().map(EmailAddress::as_str).collect();
    assert_eq!(recipients, ["a@example.org", "b@example.org"]);
    assert!(found.ids.is_empty());
}

#[test]
fn l2_what_names_nothing_is_about_nothing() {
    assert_eq!(
        about("From: a@b.c\nSubject: x\n\nThe opening hours are 5.0 to 7.0."),
        None
    );
}

#[test]
fn l2_a_bounce_of_any_size_gives_a_bounded_answer() {
    use std::fmt::Write as _;
    let mut references = String::new();
    for n in 0..5_000 {
        writeln!(references, " <r{n}@hermes.example>").unwrap();
    }
    let returned = format!("Message-ID: <turn.r7@hermes.example>\nSubject: x\n\n{references}");
    let mail = report(
        &"Final-Recipient: rfc822; x@example.org\nStatus: 5.1.1\n".repeat(10_000),
        "message/rfc822",
        &format!("References:{references}{returned}"),
    );
    let found = about(&mail).unwrap();
    assert!(found.ids.len() <= MAX_IDS && found.recipients.len() <= MAX_RECIPIENTS);
}
