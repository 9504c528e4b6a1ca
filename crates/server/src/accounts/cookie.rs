//! The cookie that a session is shown by.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use noroshi_ops::SESSION_S;

use crate::accounts::Client;

/// Its name on encrypted connections: browsers take it from the very host only, for all paths.
const SECURE_NAME: &str = "__Host-noroshi";
/// Its name where nothing is encrypted: a machine of one's own.
const PLAIN_NAME: &str = "noroshi";

const fn name(client: Client) -> &'static str {
    if client.is_secure {
        SECURE_NAME
    } else {
        PLAIN_NAME
    }
}

/// What the browser shows.
pub(crate) fn shown(headers: &HeaderMap, client: Client) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (own, value) = pair.trim().split_once('=')?;
            (own == name(client)).then(|| value.to_owned())
        })
}

/// Gives it to the browser.
pub(crate) fn give(headers: &mut HeaderMap, client: Client, secret: &str) {
    set(headers, client, secret, SESSION_S);
}

/// Takes it away.
pub(crate) fn take(headers: &mut HeaderMap, client: Client) {
    set(headers, client, "", 0);
}

fn set(headers: &mut HeaderMap, client: Client, value: &str, seconds: i64) {
    let secure = if client.is_secure { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        name(client)
    );
    // Ours is hexadecimal: it is always a header's value.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(SET_COOKIE, cookie);
    }
}
