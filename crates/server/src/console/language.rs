//! The language of the screens: kept in a cookie of the browser, else that of the account.

use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;
use http::header::{COOKIE, SET_COOKIE};
use noroshi_domain::Locale;

use crate::accounts::own_path;
use crate::console::form::Form;
use crate::console::visit::Visit;

/// The cookie's name.
const COOKIE_NAME: &str = "noroshi_language";
/// How long a choice is kept, in seconds: a year.
const KEPT_S: i64 = 31_536_000;

/// The language that this browser chose.
pub(crate) fn chosen(headers: &HeaderMap) -> Option<Locale> {
    let cookies = headers.get_all(COOKIE).into_iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE_NAME).then(|| Locale::parse(value))?
        })
}

/// `POST /console/language`: `locale`, and `back`, a path of the console.
pub(super) async fn set_language(visit: Visit, body: String) -> Response {
    let form = Form::read(&body);
    let locale = Locale::parse(form.get("locale")).unwrap_or(visit.locale);
    let cookie = format!(
        "{COOKIE_NAME}={}; Path=/console; Max-Age={KEPT_S}; SameSite=Lax; HttpOnly",
        locale.as_str()
    );
    let answer = Redirect::to(own_path(form.get("back")));
    ([(SET_COOKIE, cookie)], answer).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let headers = |text: &str| HeaderMap::from_iter([(COOKIE, text.parse().unwrap())]);
        let found = chosen(&headers("a=b; noroshi_language=ja; c=d"));
        assert_eq!(found, Some(Locale::Ja));
        assert_eq!(chosen(&headers("xnoroshi_language=ja")), None);
    }
}
