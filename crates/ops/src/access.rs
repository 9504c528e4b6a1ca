//! Who may do what: roles, what each may, and the caller of an operation.

use std::collections::BTreeMap;

use noroshi_domain::{Actor, ActorKind, Locale, PageId};
use serde::{Deserialize, Serialize};

use crate::error::OpError;

/// What somebody is on a page, or on all of the installation (DELIVERY "Trust").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May see what is not public.
    Viewer,
    /// Components and templates.
    Editor,
    /// Planned work only.
    Maintainer,
    /// Incidents and planned work.
    Responder,
    /// All of a page.
    Admin,
    /// All, the installation itself too.
    Owner,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::Responder,
        Self::Maintainer,
        Self::Editor,
        Self::Viewer,
    ];

    /// Its name in files, options and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Responder => "responder",
            Self::Maintainer => "maintainer",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether the role holds a permission.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(permission, P::ManageInstallation),
            Self::Responder => matches!(permission, P::View | P::PostIncident | P::PostMaintenance),
            Self::Maintainer => matches!(permission, P::View | P::PostMaintenance),
            Self::Editor => matches!(permission, P::View | P::EditComponents | P::EditTemplates),
            Self::Viewer => matches!(permission, P::View),
        }
    }

    /// Whether it may all that another may.
    pub fn covers(self, other: Self) -> bool {
        Permission::ALL
            .into_iter()
            .all(|permission| !other.may(permission) || self.may(permission))
    }
}

/// What an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See what is not public: drafts, notes, lists of the console.
    View,
    /// Open, update and correct incidents, say statuses, hold, promise, announce.
    PostIncident,
    /// Plan, begin and end planned work.
    PostMaintenance,
    /// Make, change and retire components and groups.
    EditComponents,
    /// Make and change templates.
    EditTemplates,
    /// Change a page's settings and looks.
    EditPage,
    /// Delete a page, and bring it back.
    DeletePage,
    /// Invite people, give and take roles.
    ManageTeam,
    /// Make, see and revoke API tokens.
    ManageTokens,
    /// Read who did what.
    ReadAudit,
    /// See and change subscribers.
    ManageSubscribers,
    /// Make pages; needs the role on the installation.
    CreatePages,
    /// Settings of the installation: second factor, single sign-on.
    ManageInstallation,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 13] = [
        Self::View,
        Self::PostIncident,
        Self::PostMaintenance,
        Self::EditComponents,
        Self::EditTemplates,
        Self::EditPage,
        Self::DeletePage,
        Self::ManageTeam,
        Self::ManageTokens,
        Self::ReadAudit,
        Self::ManageSubscribers,
        Self::CreatePages,
        Self::ManageInstallation,
    ];

    /// Its name in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::PostIncident => "post_incident",
            Self::PostMaintenance => "post_maintenance",
            Self::EditComponents => "edit_components",
            Self::EditTemplates => "edit_templates",
            Self::EditPage => "edit_page",
            Self::DeletePage => "delete_page",
            Self::ManageTeam => "manage_team",
            Self::ManageTokens => "manage_tokens",
            Self::ReadAudit => "read_audit",
            Self::ManageSubscribers => "manage_subscribers",
            Self::CreatePages => "create_pages",
            Self::ManageInstallation => "manage_installation",
        }
    }
}

/// Roles on the installation and on pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// On every page and on the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everywhere: Option<Role>,
    /// On single pages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pages: BTreeMap<PageId, Role>,
}

impl Access {
    /// A role on everything.
    pub const fn everywhere(role: Role) -> Self {
        Self {
            everywhere: Some(role),
            pages: BTreeMap::new(),
        }
    }

    /// A role on some pages.
    pub fn on_pages(role: Role, pages: impl IntoIterator<Item = PageId>) -> Self {
        Self {
            everywhere: None,
            pages: pages.into_iter().map(|page| (page, role)).collect(),
        }
    }

    /// Whether it is no role anywhere.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_none() && self.pages.is_empty()
    }

    /// Both together: on each place the mightier role.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.everywhere = self.everywhere.max(other.everywhere);
        for (page, role) in &other.pages {
            let held = self.pages.entry(page.clone()).or_insert(*role);
            *held = (*held).max(*role);
        }
        self
    }

    /// Whether a permission is held on a page; without a page: on the installation.
    pub fn may(&self, page: Option<&PageId>, permission: Permission) -> bool {
        let on_page = page.and_then(|page| self.pages.get(page));
        self.everywhere
            .iter()
            .chain(on_page)
            .any(|role| role.may(permission))
    }

    /// Whether a permission is held on the installation or on any page.
    pub fn may_anywhere(&self, permission: Permission) -> bool {
        let mut roles = self.everywhere.iter().chain(self.pages.values());
        roles.any(|role| role.may(permission))
    }

    /// Whether it may all that another may: nobody gives what he has not.
    pub fn covers(&self, other: &Self) -> bool {
        let may_all = |page, role: Role| {
            Permission::ALL
                .into_iter()
                .all(|permission| !role.may(permission) || self.may(page, permission))
        };
        other.everywhere.is_none_or(|role| may_all(None, role))
            && other
                .pages
                .iter()
                .all(|(page, role)| may_all(Some(page), *role))
    }
}

/// Who asks for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// As whom it is recorded.
    pub actor: Actor,
    /// What people call it; for lists, never for the journal.
    pub name: String,
    /// The language of its messages.
    pub locale: Locale,
    pub(crate) access: Access,
}

impl Caller {
    /// A caller with roles that were looked up.
    pub const fn new(actor: Actor, name: String, locale: Locale, access: Access) -> Self {
        Self {
            actor,
            name,
            locale,
            access,
        }
    }

    /// The host's own command line, which may all.
    pub fn command_line() -> Self {
        Self {
            actor: Actor::command_line(),
            name: "command line".to_owned(),
            locale: Locale::default(),
            access: Access::everywhere(Role::Owner),
        }
    }

    /// Somebody who is not known: he may do to his own subscription what his links let him.
    pub fn public() -> Self {
        Self {
            actor: Actor {
                kind: ActorKind::User,
                id: "public".to_owned(),
            },
            name: "public".to_owned(),
            locale: Locale::default(),
            access: Access::default(),
        }
    }

    /// Its roles.
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// Whether it has a permission on a page; without a page: on the installation.
    pub fn may(&self, page: Option<&PageId>, permission: Permission) -> bool {
        self.access.may(page, permission)
    }

    /// Refuses where [`Caller::may`] says no.
    ///
    /// # Errors
    /// [`OpError::Forbidden`].
    pub fn require(&self, page: Option<&PageId>, permission: Permission) -> Result<(), OpError> {
        if self.may(page, permission) {
            Ok(())
        } else {
            Err(OpError::Forbidden(permission))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_on_one_page_is_none_on_another_or_on_the_installation() {
        let page = |id: &str| PageId::parse(id).unwrap();
        let own = Access::on_pages(Role::Admin, [page("a")]);
        assert!(own.may(Some(&page("a")), Permission::EditPage));
        assert!(!own.may(Some(&page("b")), Permission::View));
        assert!(!own.may(None, Permission::View));
        let all = Access::everywhere(Role::Viewer);
        assert!(all.may(Some(&page("b")), Permission::View));
        assert!(!all.may(Some(&page("b")), Permission::PostIncident));
    }

    #[test]
    fn nobody_covers_what_he_has_not() {
        let page = PageId::parse("a").unwrap();
        let admin = Access::on_pages(Role::Admin, [page.clone()]);
        assert!(admin.covers(&Access::on_pages(Role::Responder, [page.clone()])));
        assert!(!admin.covers(&Access::on_pages(Role::Owner, [page.clone()])));
        assert!(!admin.covers(&Access::everywhere(Role::Viewer)));
        assert!(Access::everywhere(Role::Owner).covers(&admin));
        assert!(!Role::Responder.covers(Role::Editor));
        assert!(Role::Admin.covers(Role::Editor));
    }
}
