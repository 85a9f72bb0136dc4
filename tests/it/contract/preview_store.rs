//! Publishes and finds previews, whoever hands them out in the end.

use std::fs;
use std::path::Path;

use hermes::ports::preview_store::Found;

use crate::support::records::a_preview;
use crate::support::{World, web};

contract![
    a_preview_is_unpublished_then_there_then_replaced,
    what_a_path_means_is_found,
    nothing_hidden_or_linked_is_published,
    sessions_have_previews_of_their_own,
    publications_at_once_leave_one_whole_preview,
    a_folder_that_cannot_be_published_leaves_the_last_preview,
];

fn site(folder: &Path, text: &str) {
    fs::create_dir_all(folder.join("sub")).unwrap();
    fs::write(folder.join("index.html"), text).unwrap();
    fs::write(folder.join("sub/page.html"), text).unwrap();
}

async fn publish(world: &World, session: &str, folder: &Path) {
    let published = world.previews.publish(&a_preview(session), folder).await;
    published.unwrap();
}

async fn find(world: &World, session: &str, path: &str) -> Found {
    world
        .previews
        .find(&a_preview(session), path)
        .await
        .unwrap()
}

/// What a visitor reads there.
async fn read(world: &World, session: &str, path: &str) -> Option<String> {
    match find(world, session, path).await {
        Found::File(file) => Some(fs::read_to_string(file).unwrap()),
        Found::Elsewhere(url) => Some(web::get(&url).await.text().await.unwrap()),
        Found::Missing | Found::Unpublished => None,
    }
}

async fn a_preview_is_unpublished_then_there_then_replaced(world: &World) {
    let work = tempfile::tempdir().unwrap();
    assert_eq!(find(world, "ses-1", "/").await, Found::Unpublished);
    site(work.path(), "one");
    fs::write(work.path().join("gone.html"), "").unwrap();
    publish(world, "ses-1", work.path()).await;
    assert_eq!(read(world, "ses-1", "/").await.as_deref(), Some("one"));
    site(work.path(), "two");
    fs::remove_file(work.path().join("gone.html")).unwrap();
    publish(world, "ses-1", work.path()).await;
    assert_eq!(read(world, "ses-1", "/").await.as_deref(), Some("two"));
    assert_eq!(find(world, "ses-1", "/gone.html").await, Found::Missing);
}

async fn what_a_path_means_is_found(world: &World) {
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "page");
    fs::create_dir(work.path().join("docs")).unwrap();
    fs::write(work.path().join("docs/index.html"), "docs").unwrap();
    fs::write(work.path().join("a b+ü.html"), "odd").unwrap();
    publish(world, "ses-1", work.path()).await;
    for (path, text) in [
        ("", "page"),
        ("/sub/page.html", "page"),
        ("/sub/page", "page"),
        ("//sub//page", "page"),
        ("/docs", "docs"),
        ("/docs/", "docs"),
        ("/a%20b+%C3%BC", "odd"),
    ] {
        assert_eq!(
            read(world, "ses-1", path).await.as_deref(),
            Some(text),
            "{path}"
        );
    }
    for path in [
        "/nothing",
        "/sub",
        "/sub/",
        "/index.html/",
        "/..%2fx",
        "/%ff",
        "/.env",
    ] {
        assert_eq!(find(world, "ses-1", path).await, Found::Missing, "{path}");
    }
}

async fn nothing_hidden_or_linked_is_published(world: &World) {
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "page");
    fs::write(work.path().join(".env"), "secret").unwrap();
    fs::create_dir(work.path().join(".git")).unwrap();
    fs::write(work.path().join(".git/config"), "secret").unwrap();
    std::os::unix::fs::symlink("/etc", work.path().join("up")).unwrap();
    std::os::unix::fs::symlink("index.html", work.path().join("link.html")).unwrap();
    publish(world, "ses-1", work.path()).await;
    for path in [
        "/.env",
        "/.git/config",
        "/up/hostname",
        "/link",
        "/link.html",
    ] {
        assert_eq!(find(world, "ses-1", path).await, Found::Missing, "{path}");
    }
}

async fn sessions_have_previews_of_their_own(world: &World) {
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "one");
    publish(world, "ses-1", work.path()).await;
    assert_eq!(find(world, "ses-2", "/").await, Found::Unpublished);
    assert_eq!(find(world, "ses-", "/1").await, Found::Unpublished);
    site(work.path(), "two");
    publish(world, "ses-2", work.path()).await;
    assert_eq!(read(world, "ses-1", "/").await.as_deref(), Some("one"));
    assert_eq!(read(world, "ses-2", "/").await.as_deref(), Some("two"));
}

async fn publications_at_once_leave_one_whole_preview(world: &World) {
    let sites: Vec<_> = (0..4)
        .map(|number| {
            let work = tempfile::tempdir().unwrap();
            site(work.path(), &number.to_string());
            work
        })
        .collect();
    let all = sites
        .iter()
        .map(|work| publish(world, "ses-1", work.path()));
    futures_util::future::join_all(all).await;
    let index = read(world, "ses-1", "/").await;
    assert!(index.is_some());
    assert_eq!(index, read(world, "ses-1", "/sub/page").await);
}

async fn a_folder_that_cannot_be_published_leaves_the_last_preview(world: &World) {
    let work = tempfile::tempdir().unwrap();
    site(work.path(), "one");
    publish(world, "ses-1", work.path()).await;
    let link = work.path().join("link");
    std::os::unix::fs::symlink("/etc", &link).unwrap();
    for folder in [
        &work.path().join("missing"),
        &work.path().join("index.html"),
        &link,
    ] {
        let published = world.previews.publish(&a_preview("ses-1"), folder).await;
        assert!(published.is_err(), "{}", folder.display());
    }
    assert_eq!(read(world, "ses-1", "/").await.as_deref(), Some("one"));
}
