//! Reading the partition's name from its declared sources.

use http::HeaderName;

use crate::spi::{
    BodyDoc, PartitionId, PartitionKeySpec, PartitionKeySpecKind, Principal, RequestCtx, SpiError,
};

impl PartitionKeySpec {
    /// Reads the partition's name: the first source that is present decides, and another one that is present must
    /// say the same.
    ///
    /// # Errors
    /// [`SpiError::PartitionUnresolved`] where no source is present ([`SpiError::PrincipalMissing`] where nobody
    /// authenticated and the caller was one of them), [`SpiError::PartitionDisagrees`],
    /// [`SpiError::PartitionInvalid`] and [`SpiError::HeaderRepeated`] (catalogue G-19).
    pub fn resolve(
        &self,
        ctx: &RequestCtx<'_>,
        body: BodyDoc<'_>,
    ) -> Result<PartitionId, SpiError> {
        let sources = self.sources();
        let mut found: Option<(PartitionId, PartitionKeySpecKind)> = None;
        for source in &sources {
            let Some(partition) = read(source, ctx, body)? else {
                continue;
            };
            match &found {
                None => found = Some((partition, source.kind())),
                Some((first, _)) if *first == partition => {}
                Some((_, first)) => {
                    return Err(SpiError::PartitionDisagrees {
                        first: *first,
                        other: source.kind(),
                    });
                }
            }
        }
        if let Some((partition, _)) = found {
            return Ok(partition);
        }
        let asks_caller = sources
            .iter()
            .any(|source| source.kind() == PartitionKeySpecKind::PrincipalAttr);
        if asks_caller && ctx.principal().is_none() {
            return Err(SpiError::PrincipalMissing);
        }
        Err(SpiError::PartitionUnresolved {
            tried: sources.iter().map(|source| source.kind()).collect(),
        })
    }
}

fn read(
    source: &PartitionKeySpec,
    ctx: &RequestCtx<'_>,
    body: BodyDoc<'_>,
) -> Result<Option<PartitionId>, SpiError> {
    let kind = source.kind();
    let parse = |text: &str| {
        PartitionId::parse(text).map_err(|_| SpiError::PartitionInvalid { source: kind })
    };
    match source {
        PartitionKeySpec::Header(name) => header(ctx, name)?.map(parse).transpose(),
        PartitionKeySpec::PrincipalAttr(attr) => ctx
            .principal()
            .and_then(|caller: &Principal| caller.attr(attr))
            .map(parse)
            .transpose(),
        PartitionKeySpec::BodyField(path) => {
            body.scalar(path.as_str()).as_deref().map(parse).transpose()
        }
        // `sources()` has flattened the lists.
        PartitionKeySpec::AnyOf(_) => Ok(None),
    }
}

fn header<'a>(ctx: &RequestCtx<'a>, name: &HeaderName) -> Result<Option<&'a str>, SpiError> {
    let mut values = ctx.headers().get_all(name).iter();
    let Some(first) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(SpiError::HeaderRepeated {
            header: name.as_str().to_owned(),
        });
    }
    // Not `to_str`'s own error: a value that isn't ASCII names no partition.
    first
        .to_str()
        .map(Some)
        .map_err(|_| SpiError::PartitionInvalid {
            source: PartitionKeySpecKind::Header,
        })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;
    use crate::endpoint::Endpoint;
    use crate::spi::{JsonPath, PrincipalAttr, PrincipalId};

    fn spec() -> PartitionKeySpec {
        PartitionKeySpec::AnyOf(vec![
            PartitionKeySpec::PrincipalAttr("tenant".into()),
            PartitionKeySpec::Header(HeaderName::from_static("x-tenant")),
            PartitionKeySpec::BodyField(JsonPath::new("tenant_id")),
        ])
    }

    fn resolve(principal: Option<&str>, headers: &[&[u8]], body: &str) -> Result<String, SpiError> {
        let endpoint = Endpoint::classify(&Method::PUT, "/orders/_doc/1").expect("a route");
        let mut map = HeaderMap::new();
        for value in headers {
            map.append(
                "x-tenant",
                HeaderValue::from_bytes(value).expect("a header value"),
            );
        }
        let principal = principal.map(|tenant| {
            Principal::new(PrincipalId::from("svc")).with_attr(PrincipalAttr::new("tenant", tenant))
        });
        let ctx = RequestCtx::new(&Method::PUT, &endpoint, &map).with_principal(principal.as_ref());
        spec()
            .resolve(&ctx, BodyDoc::new(body.as_bytes()))
            .map(|partition| partition.as_str().to_owned())
    }

    #[test]
    fn the_first_present_source_decides() {
        assert_eq!(resolve(Some("acme"), &[], ""), Ok("acme".into()));
        assert_eq!(resolve(None, &[b"acme"], ""), Ok("acme".into()));
        assert_eq!(
            resolve(None, &[], r#"{"tenant_id":"acme"}"#),
            Ok("acme".into())
        );
        assert_eq!(
            resolve(Some("acme"), &[b"acme"], r#"{"tenant_id":"acme"}"#),
            Ok("acme".into())
        );
    }

    #[test]
    fn sources_that_disagree_are_refused() {
        assert!(matches!(
            resolve(Some("acme"), &[b"globex"], ""),
            Err(SpiError::PartitionDisagrees { .. })
        ));
        let body = r#"{"tenant_id":"globex"}"#;
        assert!(matches!(
            resolve(None, &[b"acme"], body),
            Err(SpiError::PartitionDisagrees { .. })
        ));
    }

    #[test]
    fn a_doubled_or_non_ascii_header_is_refused() {
        assert!(matches!(
            resolve(None, &[b"acme", b"acme"], ""),
            Err(SpiError::HeaderRepeated { .. })
        ));
        assert!(matches!(
            resolve(None, &["acm\u{e9}".as_bytes()], ""),
            Err(SpiError::PartitionInvalid { .. })
        ));
        assert!(matches!(
            resolve(None, &[b"acme,globex"], ""),
            Err(SpiError::PartitionInvalid { .. })
        ));
    }

    #[test]
    fn nothing_present_is_unauthenticated_or_unresolved() {
        assert_eq!(resolve(None, &[], ""), Err(SpiError::PrincipalMissing));
        let header_alone = PartitionKeySpec::Header(HeaderName::from_static("x-tenant"));
        let endpoint = Endpoint::classify(&Method::GET, "/").expect("a route");
        let map = HeaderMap::new();
        let ctx = RequestCtx::new(&Method::GET, &endpoint, &map);
        assert!(matches!(
            header_alone.resolve(&ctx, BodyDoc::EMPTY),
            Err(SpiError::PartitionUnresolved { .. })
        ));
    }
}
