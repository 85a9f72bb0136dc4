//! Server-sent events, from bytes: the event stream format of the HTML standard, pure and bounded.

use std::time::Duration;

/// Longest line and longest event, in bytes; ours have a few hundred.
const LONGEST: usize = 1 << 20;

/// What a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Item {
    /// An event.
    Message(Message),
    /// How long to wait before connecting again.
    Retry(Duration),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Message {
    /// Its `event` field; `message` when it has none.
    pub(in crate::cli) event: String,
    /// Its `data` lines, joined by line ends.
    pub(in crate::cli) data: String,
    /// The last `id` of the stream up to here.
    pub(in crate::cli) id: Option<String>,
}

/// The stream has a line or an event that is too long to be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream has an event of more than {LONGEST} bytes")]
pub(in crate::cli) struct TooLong;

/// Reads a stream, cut anywhere into chunks. One parser a connection.
#[derive(Debug, Default)]
pub(in crate::cli) struct Parser {
    line: Vec<u8>,
    /// Whether the last byte was a CR: a LF behind it belongs to it.
    behind_cr: bool,
    /// Whether the first line is over: only before it a byte order mark is skipped.
    begun: bool,
    event: String,
    data: String,
    id: Option<String>,
}

impl Parser {
    /// Takes in the next bytes, and answers what they complete.
    pub(in crate::cli) fn push(&mut self, chunk: &[u8]) -> Result<Vec<Item>, TooLong> {
        let mut items = Vec::new();
        for byte in chunk {
            let behind_cr = std::mem::replace(&mut self.behind_cr, *byte == b'\r');
            match byte {
                b'\n' if behind_cr => {}
                b'\n' | b'\r' => items.extend(self.end_line()),
                _ => self.line.push(*byte),
            }
            if self.line.len() + self.data.len() > LONGEST {
                return Err(TooLong);
            }
        }
        Ok(items)
    }

    fn end_line(&mut self) -> Option<Item> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let mut line = text.as_ref();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.strip_prefix('\u{FEFF}').unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data += value;
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                let millis = value.parse().unwrap_or(u64::MAX);
                return Some(Item::Retry(Duration::from_millis(millis)));
            }
            // A comment (no field name), or a field that is not known.
            _ => {}
        }
        None
    }

    /// The event that a blank line ends. The standard drops events without data; a named one is kept here, since
    /// `event: end` says all there is to say.
    fn end_event(&mut self) -> Option<Item> {
        let mut event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        if event.is_empty() && data.is_empty() {
            return None;
        }
        data.pop();
        if event.is_empty() {
            "message".clone_into(&mut event);
        }
        let id = self.id.clone();
        Some(Item::Message(Message { event, data, id }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(event: &str, data: &str, id: Option<&str>) -> Item {
        let (event, data) = (event.to_owned(), data.to_owned());
        let id = id.map(str::to_owned);
        Item::Message(Message { event, data, id })
    }

    fn items(stream: &str) -> Vec<Item> {
        Parser::default().push(stream.as_bytes()).unwrap()
    }

    #[test]
    fn an_event_has_a_name_data_and_an_id() {
        let stream =
            ": connected\n\nretry: 2000\n\nid: 17\nevent: command.progress\ndata: {\"a\":1}\n\n";
        let expected = [
            Item::Retry(Duration::from_secs(2)),
            message("command.progress", "{\"a\":1}", Some("17")),
        ];
        assert_eq!(items(stream), expected);
    }

    #[test]
    fn data_lines_are_joined_and_one_space_is_dropped() {
        let expected = [message("message", "one\n two\n\nthree:3", None)];
        assert_eq!(
            items("data:one\ndata:  two\ndata\ndata: three:3\n\n"),
            expected
        );
    }

    #[test]
    fn the_id_stays_until_another_one_comes() {
        let stream = "id: 1\ndata: a\n\ndata: b\n\nid: bad\0\ndata: c\n\nid\ndata: d\n\n";
        let expected = [
            message("message", "a", Some("1")),
            message("message", "b", Some("1")),
            message("message", "c", Some("1")),
            message("message", "d", Some("")),
        ];
        assert_eq!(items(stream), expected);
    }

    #[test]
    fn a_byte_order_mark_is_skipped_at_the_beginning_only() {
        let expected = [message("message", "a", None)];
        assert_eq!(items("\u{FEFF}data: a\n\n\u{FEFF}data: b\n\n"), expected);
    }

    #[test]
    fn what_is_not_ended_is_not_an_event() {
        assert_eq!(items("data: a\n"), []);
        assert_eq!(items("\n\n\r\n: only a comment\n\nnonsense: 1\n\n"), []);
    }

    #[test]
    fn a_named_event_needs_no_data() {
        assert_eq!(items("event: end\n\n"), [message("end", "", None)]);
    }

    #[test]
    fn only_digits_are_a_time_to_wait() {
        assert_eq!(items("retry: -1\nretry: 1s\nretry:\n"), []);
        let endless = [Item::Retry(Duration::from_millis(u64::MAX))];
        assert_eq!(items("retry: 99999999999999999999999\n"), endless);
    }

    #[test]
    fn an_endless_line_or_event_is_refused() {
        assert_eq!(
            Parser::default().push(&vec![b'x'; LONGEST + 1]),
            Err(TooLong)
        );
        let mut parser = Parser::default();
        let line = format!("data: {}\n", "x".repeat(LONGEST / 4));
        let pushed = (0..5).try_for_each(|_| parser.push(line.as_bytes()).map(drop));
        assert_eq!(pushed, Err(TooLong));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_stream_is_cut_or_how_lines_end(
            cuts in prop::collection::vec(1_usize..9, 0..60),
            line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        ) {
            let stream = "\u{FEFF}: hello\n\nid: 7\nevent: x\ndata: Grüße\ndata: 東京\n\nretry: 5\ndata: b\n\nevent: end\n\n";
            let whole = items(stream);
            prop_assert_eq!(whole.len(), 4);
            let bytes = stream.replace('\n', line_end).into_bytes();
            let (mut parser, mut found, mut rest) = (Parser::default(), Vec::new(), bytes.as_slice());
            for cut in cuts {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                found.extend(parser.push(now).unwrap());
                rest = later;
            }
            found.extend(parser.push(rest).unwrap());
            prop_assert_eq!(found, whole);
        }

        #[test]
        fn no_bytes_upset_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Parser::default().push(&bytes).is_ok());
        }
    }
}
