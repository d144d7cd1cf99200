//! The field that an aggregation reads, over several indices.

use super::super::error::ApiError;
use super::super::mapping::{Kind, Leaf, Value};
use super::super::search::no_column;
use super::{Member, Scope};

/// A field with a column, or one that no index maps.
pub(super) struct Field<'a> {
    /// By index: aliases may differ.
    paths: Vec<Option<&'a str>>,
    /// Of the first index that has it.
    pub(super) leaf: Option<&'a Leaf>,
    name: &'a str,
    aggregation: &'static str,
}

impl<'a> Field<'a> {
    pub(super) fn of(
        scope: &'a Scope<'a>,
        name: &'a str,
        aggregation: &'static str,
    ) -> Result<Self, ApiError> {
        if name.starts_with('_')
            && [
                "_id", "_index", "_routing", "_seq_no", "_version", "_source", "_ignored",
            ]
            .contains(&name)
        {
            return Err(ApiError::unsupported(format_args!(
                "an aggregation on [{name}]"
            )));
        }
        let mut field = Self {
            paths: Vec::new(),
            leaf: None,
            name,
            aggregation,
        };
        for index in scope.indices {
            let found = index.mapping.leaf(name);
            if let Some((path, leaf)) = found {
                if let Some(error) = no_column(path, leaf) {
                    return Err(error);
                }
                if field.leaf.is_some_and(|other| other.kind != leaf.kind) {
                    return Err(ApiError::unsupported(format_args!(
                        "an aggregation on [{name}], whose type differs between indices"
                    )));
                }
                field.leaf = Some(leaf);
            }
            field.paths.push(found.map(|(path, _)| path));
        }
        Ok(field)
    }

    /// The same, for an aggregation over numbers.
    pub(super) fn numeric(
        scope: &'a Scope<'a>,
        name: &'a str,
        aggregation: &'static str,
    ) -> Result<Self, ApiError> {
        let field = Self::of(scope, name, aggregation)?;
        match field.leaf {
            Some(leaf) if leaf.kind == Kind::Keyword => Err(field.unsuitable(leaf)),
            _ => Ok(field),
        }
    }

    pub(super) fn unsuitable(&self, leaf: &Leaf) -> ApiError {
        let (name, kind, aggregation) = (self.name, leaf.kind.name(), self.aggregation);
        ApiError::illegal_argument(format!(
            "Field [{name}] of type [{kind}] is not supported for aggregation [{aggregation}]"
        ))
    }

    pub(super) fn values<'d>(&self, (index, document): &Member<'d>) -> &'d [Value] {
        let path = self.paths.get(*index).copied().flatten();
        path.and_then(|path| document.fields.get(path))
            .map_or(&[], Vec::as_slice)
    }
}
