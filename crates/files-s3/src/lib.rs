//! The bytes of attachments in a bucket of S3.
//!
//! Clients put what comes under `coming/`, by a URL that is signed for one key
//! and one size, and get what is kept by another. What is kept is under
//! `kept/`, a small picture under `small/`: no URL to write there is given
//! away. The function itself asks by signed URLs as well, so that there is one
//! way to sign. The bucket is private, and lets go of what came and was not
//! completed after a day.

mod sign;

use std::{sync::Arc, time::Duration};

use aizuchi_core::{
    attachments::{Append, AttachmentId, First, Incoming, Keep, Objects, Part, Served, Whole},
    error::PortError,
};
use aws_credential_types::Credentials;
use reqwest::{
    Client, Method, Response, StatusCode,
    header::{CONTENT_LENGTH, ETAG, RANGE},
    redirect::Policy,
};

use self::sign::Signer;

/// What an operator calls all of it.
const BUCKET: &str = "the bucket of attachments";
/// For how long a client may put what it has begun.
const PUT_LIVES: Duration = Duration::from_secs(60 * 60);
/// For how long a client may get something, once it has asked where.
const GET_LIVES: Duration = Duration::from_secs(5 * 60);
/// For how long a URL of the function's own is good.
const OWN_LIVES: Duration = Duration::from_secs(60);
/// A connection that does not come up at once will not.
const CONNECT: Duration = Duration::from_secs(2);
/// A request with all its bytes.
const TIMEOUT: Duration = Duration::from_secs(12);
const COPY_FROM: &str = "x-amz-copy-source";
const COPY_IF: &str = "x-amz-copy-source-if-match";

/// Where the bucket is, and who asks.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Another S3 than the region's own, by its URL.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
}

/// A bucket. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bucket {
    signer: Arc<Signer>,
    http: Client,
}

impl Bucket {
    /// This bucket, which must be there. Asks nothing yet.
    ///
    /// # Errors
    /// Where the system gives no way to ask.
    pub fn new(settings: Settings) -> Result<Self, PortError> {
        // The first to install one wins, and they are all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|cause| PortError::unavailable(BUCKET, cause))?;
        Ok(Self { signer: Arc::new(Signer::new(settings)), http })
    }

    async fn ask(
        &self,
        method: Method,
        key: &str,
        headers: &[(&'static str, String)],
        body: Option<Vec<u8>>,
    ) -> Result<Response, PortError> {
        // A range may be left out of the signature, and copies may not.
        let signed: Vec<_> = headers.iter().filter(|(name, _)| *name != RANGE.as_str()).collect();
        let signed: Vec<(&str, &str)> =
            signed.into_iter().map(|(name, value)| (*name, &**value)).collect();
        let url = self.signer.url(method.as_str(), key, &[], &signed, OWN_LIVES)?;
        let mut request = self.http.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        request.send().await.map_err(|cause| failed(cause.without_url()))
    }

    /// What an object answers with; `None` where there is none.
    async fn get(
        &self,
        method: Method,
        key: &str,
        range: Option<(u64, u64)>,
    ) -> Result<Option<Response>, PortError> {
        let range = range.map(|(from, most)| {
            let last = from.saturating_add(most.max(1)) - 1;
            (RANGE.as_str(), format!("bytes={from}-{last}"))
        });
        let headers: Vec<_> = range.into_iter().collect();
        let answer = self.ask(method, key, &headers, None).await?;
        match answer.status() {
            // Whoever may not list is told that he may not read what is not there.
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Ok(None),
            status if status.is_success() => Ok(Some(answer)),
            status => Err(refused("GetObject", status)),
        }
    }

    async fn length(&self, key: &str) -> Result<Option<u64>, PortError> {
        let Some(answer) = self.get(Method::HEAD, key, None).await? else { return Ok(None) };
        let length = answer.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let length = length.and_then(|length| length.parse().ok());
        length.map(Some).ok_or_else(|| failed("an object without a length"))
    }

    /// Bytes of an object and its version.
    async fn bytes(
        &self,
        key: &str,
        from: u64,
        most: u64,
    ) -> Result<Option<(Vec<u8>, Arc<str>)>, PortError> {
        let range = Some((from, most));
        let Some(answer) = self.get(Method::GET, key, range).await? else { return Ok(None) };
        let version = answer.headers().get(ETAG).and_then(|value| value.to_str().ok());
        let version = version.unwrap_or_default().into();
        let bytes = answer.bytes().await.map_err(|cause| failed(cause.without_url()))?;
        Ok(Some((bytes.into(), version)))
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        let answer = self.ask(Method::PUT, key, &[], Some(bytes)).await?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(refused("PutObject", answer.status()))
        }
    }

    async fn copy(&self, from: &str, to: &str, version: &str) -> Result<(), PortError> {
        let headers = [
            (COPY_FROM, format!("/{}/{from}", self.signer.bucket())),
            (COPY_IF, version.to_owned()),
        ];
        let answer = self.ask(Method::PUT, to, &headers, None).await?;
        let status = answer.status();
        if status == StatusCode::PRECONDITION_FAILED {
            return Err(PortError::Conflict);
        }
        // A copy that fails on its way says so with a success.
        let said = answer.text().await.map_err(|cause| failed(cause.without_url()))?;
        if status.is_success() && !said.contains("<Error>") {
            Ok(())
        } else {
            Err(refused("CopyObject", status))
        }
    }

    async fn delete(&self, key: &str) -> Result<(), PortError> {
        let status = self.ask(Method::DELETE, key, &[], None).await?.status();
        if status.is_success() || status == StatusCode::NOT_FOUND {
            Ok(())
        } else {
            Err(refused("DeleteObject", status))
        }
    }
}

fn failed(cause: impl Into<aizuchi_core::error::Cause>) -> PortError {
    PortError::unavailable(BUCKET, cause)
}

fn refused(call: &str, status: StatusCode) -> PortError {
    failed(format!("{call}: {status}"))
}

fn coming(id: AttachmentId) -> String {
    format!("coming/{id}")
}

fn kept(id: AttachmentId, part: Part) -> String {
    match part {
        Part::Whole => format!("kept/{id}"),
        Part::Thumbnail => format!("small/{id}"),
    }
}

impl Objects for Bucket {
    async fn open(&self, id: AttachmentId, size: u64) -> Result<Incoming, PortError> {
        // Browsers send it by themselves, and let no page choose it.
        let length = size.to_string();
        let signed = [(CONTENT_LENGTH.as_str(), &*length)];
        let url = self.signer.url("PUT", &coming(id), &[], &signed, PUT_LIVES)?;
        let lives_ms = u64::try_from(PUT_LIVES.as_millis()).unwrap_or(u64::MAX);
        Ok(Incoming::There { url, headers: Vec::new(), lives_ms })
    }

    async fn received(&self, id: AttachmentId) -> Result<u64, PortError> {
        Ok(self.length(&coming(id)).await?.unwrap_or_default())
    }

    async fn append(
        &self,
        _id: AttachmentId,
        _offset: u64,
        _piece: Vec<u8>,
    ) -> Result<Append, PortError> {
        Err(PortError::Rejected("bytes go to the bucket"))
    }

    async fn first(&self, id: AttachmentId, most: u64) -> Result<Option<First>, PortError> {
        let found = self.bytes(&coming(id), 0, most).await?;
        Ok(found.map(|(bytes, version)| First { bytes, version }))
    }

    async fn keep(&self, id: AttachmentId, keep: Keep) -> Result<(), PortError> {
        if let Some(small) = keep.thumbnail {
            self.put(&kept(id, Part::Thumbnail), small).await?;
        }
        let whole = kept(id, Part::Whole);
        match keep.whole {
            Whole::Instead(bytes) => self.put(&whole, bytes).await?,
            Whole::AsItCame(version) => self.copy(&coming(id), &whole, &version).await?,
        }
        self.delete(&coming(id)).await
    }

    async fn size(&self, id: AttachmentId, part: Part) -> Result<Option<u64>, PortError> {
        self.length(&kept(id, part)).await
    }

    async fn read(
        &self,
        id: AttachmentId,
        part: Part,
        from: u64,
        most: u64,
    ) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.bytes(&kept(id, part), from, most).await?.map(|(bytes, _)| bytes))
    }

    fn link(&self, id: AttachmentId, part: Part, served: &Served) -> Option<String> {
        let query = [
            ("response-cache-control", "private, max-age=31536000, immutable"),
            ("response-content-disposition", &*served.disposition),
            ("response-content-type", &*served.media_type),
        ];
        self.signer.url("GET", &kept(id, part), &query, &[], GET_LIVES).ok()
    }

    async fn discard(&self, id: AttachmentId) -> Result<(), PortError> {
        self.delete(&coming(id)).await?;
        self.delete(&kept(id, Part::Thumbnail)).await?;
        self.delete(&kept(id, Part::Whole)).await
    }
}
