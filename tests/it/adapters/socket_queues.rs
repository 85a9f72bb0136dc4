//! The workers' client against the server, over a real socket.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::socket::{
    OnOutput, SocketQueues, TokenRegistry, WorkerFiles, WorkerServer, WorkerSocket,
};
use hermes::domain::ids::ContainerId;
use hermes::ports::fault::FaultKind;
use hermes::ports::queues::{Direction, QueueName, Queues, Receipt};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::doubles::CountingEntropy;
use super::memory_queues::MemoryQueues;
use crate::support::World;

/// A server with its queues in memory.
pub(super) struct Server {
    pub(super) world: World,
    data: tempfile::TempDir,
    socket: std::path::PathBuf,
    queues: Arc<MemoryQueues>,
    pub(super) tokens: Arc<TokenRegistry>,
    outputs: mpsc::UnboundedReceiver<ContainerId>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let socket = WorkerSocket::bind(data.path(), &CountingEntropy).unwrap();
        Self::serve(data, socket)
    }

    #[expect(clippy::disallowed_methods, reason = "a test has no supervisor")]
    fn serve(data: tempfile::TempDir, socket: WorkerSocket) -> Self {
        let queues = Arc::new(MemoryQueues::default());
        let tokens = Arc::new(TokenRegistry::new(Arc::new(CountingEntropy)));
        let (told, outputs) = mpsc::unbounded_channel();
        let on_output: OnOutput = Arc::new(move |container| told.send(container.clone()).unwrap());
        let path = socket.path().to_owned();
        let world = World::embedded();
        let files = WorkerFiles::new(Arc::clone(&world.commands), Arc::clone(&world.archive));
        let server = WorkerServer::new(
            Arc::clone(&queues) as Arc<dyn Queues>,
            files,
            Arc::clone(&tokens),
            on_output,
        );
        let (stop, stopped) = oneshot::channel();
        let serving = server.serve(socket, async {
            stopped.await.unwrap();
        });
        Self {
            world,
            data,
            socket: path,
            queues,
            tokens,
            outputs,
            stop: Some(stop),
            task: tokio::spawn(serving),
        }
    }

    pub(super) fn worker(&self, container: &ContainerId, generation: u64) -> SocketQueues {
        let token = self.tokens.issue(container, generation);
        SocketQueues::new(&self.socket, token, container.clone()).unwrap()
    }

    async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        (&mut self.task).await.unwrap().unwrap();
    }
}

fn id(text: &str) -> ContainerId {
    text.parse().unwrap()
}

const NOW: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_worker_receives_extends_hands_back_and_deletes() {
    let server = Server::start();
    let input = QueueName::input(id("a"));
    let worker = server.worker(&id("a"), 1);
    for body in ["one", "two", "three ü \u{1F600}"] {
        server.queues.send(&input, body.to_owned()).await.unwrap();
    }
    let first = worker.receive(&input, 1, NOW).await.unwrap();
    assert_eq!((first[0].body.as_str(), first[0].receives), ("one", 1));
    let rest = worker.receive(&input, 10, NOW).await.unwrap();
    assert_eq!(rest[1].body, "three ü \u{1F600}");

    let receipt = &first[0].receipt;
    let two_minutes = Duration::from_mins(2);
    assert!(
        worker
            .set_visibility(&input, receipt, two_minutes)
            .await
            .unwrap()
    );
    assert_eq!(server.queues.hidden(&input)[0], two_minutes);
    assert!(worker.set_visibility(&input, receipt, NOW).await.unwrap());
    let again = worker.receive(&input, 1, NOW).await.unwrap();
    assert_eq!((again[0].body.as_str(), again[0].receives), ("one", 2));

    assert!(
        !worker.delete(&input, receipt).await.unwrap(),
        "the first receipt is void"
    );
    assert!(worker.delete(&input, &again[0].receipt).await.unwrap());
    assert_eq!(server.queues.bodies(&input), ["two", "three ü \u{1F600}"]);
}

#[tokio::test]
async fn what_a_worker_sends_is_there_before_hermes_is_told() {
    let mut server = Server::start();
    let output = QueueName::output(id("a"));
    let worker = server.worker(&id("a"), 1);
    worker.send(&output, "done".to_owned()).await.unwrap();
    assert_eq!(server.outputs.recv().await, Some(id("a")));
    assert_eq!(server.queues.bodies(&output), ["done"]);
}

#[tokio::test]
async fn a_long_poll_wakes_when_a_message_comes() {
    let server = Server::start();
    let input = QueueName::input(id("a"));
    let worker = server.worker(&id("a"), 1);
    let mut waiting = server.queues.waiting.subscribe();
    let (received, ()) = tokio::join!(worker.receive(&input, 10, LONG), async {
        waiting.wait_for(|count| *count == 1).await.unwrap();
        server.queues.send(&input, "wake".to_owned()).await.unwrap();
    });
    assert_eq!(received.unwrap()[0].body, "wake");
}

#[tokio::test]
async fn a_token_opens_two_queues_and_no_other() {
    let server = Server::start();
    let worker = server.worker(&id("a"), 1);
    server.worker(&id("b"), 1);
    let closed = [
        QueueName::output(id("a")),
        QueueName::dead(id("a")),
        QueueName::input(id("b")),
    ];
    let receipt = Receipt("r".to_owned());
    for queue in closed {
        let faults = [
            worker.receive(&queue, 1, NOW).await.unwrap_err(),
            worker.delete(&queue, &receipt).await.unwrap_err(),
            worker
                .set_visibility(&queue, &receipt, NOW)
                .await
                .unwrap_err(),
        ];
        assert!(
            faults.iter().all(|fault| fault.kind == FaultKind::Denied),
            "{queue}"
        );
    }
    for queue in [QueueName::input(id("a")), QueueName::output(id("b"))] {
        let fault = worker.send(&queue, "x".to_owned()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Denied, "{queue}");
    }
    let fault = worker.depth(Direction::Input, &[]).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied);
}

#[tokio::test]
async fn a_token_under_another_name_still_opens_its_own_queues_only() {
    let server = Server::start();
    let theirs = QueueName::input(id("b"));
    server
        .queues
        .send(&theirs, "secret".to_owned())
        .await
        .unwrap();
    let token = server.tokens.issue(&id("a"), 1);
    let liar = SocketQueues::new(&server.socket, token, id("b")).unwrap();
    assert!(liar.receive(&theirs, 10, NOW).await.unwrap().is_empty());
    liar.send(&QueueName::output(id("b")), "forged".to_owned())
        .await
        .unwrap();
    assert_eq!(server.queues.bodies(&QueueName::output(id("b"))), [""; 0]);
    assert_eq!(
        server.queues.bodies(&QueueName::output(id("a"))),
        ["forged"]
    );
}

#[tokio::test]
async fn c4_the_token_of_an_earlier_generation_opens_nothing() {
    let server = Server::start();
    let input = QueueName::input(id("a"));
    let old = server.worker(&id("a"), 1);
    let mut waiting = server.queues.waiting.subscribe();
    let (polled, new) = tokio::join!(old.receive(&input, 10, LONG), async {
        waiting.wait_for(|count| *count == 1).await.unwrap();
        server.worker(&id("a"), 2)
    });
    assert_eq!(
        polled.unwrap_err().kind,
        FaultKind::Denied,
        "not even a wait that began before"
    );
    server.queues.send(&input, "work".to_owned()).await.unwrap();
    assert_eq!(
        old.receive(&input, 1, NOW).await.unwrap_err().kind,
        FaultKind::Denied
    );
    assert_eq!(new.receive(&input, 1, NOW).await.unwrap()[0].body, "work");

    let late = server.worker(&id("a"), 1);
    assert_eq!(
        late.receive(&input, 1, NOW).await.unwrap_err().kind,
        FaultKind::Denied
    );
    assert!(new.receive(&input, 1, NOW).await.is_ok());
}

#[tokio::test]
async fn without_a_token_nothing_is_opened() {
    let server = Server::start();
    let input = QueueName::input(id("a"));
    server.tokens.issue(&id("a"), 1);
    for token in ["", "x", &"0".repeat(64)] {
        let worker = SocketQueues::new(&server.socket, token.into(), id("a")).unwrap();
        let fault = worker.receive(&input, 1, NOW).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Denied, "{token:?}");
    }
}

#[tokio::test]
async fn faults_keep_their_kind_over_the_socket() {
    let server = Server::start();
    let worker = server.worker(&id("a"), 1);
    let output = QueueName::output(id("a"));
    for kind in [
        FaultKind::Transient,
        FaultKind::Throttled,
        FaultKind::Denied,
        FaultKind::Broken,
    ] {
        *server.queues.fail_next.lock().unwrap() = Some(kind);
        let fault = worker.send(&output, "x".to_owned()).await.unwrap_err();
        assert_eq!(
            (fault.kind, fault.retry_after),
            (kind, Some(Duration::from_secs(7)))
        );
    }
    let huge = "x".repeat(2 * 1024 * 1024);
    let fault = worker.send(&output, huge).await.unwrap_err();
    assert!(matches!(
        fault.kind,
        FaultKind::Broken | FaultKind::Transient
    ));
    assert!(server.queues.bodies(&output).is_empty());
}

#[tokio::test]
async fn the_stop_ends_long_polls_and_removes_the_socket() {
    let mut server = Server::start();
    let worker = server.worker(&id("a"), 1);
    let input = QueueName::input(id("a"));
    let mut waiting = server.queues.waiting.subscribe();
    let (received, ()) = tokio::join!(worker.receive(&input, 10, LONG), async {
        waiting.wait_for(|count| *count == 1).await.unwrap();
        server.stop().await;
    });
    assert!(received.unwrap().is_empty());
    assert!(!server.socket.exists());
    let fault = worker.receive(&input, 10, NOW).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient);
}

#[tokio::test]
async fn a_socket_left_behind_is_replaced_and_other_files_are_not() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("worker.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "as a killed Hermes leaves it");
    let socket = WorkerSocket::bind(data.path(), &CountingEntropy).unwrap();
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let server = Server::serve(data, socket);
    let worker = server.worker(&id("a"), 1);
    assert!(
        worker
            .receive(&QueueName::input(id("a")), 1, NOW)
            .await
            .is_ok()
    );

    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("worker.sock"), "mine").unwrap();
    assert!(WorkerSocket::bind(other.path(), &CountingEntropy).is_err());
}

#[tokio::test]
async fn a_data_folder_with_a_long_path_gets_a_socket_too() {
    let data = tempfile::tempdir().unwrap();
    let deep = data.path().join("x".repeat(120));
    std::fs::create_dir(&deep).unwrap();
    let socket = WorkerSocket::bind(&deep, &CountingEntropy).unwrap();
    let folder = socket.path().parent().map(Path::to_owned).unwrap();
    assert!(!folder.starts_with(data.path()));
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let mut server = Server::serve(data, socket);
    let worker = server.worker(&id("a"), 1);
    assert!(
        worker
            .receive(&QueueName::input(id("a")), 1, NOW)
            .await
            .is_ok()
    );
    server.stop().await;
    assert!(!folder.exists());
    assert!(server.data.path().exists());
}
