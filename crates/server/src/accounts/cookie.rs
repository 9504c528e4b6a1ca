//! The cookie that a session is shown by.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use noroshi_ops::{SESSION_S, SIGN_ON_S};

use crate::accounts::Client;

/// Its name on encrypted connections: browsers take it from the very host only, for all paths.
const SECURE_NAME: &str = "__Host-noroshi";
/// Its name where nothing is encrypted: a machine of one's own.
const PLAIN_NAME: &str = "noroshi";

/// The same of what a browser keeps while its person is at the provider.
const SECURE_THREAD: &str = "__Host-noroshi-sign-on";
const PLAIN_THREAD: &str = "noroshi-sign-on";

const fn thread_name(client: Client) -> &'static str {
    if client.is_secure {
        SECURE_THREAD
    } else {
        PLAIN_THREAD
    }
}

const fn name(client: Client) -> &'static str {
    if client.is_secure {
        SECURE_NAME
    } else {
        PLAIN_NAME
    }
}

/// What the browser shows.
pub(crate) fn shown(headers: &HeaderMap, client: Client) -> Option<String> {
    found(headers, name(client))
}

/// What it kept while its person was at the provider.
pub(crate) fn shown_thread(headers: &HeaderMap, client: Client) -> Option<String> {
    found(headers, thread_name(client))
}

fn found(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (own, value) = pair.trim().split_once('=')?;
            (own == name).then(|| value.to_owned())
        })
}

/// Gives it to the browser.
pub(crate) fn give(headers: &mut HeaderMap, client: Client, secret: &str) {
    set(headers, client, (name(client), secret), SESSION_S);
}

/// Takes it away.
pub(crate) fn take(headers: &mut HeaderMap, client: Client) {
    set(headers, client, (name(client), ""), 0);
}

/// Gives it what it is to keep while its person is at the provider.
pub(crate) fn give_thread(headers: &mut HeaderMap, client: Client, secret: &str) {
    set(headers, client, (thread_name(client), secret), SIGN_ON_S);
}

/// Takes that away.
pub(crate) fn take_thread(headers: &mut HeaderMap, client: Client) {
    set(headers, client, (thread_name(client), ""), 0);
}

fn set(headers: &mut HeaderMap, client: Client, (name, value): (&str, &str), seconds: i64) {
    let secure = if client.is_secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // Ours is hexadecimal: it is always a header's value.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(SET_COOKIE, cookie);
    }
}
