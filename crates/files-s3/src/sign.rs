//! URLs that say by themselves who may do what, and until when.

use std::time::{Duration, SystemTime};

use aizuchi_core::error::PortError;
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use http::Request;

use crate::{Settings, failed};

/// Signs for one bucket.
#[derive(Debug)]
pub(crate) struct Signer {
    settings: Settings,
    /// Where its keys begin.
    base: String,
}

impl Signer {
    pub(crate) fn new(settings: Settings) -> Self {
        let Settings { bucket, region, endpoint, .. } = &settings;
        let base = match endpoint {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        Self { settings, base }
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.settings.bucket
    }

    /// A URL to do this with one key, good for so long, by whoever sends these
    /// headers with it.
    pub(crate) fn url(
        &self,
        method: &str,
        key: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        lives: Duration,
    ) -> Result<String, PortError> {
        let mut url = format!("{}/{key}", self.base);
        for (at, (name, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            encode(value, &mut url);
        }
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(lives);
        // S3 alone takes a path as it is.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let identity = self.settings.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.settings.region)
            .name("s3")
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .map_err(failed)?;
        let headers = headers.iter().copied();
        let request = SignableRequest::new(method, &*url, headers, SignableBody::UnsignedPayload)
            .map_err(failed)?;
        let (instructions, _) = sign(request, &parameters.into()).map_err(failed)?.into_parts();
        let mut request = Request::builder().uri(&url).body(()).map_err(failed)?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request.uri().to_string())
    }
}

/// As signatures want it: all but letters, digits and four others as `%XX`.
fn encode(value: &str, to: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                to.push(char::from(byte));
            }
            _ => to.push_str(&format!("%{byte:02X}")),
        }
    }
}
