//! Accounts over HTTP: setting up, signing in and out, one's own account. The screens stand in the
//! console's frame; what a browser shows is a cookie (`cookie.rs`), and what it sends must come from
//! our own screens (`origin.rs`).

mod account;
mod audit;
mod choices;
pub(crate) mod cookie;
mod deeds;
mod door;
mod entry;
mod factor;
pub(crate) mod origin;
mod passkeys;
mod provider;
mod sign_on;
mod signing_in;
mod team;
mod tokens;
mod told;
mod wording;

pub(crate) use door::{locale_of, own_path};
pub(crate) use provider::Providers;

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Method};
use noroshi_ops::Permission;

use crate::conditions::header_text;
use crate::connection::Peer;
use crate::desk::Desk;
use crate::routes::{Class, Role, Route, desk};

/// Where one signs in.
pub(crate) const SIGN_IN: &str = "/console/sign-in";
const CODE: &str = "/console/sign-in/code";
pub(crate) const SIGN_OUT: &str = "/console/sign-out";
/// Where one leaves for the provider, and where one comes back.
const PROVIDER: &str = "/console/sign-in/provider";
const PROVIDER_BACK: &str = "/console/sign-in/provider/back";
/// Where the first owner is made.
const SETUP: &str = "/console/setup";
/// Where an invitation is accepted.
const INVITATION: &str = "/console/invitation";
/// Where a link from the host signs in.
const LOGIN_LINK: &str = "/console/login-link";
pub(crate) const ACCOUNT: &str = "/console/account";
/// Where a passkey signs in, and where its question is asked.
const SHOW_PASSKEY: &str = "/console/sign-in/passkey";
const ASK_PASSKEY: &str = "/console/sign-in/passkey/ask";
/// Where a passkey is made, and where its question is asked.
pub(crate) const ADD_PASSKEY: &str = "/console/account/passkeys";
pub(crate) const ASK_NEW_PASSKEY: &str = "/console/account/passkeys/ask";
const REMOVE_PASSKEY: &str = "/console/account/passkeys/{passkey_id}/remove";
const PASSWORD: &str = "/console/account/password";
pub(crate) const FACTOR: &str = "/console/account/second-factor";
const DROP_FACTOR: &str = "/console/account/second-factor/drop";
const END_SESSION: &str = "/console/account/sessions/{session_id}/end";

pub(crate) const TEAM: &str = "/console/team";
const SET_ROLE: &str = "/console/team/{user_id}/role";
const DISABLE: &str = "/console/team/{user_id}/disable";
const ENABLE: &str = "/console/team/{user_id}/enable";
const INVITATIONS: &str = "/console/team/invitations";
const WITHDRAW: &str = "/console/team/invitations/{invitation_id}/withdraw";
pub(crate) const TOKENS: &str = "/console/tokens";
const REVOKE: &str = "/console/tokens/{token_id}/revoke";
pub(crate) const AUDIT: &str = "/console/audit";
/// How people of the installation sign in.
pub(crate) const SIGNING_IN: &str = "/console/signing-in";
const SET_PROVIDER: &str = "/console/signing-in/provider";
const DROP_PROVIDER: &str = "/console/signing-in/provider/drop";
const REQUIRE_FACTOR: &str = "/console/signing-in/second-factor";

const fn owned(method: Method, pattern: &'static str) -> Route {
    let role = Role::Everywhere(Permission::ManageInstallation);
    desk(method, pattern, role, Class::Api)
}

const fn anywhere(method: Method, pattern: &'static str, permission: Permission) -> Route {
    desk(method, pattern, Role::Anywhere(permission), Class::Api)
}

const fn open(method: Method, pattern: &'static str) -> Route {
    desk(method, pattern, Role::Public, Class::Api)
}

const fn own(method: Method, pattern: &'static str) -> Route {
    desk(method, pattern, Role::Known, Class::Api)
}

/// Its addresses.
pub(crate) const ROUTES: &[Route] = &[
    open(Method::GET, SIGN_IN),
    open(Method::POST, SIGN_IN),
    open(Method::POST, CODE),
    open(Method::POST, SHOW_PASSKEY),
    open(Method::POST, ASK_PASSKEY),
    open(Method::GET, PROVIDER),
    open(Method::GET, PROVIDER_BACK),
    own(Method::POST, SIGN_OUT),
    open(Method::GET, SETUP),
    open(Method::POST, SETUP),
    open(Method::GET, INVITATION),
    open(Method::POST, INVITATION),
    open(Method::GET, LOGIN_LINK),
    open(Method::POST, LOGIN_LINK),
    own(Method::GET, ACCOUNT),
    own(Method::POST, ACCOUNT),
    own(Method::POST, PASSWORD),
    own(Method::GET, FACTOR),
    own(Method::POST, FACTOR),
    own(Method::POST, DROP_FACTOR),
    own(Method::POST, END_SESSION),
    own(Method::POST, ADD_PASSKEY),
    own(Method::POST, ASK_NEW_PASSKEY),
    own(Method::POST, REMOVE_PASSKEY),
    anywhere(Method::GET, TEAM, Permission::ManageTeam),
    anywhere(Method::POST, SET_ROLE, Permission::ManageTeam),
    anywhere(Method::POST, DISABLE, Permission::ManageTeam),
    anywhere(Method::POST, ENABLE, Permission::ManageTeam),
    anywhere(Method::POST, INVITATIONS, Permission::ManageTeam),
    anywhere(Method::POST, WITHDRAW, Permission::ManageTeam),
    anywhere(Method::GET, TOKENS, Permission::ManageTokens),
    anywhere(Method::POST, TOKENS, Permission::ManageTokens),
    anywhere(Method::POST, REVOKE, Permission::ManageTokens),
    anywhere(Method::GET, AUDIT, Permission::ReadAudit),
    owned(Method::GET, SIGNING_IN),
    owned(Method::POST, SET_PROVIDER),
    owned(Method::POST, DROP_PROVIDER),
    owned(Method::POST, REQUIRE_FACTOR),
];

/// Its handlers.
pub(crate) fn routes(desk: Desk) -> Desk {
    desk.at(&Method::GET, SIGN_IN, door::get_sign_in)
        .at(&Method::POST, SIGN_IN, door::sign_in)
        .at(&Method::POST, CODE, door::sign_in_with_code)
        .at(&Method::POST, SHOW_PASSKEY, passkeys::sign_in)
        .at(&Method::POST, ASK_PASSKEY, passkeys::ask)
        .at(&Method::GET, PROVIDER, sign_on::go)
        .at(&Method::GET, PROVIDER_BACK, sign_on::back)
        .at(&Method::POST, SIGN_OUT, door::sign_out)
        .at(&Method::GET, SETUP, entry::get_setup)
        .at(&Method::POST, SETUP, entry::set_up)
        .at(&Method::GET, INVITATION, entry::get_invitation)
        .at(&Method::POST, INVITATION, entry::accept)
        .at(&Method::GET, LOGIN_LINK, door::get_login_link)
        .at(&Method::POST, LOGIN_LINK, door::use_login_link)
        .at(&Method::GET, ACCOUNT, account::get_account)
        .at(&Method::POST, ACCOUNT, account::change_profile)
        .at(&Method::POST, PASSWORD, account::change_password)
        .at(&Method::GET, FACTOR, factor::get_factor)
        .at(&Method::POST, FACTOR, factor::set)
        .at(&Method::POST, DROP_FACTOR, factor::drop_factor)
        .at(&Method::POST, END_SESSION, account::end_session)
        .at(&Method::POST, ADD_PASSKEY, passkeys::add)
        .at(&Method::POST, ASK_NEW_PASSKEY, passkeys::ask_new)
        .at(&Method::POST, REMOVE_PASSKEY, passkeys::remove)
        .at(&Method::GET, TEAM, team::get_team)
        .at(&Method::POST, SET_ROLE, team::set_role)
        .at(&Method::POST, DISABLE, team::disable)
        .at(&Method::POST, ENABLE, team::enable)
        .at(&Method::POST, INVITATIONS, team::invite)
        .at(&Method::POST, WITHDRAW, team::withdraw)
        .at(&Method::GET, TOKENS, tokens::get_tokens)
        .at(&Method::POST, TOKENS, tokens::create)
        .at(&Method::POST, REVOKE, tokens::revoke)
        .at(&Method::GET, AUDIT, audit::get_audit)
        .at(&Method::GET, SIGNING_IN, signing_in::get_signing_in)
        .at(&Method::POST, SET_PROVIDER, signing_in::set_provider)
        .at(&Method::POST, DROP_PROVIDER, signing_in::drop_provider)
        .at(&Method::POST, REQUIRE_FACTOR, signing_in::require_factor)
}

/// The path that makes the first owner.
pub fn setup_path(token: &str) -> String {
    format!("{SETUP}?token={token}")
}

/// The path that accepts an invitation.
pub fn invitation_path(token: &str) -> String {
    format!("{INVITATION}?token={token}")
}

/// The path that signs in by a link from the host.
pub fn login_link_path(token: &str) -> String {
    format!("{LOGIN_LINK}?token={token}")
}

/// From where a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// The browser's address; behind a proxy on this machine the one that the proxy names.
    pub(crate) address: IpAddr,
    /// The browser's connection is encrypted, up to here or up to a proxy.
    pub(crate) is_secure: bool,
}

impl Client {
    pub(crate) fn of(peer: &Peer, headers: &HeaderMap) -> Self {
        let said = |name| header_text(headers, &http::HeaderName::from_static(name));
        let own = peer.address.ip().to_canonical();
        // Only this machine's own processes come from here: what they pass on is believed.
        let passed_on = said("x-forwarded-for").filter(|_| own.is_loopback());
        let address = passed_on
            .and_then(|list| list.rsplit(',').next())
            .and_then(|last| address_in(last.trim()))
            .unwrap_or(own);
        // Whoever lies here makes his own cookie useless and nobody else's.
        let is_secure = peer.is_secure || said("x-forwarded-proto") == Some("https");
        Self { address, is_secure }
    }
}

fn address_in(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    text.parse().or_else(|_| with_port()).ok()
}
