//! Roles as the own API words them: of people, of invitations and of tokens.

use std::collections::BTreeMap;

use noroshi_domain::PageId;
use noroshi_ops::{Access, Caller, Permission, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

/// What somebody or something may do, and where.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AccessView {
    /// On every page and on the installation.
    #[schemars(schema_with = "maybe_role")]
    role: Option<Role>,
    /// On single pages.
    #[schemars(schema_with = "roles")]
    pages: BTreeMap<PageId, Role>,
}

impl AccessView {
    /// An access, cut to the pages that the caller may see.
    pub(super) fn seen_by(caller: &Caller, access: Access) -> Self {
        let is_seen = |page: &PageId| caller.may(Some(page), Permission::View);
        let pages = access.pages.into_iter();
        Self {
            role: access.everywhere,
            pages: pages.filter(|(page, _)| is_seen(page)).collect(),
        }
    }
}

/// The schema of a role.
pub(super) fn role(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Role::ALL.map(Role::as_str) })
}

/// The schema of a role or `null`.
pub(super) fn maybe_role(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [role(generator), { "type": "null" }] })
}

fn roles(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": role(generator) })
}
