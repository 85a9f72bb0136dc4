//! A mail server that follows a script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server answers; everything else it takes.
#[derive(Clone, Default)]
pub(super) struct Script {
    /// Instead of the greeting.
    pub(super) greeting: Option<&'static str>,
    /// To lines that begin with this.
    pub(super) answers: Vec<(&'static str, &'static str)>,
    /// After the whole mail.
    pub(super) after_data: Option<&'static str>,
    /// Never answers lines that begin with this.
    pub(super) hangs_at: Option<&'static str>,
    /// Further lines of the answer to EHLO.
    pub(super) offers: Vec<&'static str>,
}

pub(super) struct SmtpServerDouble {
    pub(super) address: SocketAddr,
    /// All lines of all clients, in order.
    pub(super) heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl SmtpServerDouble {
    #[expect(clippy::disallowed_methods, reason = "a test has no supervisor")]
    pub(super) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that gives up is no failure of the server.
                converse(stream, &script, &lines).await.ok();
            }
        });
        Self {
            address,
            heard,
            task,
        }
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for SmtpServerDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(
    stream: TcpStream,
    script: &Script,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(
        &mut stream,
        script.greeting.unwrap_or("220 mail.test ESMTP"),
    )
    .await?;
    let mut in_data = false;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let text = line.strip_suffix("\r\n").unwrap_or("<bare line end>");
        heard.lock().unwrap().push(text.to_owned());
        if script
            .hangs_at
            .is_some_and(|command| text.starts_with(command))
        {
            std::future::pending::<()>().await;
        }
        let scripted = script
            .answers
            .iter()
            .find(|(command, _)| text.starts_with(command));
        let answer = match (in_data, text) {
            (true, ".") => {
                in_data = false;
                script
                    .after_data
                    .unwrap_or("250 2.0.0 Ok: queued as 4XYZ")
                    .to_owned()
            }
            (true, _) => continue,
            (false, text) => match scripted {
                Some((_, answer)) => (*answer).to_owned(),
                None if text.starts_with("EHLO") => ehlo(&script.offers),
                None if text == "DATA" => {
                    in_data = true;
                    "354 go on".to_owned()
                }
                None if text == "QUIT" => "221 bye".to_owned(),
                None => "250 ok".to_owned(),
            },
        };
        say(&mut stream, &answer).await?;
    }
}

fn ehlo(offers: &[&str]) -> String {
    let mut lines = vec!["250-mail.test".to_owned()];
    lines.extend(offers.iter().map(|offer| format!("250-{offer}")));
    lines.push("250 HELP".to_owned());
    lines.join("\r\n")
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> std::io::Result<()> {
    let stream = stream.get_mut();
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.flush().await
}
