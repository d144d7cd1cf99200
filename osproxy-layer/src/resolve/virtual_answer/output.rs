//! How an authored answer is written: filtered, with line breaks, or as a table.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::asked::Asked;
use crate::body::ResponseBody;
use crate::plan::filter_path;
use crate::rejection::Rejection;
use crate::resolve::info;
use crate::rewrite::cat::{Column, Table, View};
use crate::rewrite::json::tree::Value;
use crate::rewrite::writing::Writing;

/// An answer before it is written.
pub(super) struct Authored<'a> {
    pub(super) status: StatusCode,
    pub(super) body: Shown<'a>,
}

/// The body of an answer.
pub(super) enum Shown<'a> {
    /// None: the answer to a `HEAD`.
    Nothing,
    /// JSON.
    Json(Value<'a>),
    /// A table's text.
    Text(String),
}

impl<'a> Authored<'a> {
    pub(super) const fn ok(body: Value<'a>) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(super) const fn json(status: StatusCode, body: Value<'a>) -> Self {
        Self {
            status,
            body: Shown::Json(body),
        }
    }

    /// The answer to a `HEAD`.
    pub(super) const fn head(exists: bool) -> Self {
        Self {
            status: if exists {
                StatusCode::OK
            } else {
                StatusCode::NOT_FOUND
            },
            body: Shown::Nothing,
        }
    }
}

/// What the client wants of the writing.
pub(super) struct Output {
    writing: Writing,
}

impl Output {
    pub(super) fn of(asked: &Asked<'_>) -> Result<Self, Rejection> {
        let filter = match asked.query.get("filter_path") {
            Some(paths) => filter_path(paths)?,
            None => None,
        };
        let pretty = asked.flag("pretty");
        Ok(Self {
            writing: Writing { pretty, filter },
        })
    }

    pub(super) fn respond<T>(
        &self,
        authored: Authored<'_>,
    ) -> Result<Response<ResponseBody<T>>, Rejection> {
        let mut response = match authored.body {
            Shown::Nothing => info::ping(),
            Shown::Json(value) => {
                let text = self.writing.write(&value).map_err(|_| {
                    Rejection::internal("an authored answer that can't be read again")
                })?;
                info::json(Bytes::from(text))
            }
            Shown::Text(text) => {
                let mut response = Response::new(ResponseBody::from(Bytes::from(text)));
                response.headers_mut().insert(
                    CONTENT_TYPE,
                    HeaderValue::from_static("text/plain; charset=UTF-8"),
                );
                response
            }
        };
        *response.status_mut() = authored.status;
        Ok(response)
    }
}

/// A table as the client wants to see it.
pub(super) fn table(
    asked: &Asked<'_>,
    columns: &'static [Column],
    rows: impl FnOnce(&mut Table),
) -> Result<Authored<'static>, Rejection> {
    if asked.flag("help") {
        return Ok(Authored {
            status: StatusCode::OK,
            body: Shown::Text(Table::help(columns)),
        });
    }
    let as_json = match asked.query.get("format") {
        Some("" | "json") => true,
        Some("text") => false,
        Some(_) => {
            return Err(Rejection::refused(
                "a table is offered as [format=text] and [format=json]",
            ));
        }
        None => asked.accepts_json,
    };
    let view = View {
        columns: asked.query.get("h").map(str::to_owned),
        sort: asked.query.get("s").map(str::to_owned),
        header: asked.flag("v"),
        time: asked.flag_or_true("ts"),
    };
    let mut table = Table::new(columns);
    rows(&mut table);
    let body = if as_json {
        table.json(&view).map(Shown::Json)
    } else {
        table.text(&view).map(Shown::Text)
    };
    let body = body.map_err(|_| {
        Rejection::malformed(
            "illegal_argument_exception",
            "parameter [s] names a column that this table doesn't have",
        )
    })?;
    Ok(Authored {
        status: StatusCode::OK,
        body,
    })
}

/// Refuses a form of JSON that isn't offered; a table decides for itself.
pub(super) fn check_format(asked: &Asked<'_>) -> Result<(), Rejection> {
    match asked.query.get("format") {
        None | Some("" | "json") => Ok(()),
        Some(_) => Err(Rejection::refused("only [format=json] is offered")),
    }
}

/// A whole number.
pub(super) fn number(number: usize) -> Value<'static> {
    Value::Number(number.to_string().into())
}
