//! Events as sentences.

use crate::domain::event::EventKind;

use super::screen::{Style, clean};

/// What happened, in one line for people. It has nothing in it that could steer a terminal.
pub fn narrate(kind: &EventKind) -> String {
    clean(&sentence(kind))
}

/// How an event looks, if it is an end that people wait for.
pub(super) fn style(kind: &EventKind) -> Option<Style> {
    use EventKind as E;
    match kind {
        E::CommandSucceeded { .. } | E::PreviewReady { .. } => Some(Style::Good),
        E::CommandFailed { .. }
        | E::ContainerFailed { .. }
        | E::ReplyFailed { .. }
        | E::ReplyBounced { .. } => Some(Style::Bad),
        E::CommandInterrupted { .. } => Some(Style::Notice),
        E::MailAccepted { .. }
        | E::SessionCreated { .. }
        | E::SessionWoken { .. }
        | E::SessionDraining { .. }
        | E::SessionEnded { .. }
        | E::CommandQueued { .. }
        | E::CommandStarted { .. }
        | E::CommandProgress { .. }
        | E::ContainerStarting { .. }
        | E::ContainerRunning { .. }
        | E::ContainerDraining { .. }
        | E::ContainerStopped { .. }
        | E::ReplySent { .. } => None,
    }
}

fn sentence(kind: &EventKind) -> String {
    use EventKind as E;
    match kind {
        E::MailAccepted { .. } => "Mail received".to_owned(),
        E::SessionCreated { .. } => "Session opened".to_owned(),
        E::SessionWoken { .. } => "Session opened again".to_owned(),
        E::SessionDraining { open_commands: 0 } => "Session is ending".to_owned(),
        E::SessionDraining { open_commands } => {
            format!("Session is ending, after its open instructions ({open_commands})")
        }
        E::SessionEnded { reason } => format!("Session ended: {reason}"),
        E::CommandQueued { .. } => "Instruction queued".to_owned(),
        E::CommandStarted { attempt: 0 | 1, .. } => "Working on it".to_owned(),
        E::CommandStarted { attempt, .. } => format!("Working on it, attempt {attempt}"),
        E::CommandProgress { detail, .. } => detail.clone(),
        E::CommandSucceeded {
            summary,
            files_changed,
            preview_url,
            ..
        } => done(summary, files_changed, preview_url),
        E::CommandFailed {
            error_code,
            summary,
            ..
        } => format!("Failed: {summary} ({error_code})"),
        E::CommandInterrupted {
            interrupted_by: Some(_),
            ..
        } => "Interrupted by a newer instruction; the work so far is saved".to_owned(),
        E::CommandInterrupted { .. } => "Interrupted; the work so far is saved".to_owned(),
        E::ContainerStarting { .. } => "Waking up".to_owned(),
        E::ContainerRunning { .. } => "Awake".to_owned(),
        E::ContainerDraining { reason, .. } => format!("Going to sleep: {reason}"),
        E::ContainerStopped { reason, .. } => format!("Asleep: {reason}"),
        E::ContainerFailed { reason, .. } => format!("Could not wake up: {reason}"),
        E::PreviewReady { preview_url, .. } => format!("Preview ready: {preview_url}"),
        E::ReplySent { kind, .. } => format!("Answer sent ({kind})"),
        E::ReplyBounced { kind, class, .. } => format!("Answer came back ({kind}, {class})"),
        E::ReplyFailed { kind, .. } => format!("Answer could not be sent ({kind})"),
    }
}

fn done(summary: &str, files: &[String], preview: &str) -> String {
    let summary = summary.trim_end().trim_end_matches('.');
    let changed = match files {
        [] => String::new(),
        [one, two, three, rest @ ..] if !rest.is_empty() => {
            format!(". Changed: {one}, {two}, {three} and {} more", rest.len())
        }
        few => format!(". Changed: {}", few.join(", ")),
    };
    let preview = if preview.is_empty() {
        String::new()
    } else {
        format!(". Preview: {preview}")
    };
    format!("Done: {summary}{changed}{preview}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: serde_json::Value) -> String {
        narrate(&serde_json::from_value(json).unwrap())
    }

    #[test]
    fn the_end_of_a_command_says_what_changed_and_where_to_look() {
        let succeeded = |files: &[&str]| {
            told(serde_json::json!({"type": "command.succeeded", "data": {
                "commandId": "cmd-1", "summary": "Opening hours are now 9-5.", "filesChanged": files,
                "previewUrl": "http://ses-1.localhost:3000/"}}))
        };
        assert_eq!(
            succeeded(&["contact.html"]),
            "Done: Opening hours are now 9-5. Changed: contact.html. Preview: http://ses-1.localhost:3000/"
        );
        assert_eq!(
            succeeded(&["a", "b", "c", "d", "e"]),
            "Done: Opening hours are now 9-5. Changed: a, b, c and 2 more. Preview: http://ses-1.localhost:3000/"
        );
        assert!(succeeded(&[]).contains("9-5. Preview"));
    }

    #[test]
    fn a_second_attempt_and_a_newer_instruction_are_told() {
        let started = |attempt: u32| {
            told(
                serde_json::json!({"type": "command.started", "data": {"commandId": "c", "attempt": attempt}}),
            )
        };
        assert_eq!(started(1), "Working on it");
        assert_eq!(started(2), "Working on it, attempt 2");
        let by = serde_json::json!({"type": "command.interrupted", "data": {"commandId": "c", "interruptedBy": "d"}});
        assert!(told(by).starts_with("Interrupted by a newer instruction"));
    }

    #[test]
    fn a_summary_cannot_steer_the_terminal() {
        let failed = serde_json::json!({"type": "command.failed", "data": {
            "commandId": "c", "errorCode": "build_failed", "summary": "no\u{1b}[2J\nway"}});
        assert_eq!(told(failed), "Failed: no [2J way (build_failed)");
    }
}
