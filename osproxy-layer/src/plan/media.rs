//! What kind of body a request brings.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::rejection::{Rejection, RejectionKind};

/// One JSON value, or one a line: the endpoint decides which, not the type, since clients send either.
const TYPES: [&str; 5] = [
    "application/json",
    "application/*",
    "application/vnd.opensearch+json",
    "application/x-ndjson",
    "application/vnd.opensearch+x-ndjson",
];

/// Checks the headers of a body that this layer reads, as the node would (catalogue G-14 to G-16).
///
/// The type is only looked at where there is a body: clients send it without one too.
pub(crate) fn check_media(headers: &HeaderMap) -> Result<(), Rejection> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Rejection::new(
            RejectionKind::Malformed,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            crate::REFUSED,
            "an encoded body can't be read here: the service must decode it before this layer",
        ));
    }
    check_single_type(headers)?;
    let Some(first) = headers.get(CONTENT_TYPE) else {
        return Err(unsupported("Content-Type header is missing"));
    };
    let text = first.to_str().unwrap_or_default();
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let fits = TYPES.contains(&&*essence);
    if fits {
        Ok(())
    } else {
        Err(unsupported("Content-Type header is not supported"))
    }
}

/// Two types are two readings of one body, whoever reads it.
pub(crate) fn check_single_type(headers: &HeaderMap) -> Result<(), Rejection> {
    match headers.get_all(CONTENT_TYPE).iter().nth(1) {
        None => Ok(()),
        Some(_) => Err(Rejection::malformed(
            "illegal_argument_exception",
            "only one Content-Type header should be provided",
        )),
    }
}

fn unsupported(reason: &'static str) -> Rejection {
    Rejection::new(
        RejectionKind::Malformed,
        StatusCode::NOT_ACCEPTABLE,
        "content_type_header_exception",
        reason,
    )
}
