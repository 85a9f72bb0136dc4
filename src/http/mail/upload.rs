//! Large bodies wait in a file while they come in, and only a few come in at once.

use std::fs::{File as StdFile, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::input::Reader;
use crate::http::problem::Problem;

/// Bodies above this size go to a file.
const IN_MEMORY: usize = 256 * 1024;
/// Large bodies at once (`design.md` section 5).
const AT_ONCE: usize = 4;
/// When to come again.
const BUSY_FOR: Duration = Duration::from_secs(5);

/// Takes in bodies of any permitted size with bounded memory: a client that sends slowly holds a file, not the heap.
#[derive(Debug)]
pub(in crate::http) struct Uploads {
    folder: PathBuf,
    places: Arc<Semaphore>,
    next: AtomicU64,
}

impl Uploads {
    /// Spools into the folder `tmp` of the data folder.
    pub(in crate::http) fn new(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join("tmp"),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            next: AtomicU64::new(0),
        }
    }

    /// Reads a whole body. The place is held until the answer is given, for the parsed mail is large too.
    pub(super) async fn read(
        &self,
        mut body: Reader,
        declared: Option<u64>,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Problem> {
        let mut place = None;
        if declared.is_some_and(|length| length > IN_MEMORY as u64) {
            place = Some(self.place()?);
        }
        let mut start = Vec::new();
        while let Some(chunk) = body.chunk().await? {
            start.extend_from_slice(&chunk);
            if start.len() > IN_MEMORY {
                let place = match place {
                    Some(place) => place,
                    None => self.place()?,
                };
                let whole = self.through_file(start, body).await?;
                return Ok((whole, Some(place)));
            }
        }
        Ok((start.into(), place))
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_all_taken| {
            let detail =
                "several large mails are being received already; send this one again in a moment";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(BUSY_FOR)
        })
    }

    async fn through_file(&self, start: Vec<u8>, mut body: Reader) -> Result<Bytes, Problem> {
        let mut file = self.file().await.map_err(Problem::internal)?;
        let mut size = start.len();
        file.write_all(&start).await.map_err(Problem::internal)?;
        drop(start);
        while let Some(chunk) = body.chunk().await? {
            size += chunk.len();
            file.write_all(&chunk).await.map_err(Problem::internal)?;
        }
        let mut whole = Vec::with_capacity(size);
        file.rewind().await.map_err(Problem::internal)?;
        file.read_to_end(&mut whole)
            .await
            .map_err(Problem::internal)?;
        Ok(whole.into())
    }

    /// A file without a name: whatever happens to us, nothing is left behind.
    async fn file(&self) -> io::Result<File> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("upload-{}-{number}", std::process::id());
        let (folder, path) = (self.folder.clone(), self.folder.join(name));
        let opened = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            nameless(&path)
        });
        Ok(File::from_std(opened.await.map_err(io::Error::other)??))
    }
}

fn nameless(path: &Path) -> io::Result<StdFile> {
    let mut options = OpenOptions::new();
    // not `create_new`: one of an earlier life with our process id may lie there, cut off between these two lines
    let file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::HeaderMap;
    use futures_util::stream;

    const LIMIT: usize = 1024 * 1024;

    fn reader(chunks: Vec<Vec<u8>>) -> Reader {
        let chunks = chunks.into_iter().map(Ok::<_, io::Error>);
        let body = Body::from_stream(stream::iter(chunks));
        Reader::open(&HeaderMap::new(), body, LIMIT, Duration::from_secs(5)).unwrap()
    }

    fn chunks(count: u8) -> Vec<Vec<u8>> {
        (0..count).map(|byte| vec![byte; 64 * 1024]).collect()
    }

    #[tokio::test]
    async fn a_large_body_comes_back_whole_and_leaves_no_file() {
        let data = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(data.path());
        let (bytes, place) = uploads.read(reader(chunks(10)), None).await.unwrap();
        assert_eq!(bytes, chunks(10).concat());
        assert!(place.is_some());
        let left = std::fs::read_dir(data.path().join("tmp")).unwrap().count();
        assert_eq!(left, 0);
        let (bytes, place) = uploads.read(reader(chunks(4)), None).await.unwrap();
        assert_eq!(bytes, chunks(4).concat());
        assert!(place.is_none(), "256 KB fit in memory");
    }

    #[tokio::test]
    async fn the_fifth_large_body_at_once_is_asked_to_come_again() {
        let data = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(data.path());
        let mut places = Vec::new();
        for _ in 0..AT_ONCE {
            let (_, place) = uploads.read(reader(chunks(5)), None).await.unwrap();
            places.push(place);
        }
        for declared in [None, Some(300_000)] {
            let problem = uploads.read(reader(chunks(5)), declared).await.unwrap_err();
            assert_eq!(problem.code(), "busy");
        }
        assert!(uploads.read(reader(chunks(1)), None).await.is_ok());
        places.pop();
        assert!(uploads.read(reader(chunks(5)), None).await.is_ok());
    }

    #[tokio::test]
    async fn a_body_without_a_length_is_cut_off_at_the_limit() {
        let data = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(data.path());
        let problem = uploads.read(reader(chunks(17)), None).await.unwrap_err();
        assert_eq!(problem.code(), "too_large");
    }
}
