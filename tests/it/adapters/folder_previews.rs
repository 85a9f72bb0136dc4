//! Previews in a real folder, with readers while they change.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hermes::adapters::folder::FolderPreviews;
use hermes::ports::preview_store::{Found, PreviewStore};

use crate::support::records::a_preview;

fn site(folder: &Path, text: &str) {
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    std::fs::write(folder.join("index.html"), text).unwrap();
    std::fs::write(folder.join("sub/page.html"), text).unwrap();
}

async fn read(previews: &FolderPreviews, path: &str) -> String {
    match previews.find(&a_preview("ses-1"), path).await.unwrap() {
        Found::File(file) => std::fs::read_to_string(file).unwrap(),
        other @ (Found::Missing | Found::Unpublished | Found::Elsewhere(_)) => {
            panic!("{path}: {other:?}")
        }
    }
}

#[tokio::test]
async fn a_preview_is_unpublished_then_there_then_replaced() {
    let data = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    let previews = FolderPreviews::new(data.path().join("previews"));
    let ses = a_preview("ses-1");
    assert_eq!(previews.find(&ses, "/").await.unwrap(), Found::Unpublished);
    site(work.path(), "one");
    std::fs::write(work.path().join("gone.html"), "").unwrap();
    previews.publish(&ses, work.path()).await.unwrap();
    assert_eq!(read(&previews, "/").await, "one");
    assert_eq!(read(&previews, "/sub/page").await, "one");
    assert_eq!(
        previews.find(&ses, "/nothing").await.unwrap(),
        Found::Missing
    );
    assert_eq!(
        previews.find(&a_preview("ses-2"), "/").await.unwrap(),
        Found::Unpublished
    );

    site(work.path(), "two");
    std::fs::remove_file(work.path().join("gone.html")).unwrap();
    previews.publish(&ses, work.path()).await.unwrap();
    assert_eq!(read(&previews, "/sub/page.html").await, "two");
    assert_eq!(
        previews.find(&ses, "/gone.html").await.unwrap(),
        Found::Missing
    );
}

#[tokio::test]
async fn the_version_before_stays_for_its_readers_and_older_ones_go() {
    let data = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    let previews = FolderPreviews::new(data.path().to_owned());
    let ses = a_preview("ses-1");
    let mut found = Vec::new();
    for text in ["one", "two", "three"] {
        site(work.path(), text);
        previews.publish(&ses, work.path()).await.unwrap();
        if let Found::File(file) = previews.find(&ses, "/").await.unwrap() {
            found.push(file);
        }
    }
    assert!(!found[0].exists());
    assert_eq!(std::fs::read_to_string(&found[1]).unwrap(), "two");
    assert_eq!(std::fs::read_to_string(&found[2]).unwrap(), "three");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_all_of_the_old_preview_or_all_of_the_new_one() {
    let data = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    let previews = FolderPreviews::new(data.path().to_owned());
    let ses = a_preview("ses-1");
    site(work.path(), "0");
    previews.publish(&ses, work.path()).await.unwrap();
    let done = AtomicBool::new(false);
    let write = async {
        for version in 1..=60 {
            site(work.path(), &version.to_string());
            previews.publish(&ses, work.path()).await.unwrap();
        }
        done.store(true, Ordering::Relaxed);
    };
    let read = async {
        let mut versions = std::collections::BTreeSet::new();
        while !done.load(Ordering::Relaxed) {
            let Found::File(index) = previews.find(&ses, "/").await.unwrap() else {
                panic!("the index must always be there")
            };
            let version = index.parent().unwrap();
            // Two publications may pass between the look and the read: then the version is gone as a whole.
            let index = std::fs::read_to_string(&index);
            let page = std::fs::read_to_string(version.join("sub/page.html"));
            if let (Ok(index), Ok(page)) = (index, page) {
                assert_eq!(index, page);
                versions.insert(index);
            }
        }
        versions.len()
    };
    let ((), seen) = tokio::join!(write, read);
    assert!(seen > 1, "the readers saw the previews change");
    assert_eq!(read_number(&previews).await, 60);
}

async fn read_number(previews: &FolderPreviews) -> u32 {
    read(previews, "/").await.parse().unwrap()
}

#[tokio::test]
async fn publications_at_once_leave_one_whole_preview() {
    let data = tempfile::tempdir().unwrap();
    let previews = FolderPreviews::new(data.path().to_owned());
    let sites: Vec<_> = (0..8)
        .map(|number| {
            let work = tempfile::tempdir().unwrap();
            site(work.path(), &number.to_string());
            work
        })
        .collect();
    let ses = a_preview("ses-1");
    let publications = sites.iter().map(|work| previews.publish(&ses, work.path()));
    for published in futures_util::future::join_all(publications).await {
        published.unwrap();
    }
    assert_eq!(
        read(&previews, "/").await,
        read(&previews, "/sub/page").await
    );
}

#[tokio::test]
async fn a_publication_that_died_half_way_is_not_shown_and_is_removed() {
    let data = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    let previews = FolderPreviews::new(data.path().to_owned());
    let ses = a_preview("ses-1");
    site(work.path(), "one");
    previews.publish(&ses, work.path()).await.unwrap();
    let half = data.path().join("ses-1/v2");
    site(&half, "half");
    std::os::unix::fs::symlink("v2", data.path().join("ses-1/current.2")).unwrap();
    assert_eq!(read(&previews, "/").await, "one");
    for text in ["two", "three"] {
        site(work.path(), text);
        previews.publish(&ses, work.path()).await.unwrap();
        assert_eq!(read(&previews, "/").await, text);
    }
    assert!(!half.exists());
    assert!(!data.path().join("ses-1/current.2").is_symlink());
}

#[tokio::test]
async fn a_folder_that_cannot_be_published_leaves_the_last_preview() {
    let data = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    let previews = FolderPreviews::new(data.path().to_owned());
    let ses = a_preview("ses-1");
    site(work.path(), "one");
    previews.publish(&ses, work.path()).await.unwrap();
    let link = work.path().join("link");
    std::os::unix::fs::symlink("/etc", &link).unwrap();
    for folder in [
        &work.path().join("missing"),
        &work.path().join("index.html"),
        &link,
    ] {
        assert!(
            previews.publish(&ses, folder).await.is_err(),
            "{}",
            folder.display()
        );
    }
    assert_eq!(read(&previews, "/").await, "one");
}

#[tokio::test]
async fn an_odd_session_id_stays_inside_the_previews() {
    let data = tempfile::tempdir().unwrap();
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "one");
    let previews = FolderPreviews::new(data.path().join("previews"));
    let odd = a_preview("..");
    previews.publish(&odd, work.path()).await.unwrap();
    let Found::File(file) = previews.find(&odd, "/").await.unwrap() else {
        panic!("published")
    };
    let inside = data.path().join("previews").canonicalize().unwrap();
    assert!(file.starts_with(inside));
}
