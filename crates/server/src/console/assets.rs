//! What every screen loads: one style sheet, one script, and the theme before the first paint.
//!
//! Each address names its bytes, so that it is fetched once and kept. The style sheet begins with
//! that of the public pages: one set of tokens, and previews that look like the page.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use noroshi_domain::hash_hex;
use noroshi_page::html;

/// How much of the hash stands in an address: 64 bits.
const NAME_DIGITS: usize = 16;

/// One file, and the name that changes with its bytes.
struct Asset {
    name: String,
    media_type: &'static str,
    body: String,
}

impl Asset {
    fn new(stem: &str, ending: &str, body: String) -> Self {
        let hash = hash_hex(body.as_bytes());
        Self {
            name: format!("{stem}-{}.{ending}", &hash[..NAME_DIGITS]),
            media_type: match ending {
                "css" => "text/css; charset=utf-8",
                _ => "text/javascript; charset=utf-8",
            },
            body,
        }
    }

    fn path(&self) -> String {
        format!("/console/assets/{}", self.name)
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let own = include_str!("../../../../assets/console.css");
    Asset::new("console", "css", format!("{}{own}", html::STYLE))
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let own = include_str!("../../../../assets/console.js");
    Asset::new("console", "js", own.to_owned())
});
static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    let own = include_str!("../../../../assets/passkey.js");
    Asset::new("passkey", "js", own.to_owned())
});
static THEME: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("theme", "js", html::scripts::theme().to_owned()));

/// Where the style sheet stands.
pub(crate) fn style_path() -> String {
    STYLE.path()
}

/// Where the script stands.
pub(crate) fn script_path() -> String {
    SCRIPT.path()
}

/// Where the script of passkeys stands.
pub(crate) fn passkey_path() -> String {
    PASSKEY.path()
}

/// Where the script stands that sets the chosen theme.
pub(crate) fn theme_path() -> String {
    THEME.path()
}

/// `GET /console/assets/{name}`.
pub(super) async fn get_asset(Path(name): Path<String>) -> Response {
    let assets: [&Asset; 4] = [&STYLE, &SCRIPT, &THEME, &PASSKEY];
    let found = assets.into_iter().find(|asset| asset.name == name);
    match found {
        Some(asset) => {
            let kept = format!("public, max-age={}, immutable", crate::limits::IMMUTABLE_S);
            let headers = [
                (CONTENT_TYPE, asset.media_type.to_owned()),
                (CACHE_CONTROL, kept),
            ];
            (headers, asset.body.as_str()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
