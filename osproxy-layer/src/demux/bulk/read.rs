//! Reading a whole bulk.

use super::item::Read;
use crate::rejection::Rejection;
use crate::rewrite::bulk::{Action, BulkError, Items, Validation};
use crate::rewrite::update::UpdateBody;

/// Reads every line, so that a body which is malformed as a whole is refused before anything of it is sent.
pub(super) fn read<'a>(
    body: &'a [u8],
    default_index: Option<&str>,
) -> Result<Vec<Read<'a>>, Rejection> {
    let malformed =
        |error: BulkError| Rejection::malformed(error.error_type(), error.reason().to_owned());
    let mut validation = Validation::default();
    let mut all = Vec::new();
    for item in Items::of(body).map_err(malformed)? {
        let item = item.map_err(malformed)?;
        let update = match (item.action(), item.source()) {
            (Action::Update, Some(source)) => Some(Box::new(UpdateBody::read(source))),
            _ => None,
        };
        if let Some(Err(error)) = update.as_deref()
            && error.fails_request()
        {
            return Err(Rejection::malformed(
                error.error_type(),
                error.reason().to_owned(),
            ));
        }
        let facts = update
            .as_deref()
            .and_then(|update| update.as_ref().ok())
            .map(UpdateBody::facts);
        validation.check(&item, default_index, facts);
        all.push(Read { item, update });
    }
    validation.finish().map_err(malformed)?;
    Ok(all)
}
