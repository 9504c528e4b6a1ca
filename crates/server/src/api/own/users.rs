//! People: who has an account, what he may, who is invited. What the console does at *Team*.

use noroshi_domain::{Instant, Locale, PageId};
use noroshi_ops::links::{Link, Opens};
use noroshi_ops::users::{NewUser, User};
use noroshi_ops::{Access, Caller, Permission, Role, Stored};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::roles::{self, AccessView};
use super::{Call, Method, Operation, Problem, Reply, list_of, of};
use crate::paths::invitation_path;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listUsers",
            "/api/noroshi/v1/users",
            "Lists everybody with an account whose roles the caller manages.",
        ),
        list_of::<UserView>,
        list,
    )
    .needing(Permission::ManageTeam),
    Operation::change(
        (
            "createUser",
            Method::Post,
            "/api/noroshi/v1/users",
            "Makes an account with a password; an invitation lets its owner choose his own.",
        ),
        Permission::ManageTeam,
        create,
    )
    .with_body(of::<NewUserBody>)
    .answering(201, of::<UserView>)
    .hashing(),
    Operation::change(
        (
            "setRole",
            Method::Put,
            "/api/noroshi/v1/users/{user}/role",
            "Gives a role on a page or on everything, or takes it.",
        ),
        Permission::ManageTeam,
        set_role,
    )
    .with_body(of::<RoleBody>),
    Operation::change(
        (
            "disableUser",
            Method::Post,
            "/api/noroshi/v1/users/{user}/disable",
            "Lets somebody in no longer, and ends his sessions.",
        ),
        Permission::ManageTeam,
        |call| set_disabled(call, true),
    ),
    Operation::change(
        (
            "enableUser",
            Method::Post,
            "/api/noroshi/v1/users/{user}/enable",
            "Lets somebody in again.",
        ),
        Permission::ManageTeam,
        |call| set_disabled(call, false),
    ),
    Operation::get(
        (
            "listInvitations",
            "/api/noroshi/v1/invitations",
            "Lists invitations that were not used.",
        ),
        list_of::<InvitationView>,
        list_invitations,
    )
    .needing(Permission::ManageTeam),
    Operation::change(
        (
            "createInvitation",
            Method::Post,
            "/api/noroshi/v1/invitations",
            "Invites somebody; the link that makes his account is answered once.",
        ),
        Permission::ManageTeam,
        invite,
    )
    .with_body(of::<NewInvitation>)
    .answering(201, of::<MadeInvitation>),
    Operation::change(
        (
            "withdrawInvitation",
            Method::Delete,
            "/api/noroshi/v1/invitations/{invitation}",
            "Takes an invitation back.",
        ),
        Permission::ManageTeam,
        withdraw,
    ),
];

/// Somebody with an account.
#[derive(Debug, Serialize, JsonSchema)]
struct UserView {
    id: String,
    /// Address, to sign in with.
    email: String,
    /// What people call him.
    name: String,
    /// What people gave him.
    #[serde(flatten)]
    access: AccessView,
    /// What his groups at the provider give him; absent: he does not sign on there.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_groups: Option<AccessView>,
    /// Since when he is not let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<Instant>,
    /// When he signed in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_in_at: Option<Instant>,
}

impl UserView {
    fn of(caller: &Caller, stored: Stored<User>) -> Self {
        let value = stored.value;
        let by_groups = value.sign_on.map(|sign_on| sign_on.access);
        Self {
            id: stored.id,
            email: value.email,
            name: value.name,
            access: AccessView::seen_by(caller, value.access),
            by_groups: by_groups.map(|access| AccessView::seen_by(caller, access)),
            disabled_at: value.disabled_at,
            signed_in_at: value.signed_in_at,
        }
    }
}

/// Somebody to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewUserBody {
    /// Address, to sign in with.
    email: String,
    /// What people call him; absent: his address.
    #[serde(default)]
    name: Option<String>,
    /// The language of his console; absent: English.
    #[serde(default)]
    locale: Option<Locale>,
    /// What he signs in with first.
    password: String,
    #[schemars(schema_with = "roles::role")]
    role: Role,
    /// On which page; absent: on everything.
    #[serde(default)]
    page: Option<PageId>,
}

/// A role that is given or taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    /// `null`: it is taken.
    #[schemars(schema_with = "roles::maybe_role")]
    role: Option<Role>,
    /// On which page; absent: on everything.
    #[serde(default)]
    page: Option<PageId>,
}

/// An invitation that was not used.
#[derive(Debug, Serialize, JsonSchema)]
struct InvitationView {
    id: String,
    /// Whom it is for.
    email: String,
    #[serde(flatten)]
    access: AccessView,
    /// Until when it can be used.
    ends_at: Instant,
}

/// Who is to be invited.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// Address of the account to be.
    email: String,
    #[schemars(schema_with = "roles::role")]
    role: Role,
    /// On which page; absent: on everything.
    #[serde(default)]
    page: Option<PageId>,
}

/// An invitation as it is answered once.
#[derive(Serialize, JsonSchema)]
struct MadeInvitation {
    id: String,
    /// Where the account is made, below the address of the console; whoever has it makes it.
    path: String,
}

fn list(call: &Call) -> Result<Reply, Problem> {
    let users = call.app.list_users(&call.caller)?.into_iter();
    let views: Vec<UserView> = users.map(|user| UserView::of(&call.caller, user)).collect();
    Reply::of(&views, None)
}

fn access_of(role: Role, page: Option<PageId>) -> Access {
    match page {
        Some(page) => Access::on_pages(role, [page]),
        None => Access::everywhere(role),
    }
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewUserBody = call.body()?;
    if let Some(page) = &new.page {
        // Whoever does not manage a page does not learn whether it is there.
        call.caller.require(Some(page), Permission::ManageTeam)?;
        call.app.state(page)?;
    }
    let new = NewUser {
        name: new.name.unwrap_or_else(|| new.email.clone()),
        email: new.email,
        locale: new.locale.unwrap_or_default(),
        password: Some(new.password),
        access: access_of(new.role, new.page),
    };
    let made = call.app.create_user(&call.caller, &new)?;
    Reply::of(&UserView::of(&call.caller, made), None)
}

fn set_role(call: &Call) -> Result<Reply, Problem> {
    let given: RoleBody = call.body()?;
    let page = given.page.as_ref();
    call.app
        .set_role(&call.caller, call.name("user"), page, given.role)?;
    Ok(Reply::nothing())
}

fn set_disabled(call: &Call, disabled: bool) -> Result<Reply, Problem> {
    call.app
        .set_disabled(&call.caller, call.name("user"), disabled)?;
    Ok(Reply::nothing())
}

fn list_invitations(call: &Call) -> Result<Reply, Problem> {
    let links = call.app.list_invitations(&call.caller)?.into_iter();
    let views: Vec<InvitationView> = links
        .filter_map(|link| invitation(&call.caller, link))
        .collect();
    Reply::of(&views, None)
}

fn invitation(caller: &Caller, link: Stored<Link>) -> Option<InvitationView> {
    match link.value.opens {
        Opens::Invitation { email, access } => Some(InvitationView {
            id: link.id,
            email,
            access: AccessView::seen_by(caller, access),
            ends_at: link.value.ends_at,
        }),
        Opens::Setup | Opens::Login { .. } | Opens::Code { .. } => None,
    }
}

fn invite(call: &Call) -> Result<Reply, Problem> {
    let new: NewInvitation = call.body()?;
    let access = access_of(new.role, new.page);
    let (id, secret) = call.app.invite(&call.caller, &new.email, access)?;
    let path = invitation_path(&secret);
    Reply::of(&MadeInvitation { id, path }, None)
}

fn withdraw(call: &Call) -> Result<Reply, Problem> {
    call.app
        .withdraw_invitation(&call.caller, call.name("invitation"))?;
    Ok(Reply::nothing())
}
