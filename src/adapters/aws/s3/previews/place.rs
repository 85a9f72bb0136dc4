//! Where a preview is, in the store and on the web.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::version::Version;
use crate::config::{AwsSettings, Pattern, PatternValues, StoreUrl};
use crate::ports::preview_store::PreviewOf;

/// What a path of a URL may have as it is (RFC 3986: unreserved, and the slash).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The patterns that say where previews are.
#[derive(Debug, Clone)]
pub(super) struct Places {
    store: Pattern,
    origin: Option<Pattern>,
    endpoint: Option<String>,
    region: String,
}

/// The place of one preview: what it is of, and its bucket and prefix.
#[derive(Debug)]
pub(super) struct Place<'a> {
    places: &'a Places,
    preview: &'a PreviewOf,
    pub(super) store: StoreUrl,
}

impl Places {
    /// From the settings; `None` when they have no store of previews.
    pub(super) fn new(settings: &AwsSettings) -> Option<Self> {
        Some(Self {
            store: settings.preview_store.clone()?,
            origin: settings.preview_origin.clone(),
            endpoint: settings.endpoint_url.clone(),
            region: settings.region.clone(),
        })
    }

    /// The place of a preview, or why it can have none.
    pub(super) fn of<'a>(&'a self, preview: &'a PreviewOf) -> Result<Place<'a>, String> {
        let filled = self.store.fill(values(preview));
        let is_plain = |part: &str| !matches!(part, "." | "..");
        if !filled.split('/').all(is_plain) {
            return Err(format!("{filled} is no place for a preview"));
        }
        Ok(Place {
            places: self,
            preview,
            store: StoreUrl::parse(&filled)?,
        })
    }
}

impl Place<'_> {
    /// The object that says which version is shown.
    pub(super) fn pointer(&self) -> String {
        format!("{}current.json", self.store.prefix)
    }

    /// What the keys of a version begin with.
    pub(super) fn prefix(&self, version: &Version) -> String {
        format!("{}{}/", self.store.prefix, version.as_str())
    }

    /// Where a browser finds a file of a version.
    pub(super) fn url(&self, version: &Version, file: &str) -> String {
        let file = utf8_percent_encode(file, PATH);
        let version_name = version.as_str();
        if let Some(origin) = &self.places.origin {
            let base = origin.fill(values(self.preview));
            let slash = if base.ends_with('/') { "" } else { "/" };
            return if base.contains(Pattern::VERSION) {
                let base = base.replace(Pattern::VERSION, version_name);
                format!("{base}{slash}{file}")
            } else {
                format!("{base}{slash}{version_name}/{file}")
            };
        }
        let StoreUrl { bucket, prefix } = &self.store;
        let prefix = utf8_percent_encode(prefix, PATH);
        let base = self.places.endpoint.as_ref().map_or_else(
            || format!("https://{bucket}.s3.{}.amazonaws.com", self.places.region),
            |endpoint| format!("{endpoint}/{bucket}"),
        );
        format!("{base}/{prefix}{version_name}/{file}")
    }
}

fn values(preview: &PreviewOf) -> PatternValues<'_> {
    PatternValues {
        client: &preview.client,
        project: Some(&preview.project),
        session: Some(&preview.session),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(session: &str) -> PreviewOf {
        PreviewOf {
            client: "acme@x".parse().unwrap(),
            project: "site".parse().unwrap(),
            session: session.parse().unwrap(),
        }
    }

    fn places(store: &str, origin: Option<&str>) -> Places {
        Places::new(&AwsSettings {
            preview_store: Some(Pattern::of_store(store).unwrap()),
            preview_origin: origin.map(|origin| Pattern::of_web(origin).unwrap()),
            ..AwsSettings::default()
        })
        .unwrap()
    }

    #[test]
    fn a_preview_has_its_place_and_its_address() {
        let preview = preview("ses-1");
        let hash = preview.client.hash8();
        let version = Version::parse("0123456789").unwrap();
        let store = "s3://pre/{clientHash}/{projectId}/{sessionId}/";
        for (origin, address) in [
            (
                None,
                format!(
                    "https://pre.s3.us-west-2.amazonaws.com/{hash}/site/ses-1/0123456789/a%20b.html"
                ),
            ),
            (
                Some("https://p.example.com/{clientId}/{sessionId}"),
                "https://p.example.com/acme@x/ses-1/0123456789/a%20b.html".to_owned(),
            ),
            (
                Some("https://{version}--{sessionId}.p.example.com/"),
                "https://0123456789--ses-1.p.example.com/a%20b.html".to_owned(),
            ),
        ] {
            let places = places(store, origin);
            let place = places.of(&preview).unwrap();
            assert_eq!(place.pointer(), format!("{hash}/site/ses-1/current.json"));
            assert_eq!(place.url(&version, "a b.html"), address);
        }
    }

    #[test]
    fn a_session_that_would_lead_out_of_its_folder_has_no_place() {
        let places = places("s3://pre/{clientHash}/{sessionId}/", None);
        for session in ["..", "."] {
            assert!(places.of(&preview(session)).is_err());
        }
        let by_bucket = self::places("s3://pre-{clientHash}/{sessionId}/", None);
        let preview = preview("ses-1");
        let bucket = by_bucket.of(&preview).unwrap().store.bucket;
        assert_eq!(bucket, format!("pre-{}", preview.client.hash8()));
    }
}
