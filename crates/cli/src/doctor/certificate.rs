//! Certificate files.

use std::{path::Path, time::SystemTime};

use aizuchi_server::Tls;
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::Finding;

const DAY: i64 = 24 * 60 * 60;
/// A certificate that ends sooner is worth a note.
const SOON: i64 = 14 * DAY;

/// Looks at the files, where certificates come from files.
pub(super) fn look(tls: &Tls) -> Option<Finding> {
    let about = "certificate";
    let Tls::Files { certificates, .. } = tls else { return None };
    if let Err(error) = tls.check() {
        let mend = "Give PEM files that belong together and that this user may read.";
        return Some(Finding::bad(about, format!("{error}."), mend));
    }
    let mend = "Renew it, and start the server again.";
    let Some(days) = seconds_left(certificates).map(|left| left.div_euclid(DAY)) else {
        let mend = "Check that it is an X.509 certificate.";
        return Some(Finding::note(about, "When it ends cannot be read.", mend));
    };
    Some(if days < 0 {
        Finding::bad(about, "It has expired.", mend)
    } else if days * DAY < SOON {
        Finding::note(about, format!("It ends in {days} days."), mend)
    } else {
        Finding::ok(about, format!("It is good for {days} days."))
    })
}

/// Until the first certificate in the file ends.
fn seconds_left(certificates: &Path) -> Option<i64> {
    let first = CertificateDer::from_pem_file(certificates).ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&first).ok()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(certificate.validity().not_after.timestamp() - i64::try_from(now.as_secs()).ok()?)
}
