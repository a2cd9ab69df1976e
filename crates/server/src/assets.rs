//! The web application, embedded in the binary.

use aizuchi_identity::http::ApiError;
use aizuchi_wire::ErrorCode;
use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/app/dist"]
#[allow_missing = true]
struct Files;

/// Said of what is public and the same for everybody.
pub(crate) const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

/// What a person sees where the server was built without the page.
const NO_PAGE: &str = "This server was built without its web application: run `make build`.\n";

/// A file of the application; any path of a page is the page itself, which
/// finds its way by the address.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::new(ErrorCode::NotFound, "There is no such call.").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = Files::get(path).filter(|_| !path.ends_with(".gz")) {
        return answer(path, file, &headers);
    }
    let is_page = !path.contains('.') && !path.starts_with("assets/");
    match Files::get("index.html").filter(|_| is_page) {
        Some(page) => answer("index.html", page, &headers),
        None if is_page => (StatusCode::NOT_FOUND, NO_PAGE).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let tag = etag(&file);
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    // Names under assets/ carry a hash of their content.
    let lasts = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let (data, encoding) = packed(path, request)
        .map_or((file.data, None), |packed| (packed.data, Some(HeaderValue::from_static("gzip"))));
    let mut response = data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lasts));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    // What pages of products load: browsers want it said that they may.
    if path.starts_with("sdk/") {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN);
    }
    response
}

/// The file as the application's build packed it beside, where the browser takes that.
fn packed(path: &str, request: &HeaderMap) -> Option<EmbeddedFile> {
    let accepted = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    accepted
        .split(',')
        .any(|coding| coding.trim() == "gzip")
        .then(|| Files::get(&format!("{path}.gz")))?
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in &file.metadata.sha256_hash()[..16] {
        tag.push_str(&format!("{byte:02x}"));
    }
    tag.push('"');
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files that are there whether or not the application was built.
    #[derive(RustEmbed)]
    #[folder = "src"]
    struct Source;

    fn answer_to(path: &str, request: &[(header::HeaderName, &HeaderValue)]) -> Response {
        let request = request.iter().map(|(name, value)| (name.clone(), (*value).clone()));
        answer(path, Source::get("lib.rs").unwrap(), &request.collect())
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let first = answer_to("index.html", &[]);
        assert_eq!(first.status(), StatusCode::OK);
        let tag = &first.headers()[header::ETAG];
        let again = answer_to("index.html", &[(header::IF_NONE_MATCH, tag)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.headers()[header::ETAG], tag);
        let other = HeaderValue::from_static("\"other\"");
        let changed = answer_to("index.html", &[(header::IF_NONE_MATCH, &other)]);
        assert_eq!(changed.status(), StatusCode::OK);
    }

    #[test]
    fn pages_elsewhere_load_the_sdk_and_nothing_else() {
        let allowed =
            |path| answer_to(path, &[]).headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned();
        assert_eq!(allowed("sdk/aizuchi-chat.js"), Some(ANY_ORIGIN));
        assert_eq!(allowed("index.html"), None);
        assert_eq!(allowed("assets/sdk/a.js"), None);
    }

    #[test]
    fn only_names_with_a_hash_last() {
        let lasts = |path| answer_to(path, &[]).headers()[header::CACHE_CONTROL].clone();
        assert_eq!(lasts("assets/main-1a2b.js"), "public, max-age=31536000, immutable");
        // A service worker that lasted would hold its page to an old version.
        for path in ["index.html", "sw.js", "manifest.webmanifest"] {
            assert_eq!(lasts(path), "no-cache", "{path}");
        }
    }
}
