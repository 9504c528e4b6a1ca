//! A request's answer: the published bytes themselves, or what stands behind them.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, CONNECTION,
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, DATE, ETAG,
    HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body_util::{Either, Full};
use hyper::body::{Body as _, Incoming};
use jiff::fmt::rfc2822::DateTimePrinter;
use noroshi_domain::{Instant, Locale};
use noroshi_publish::path::{self, PagePath};
use noroshi_publish::{Asset, ContentType, PageSet, render};
use tower::ServiceExt as _;

use crate::conditions::{Codings, entity_tag, host, is_known};
use crate::connection::Peer;
use crate::desk;
use crate::events;
use crate::find::{Found, page_of};
use crate::limits::{FRESH_S, IMMUTABLE_S, PREFLIGHT_S, RETRY_S, STALE_S};
use crate::paths;
use crate::routes::Class;
use crate::subscribe;
use crate::surface::{Now, Surface};

/// What goes out: ready bytes, or what the router made.
pub(crate) type Body = Either<Full<Bytes>, axum::body::Body>;
/// An answer, and what kind of address it was.
pub(crate) type Answer = (Response<Body>, Class);

/// Headers that an answer has room for before the map of them grows.
const HEADERS: usize = 14;

/// How long pages may be shown without asking, and when we can not be reached.
static FRESH: LazyLock<HeaderValue> = LazyLock::new(|| {
    made(format!(
        "public, max-age={FRESH_S}, stale-if-error={STALE_S}"
    ))
});
/// How long what never changes may be shown.
static IMMUTABLE: LazyLock<HeaderValue> =
    LazyLock::new(|| made(format!("public, max-age={IMMUTABLE_S}, immutable")));

fn made(value: String) -> HeaderValue {
    HeaderValue::try_from(value).expect("words and numbers make a header value")
}

/// Methods that every address takes.
const METHODS: &str = "GET, HEAD, OPTIONS";

/// Answers a request. Never fails: what goes wrong is an answer too.
pub(crate) async fn answer(
    surface: &Surface,
    peer: &Peer,
    request: Request<Incoming>,
) -> Response<Body> {
    let is_head = request.method() == Method::HEAD;
    let is_http2 = request.version() == Version::HTTP_2;
    // What is written to reads its body, or lets the connection end.
    let is_unread = !request.body().is_end_stream() && !takes_body(request.uri().path());
    let limit = surface.inner.limits.request_time;
    let (mut response, class) = tokio::time::timeout(limit, dispatch(surface, peer, request))
        .await
        .unwrap_or_else(|_| (busy(), Class::Refused));
    surface.inner.metrics.answered(class, response.status());
    if is_unread && !is_http2 {
        // What was sent and not read would be taken for the next request.
        set(&mut response, CONNECTION, "close");
    }
    if is_head {
        keep_length_only(&mut response);
    }
    response
}

async fn dispatch(surface: &Surface, peer: &Peer, request: Request<Incoming>) -> Answer {
    if let Some(refusal) = refuse(surface, &request) {
        return (refusal, Class::Refused);
    }
    let path = request.uri().path();
    if desk::stands_at(path) {
        return desk::answer(surface, peer, request).await;
    }
    if matches!(path, paths::HEALTHZ | paths::READYZ | paths::METRICS) {
        return match method_of(&request) {
            Method::OPTIONS => (options(false), Class::System),
            Method::GET => (routed(surface, peer, request, None).await, Class::System),
            _ => (method_not_allowed(), Class::Refused),
        };
    }
    let snapshot = surface.inner.published.snapshot();
    let host = host(request.uri(), request.headers());
    if let Some(address) = snapshot.moved(&host, path) {
        return (led_on(&request, &address), Class::Refused);
    }
    let Some(page) = page_of(&snapshot, &host, path) else {
        let now = (surface.inner.now)();
        return (unknown_host(&host, request.headers(), now), Class::Refused);
    };
    let set = Arc::clone(page.0);
    let query = request.uri().query().unwrap_or("");
    match Found::new(page, query, request.headers()) {
        Some(found) => of_page(surface, peer, request, found).await,
        None => (
            nothing_here(surface, &set, path, set.site.default_locale).await,
            Class::Refused,
        ),
    }
}

/// A request to a page that was found.
async fn of_page(
    surface: &Surface,
    peer: &Peer,
    request: Request<Incoming>,
    found: Found,
) -> Answer {
    let query = request.uri().query().unwrap_or("");
    if subscribe::stands_at(&found.path, query) {
        let response = subscribe::answer(surface, peer, request, &found).await;
        return (response, Class::Query);
    }
    let method = method_of(&request);
    if found.path == paths::EVENTS {
        return match method {
            Method::OPTIONS => (options(false), Class::Stream),
            Method::GET => {
                let (headers, ending) = (request.headers(), peer.ending.clone());
                let stream = events::stream(&surface.inner, &found, headers, ending);
                (stream, Class::Stream)
            }
            _ => (method_not_allowed(), Class::Refused),
        };
    }
    if method == Method::GET && paths::is_made_on_request(&found.path, query) {
        return (
            routed(surface, peer, request, Some(found)).await,
            Class::Query,
        );
    }
    if method == Method::GET
        && let Some(chosen) = paths::chosen_component(&found.path, query)
    {
        let address = found.address(chosen.as_str());
        return (moved(StatusCode::SEE_OTHER, &address), Class::Query);
    }
    let Some(asset) = asset_at(surface, &found.set, &found.path, found.locale).await else {
        // Without the state nothing can be made, and the folder holds what an earlier run made.
        if method == Method::GET
            && found.set.state.is_some()
            && paths::may_be_made_late(&found.path)
        {
            return (
                routed(surface, peer, request, Some(found)).await,
                Class::Query,
            );
        }
        return (elsewhere(surface, &found, query).await, Class::Refused);
    };
    let class = class_of(&asset);
    match method {
        Method::OPTIONS => (options(asset.content_type.is_shared()), class),
        Method::GET => {
            let wanted = Wanted::of(request.headers(), &asset);
            (published(&asset, &found, wanted, &surface.inner.now), class)
        }
        _ => (method_not_allowed(), Class::Refused),
    }
}

/// What kind of address holds it.
pub(crate) fn class_of(asset: &Asset) -> Class {
    if asset.content_type.is_shared() {
        Class::Document
    } else {
        Class::Page
    }
}

/// HEAD is GET without the body, which is cut off at the end.
fn method_of(request: &Request<Incoming>) -> Method {
    if request.method() == Method::HEAD {
        Method::GET
    } else {
        request.method().clone()
    }
}

/// Whether a path takes a body, whatever page and language it is of.
fn takes_body(path: &str) -> bool {
    desk::stands_at(path) || path.ends_with("/subscribe") || path.contains("/subscriptions/")
}

/// What is refused before anybody looks at it.
fn refuse(surface: &Surface, request: &Request<Incoming>) -> Option<Response<Body>> {
    let limits = &surface.inner.limits;
    let uri = request
        .uri()
        .path_and_query()
        .map_or("", |text| text.as_str());
    if uri.len() > limits.uri_bytes {
        return Some(plain(StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    // Bodies without a length are refused by their method, or counted while they are read.
    let length = request.body().size_hint().lower();
    let path = request.uri().path();
    let most = if desk::stands_at(path) {
        limits.desk_body_bytes
    } else if takes_body(path) {
        subscribe::FORM_BYTES_MAX as u64
    } else {
        limits.body_bytes
    };
    (length > most).then(|| plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"))
}

/// What stands at a path of a page: in memory, else in its folder.
async fn asset_at(
    surface: &Surface,
    set: &Arc<PageSet>,
    path: &str,
    locale: Locale,
) -> Option<Arc<Asset>> {
    let path = PagePath::parse(paths::alias(path))?;
    if let Some(asset) = set.live(&path, locale) {
        return Some(Arc::clone(asset));
    }
    let published = &surface.inner.published;
    if let Some(asset) = published.remembered(&set.site, &path, locale) {
        return Some(asset);
    }
    let _permit = surface.inner.file_reads.acquire().await.ok()?;
    let (published, set) = (Arc::clone(published), Arc::clone(set));
    let read = move || published.archived(&set.site, &path, locale);
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(asset)) => asset,
        Ok(Err(error)) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "published file not read"
            );
            None
        }
        Err(_) => None,
    }
}

/// What a reader wants of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) codings: Codings,
    /// He has it already.
    pub(crate) is_known: bool,
}

impl Wanted {
    fn of(headers: &HeaderMap, asset: &Asset) -> Self {
        Self {
            codings: Codings::of(headers),
            is_known: is_known(headers, &asset.tag),
        }
    }
}

/// The published bytes, or 304 where the reader has them.
pub(crate) fn published(asset: &Asset, found: &Found, wanted: Wanted, now: &Now) -> Response<Body> {
    if let Some(target) = &asset.redirect {
        return moved(StatusCode::FOUND, &found.address(target));
    }
    let is_missing = found.path == path::not_found().as_str();
    let mut response = of_asset(asset, wanted.codings);
    if is_missing {
        *response.status_mut() = StatusCode::NOT_FOUND;
    } else if wanted.is_known {
        response = response.map(|_| Either::Left(Full::default()));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(CONTENT_ENCODING);
    }
    frame(&mut response, asset.content_type, Some(&found.set));
    if found.path == path::EMBED_FRAME {
        set(&mut response, CONTENT_SECURITY_POLICY, &embed_policy());
    }
    let varies = asset.content_type.is_shared() && !path::is_localized(&found.path);
    let vary = if found.is_negotiated && !varies {
        "accept-encoding, accept-language"
    } else {
        "accept-encoding"
    };
    put(&mut response, VARY, vary);
    if path::is_immutable(&found.path) {
        response
            .headers_mut()
            .insert(CACHE_CONTROL, IMMUTABLE.clone());
    }
    if found.path == path::beat().as_str() {
        // Whoever asks how old the page is compares with the clock that wrote it.
        set(&mut response, DATE, &date_text(now()));
    }
    response
}

/// A moment as `Date` says it.
pub(crate) fn date_text(now: Instant) -> String {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now.timestamp());
    date.unwrap_or_default()
}

/// An asset in the best coding, with its tag.
fn of_asset(asset: &Asset, codings: Codings) -> Response<Body> {
    let (coding, bytes) = asset.body(codings.gzip, codings.brotli);
    let mut response = Response::new(Either::Left(Full::new(bytes.clone())));
    // Once, for all that an answer carries.
    response.headers_mut().reserve(HEADERS);
    if let Some(coding) = coding.header() {
        put(&mut response, CONTENT_ENCODING, coding);
    }
    if let Ok(tag) = HeaderValue::try_from(entity_tag(&asset.tag, coding)) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Headers that every answer of a page carries.
pub(crate) fn frame(
    response: &mut Response<Body>,
    content_type: ContentType,
    page: Option<&PageSet>,
) {
    put(response, CONTENT_TYPE, content_type.as_str());
    put(response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(response, REFERRER_POLICY, "strict-origin-when-cross-origin");
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, FRESH.clone());
    if content_type.is_shared() {
        share(response);
        return;
    }
    let policy = match page {
        // Worked out once for each set, not for each reader.
        Some(set) => set.policy.get_or_init(|| security_policy(page)).clone(),
        None => security_policy(None),
    };
    if let Ok(policy) = HeaderValue::from_maybe_shared(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Lets scripts of other sites read it.
fn share(response: &mut Response<Body>) {
    put(response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    put(response, ACCESS_CONTROL_EXPOSE_HEADERS, "etag");
    put(
        response,
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    );
}

/// Nothing from elsewhere, no style and no script but the page's own.
fn security_policy(page: Option<&PageSet>) -> Bytes {
    let allowed = page.map_or_else(render::styles, |set| set.site.styles.clone());
    let mut styles = String::new();
    for style in allowed {
        styles.push_str(" 'sha256-");
        styles.push_str(&style);
        styles.push('\'');
    }
    let scripts = page.map_or_else(String::new, |_| {
        let hash = render::script_in_head();
        format!("script-src 'self' 'sha256-{hash}'; connect-src 'self'; ")
    });
    Bytes::from(format!(
        "default-src 'none'; style-src{styles}; {scripts}img-src 'self' data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    ))
}

/// The one page that other sites may show within theirs; its script asks this page alone.
fn embed_policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors *",
        render::embed_style()
    )
}

/// From where a page was found before to where it is found now.
fn led_on(request: &Request<Incoming>, address: &str) -> Response<Body> {
    if method_of(request) != Method::GET {
        return method_not_allowed();
    }
    let query = request.uri().query();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    moved(StatusCode::MOVED_PERMANENTLY, &format!("{address}{query}"))
}

/// Where nothing is published: an address that moved, else 404.
async fn elsewhere(surface: &Surface, found: &Found, query: &str) -> Response<Body> {
    // `/ja` is the Japanese front page without its slash: it is found, and needs no leading on.
    if let Some(target) = paths::moved(&found.path)
        && asset_at(surface, &found.set, target, found.locale)
            .await
            .is_some()
    {
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("?{query}")
        };
        let address = format!("{}{query}", found.address(target));
        return moved(StatusCode::MOVED_PERMANENTLY, &address);
    }
    nothing_here(surface, &found.set, &found.path, found.locale).await
}

/// 404 in the page's own words; JSON for programs.
async fn nothing_here(
    surface: &Surface,
    set: &Arc<PageSet>,
    path: &str,
    locale: Locale,
) -> Response<Body> {
    if paths::is_for_programs(path) {
        return json_error(
            StatusCode::NOT_FOUND,
            "not_found",
            "nothing is published here",
        );
    }
    let missing = path::not_found();
    let Some(asset) = asset_at(surface, set, missing.as_str(), locale).await else {
        return plain(StatusCode::NOT_FOUND, "nothing is published here");
    };
    let body = Either::Left(Full::new(asset.identity.clone()));
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::NOT_FOUND;
    frame(&mut response, ContentType::Html, Some(set));
    response
}

/// 404 for a name that belongs to no page.
fn unknown_host(host: &str, headers: &HeaderMap, now: Instant) -> Response<Body> {
    let locale = headers
        .get(http::header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| noroshi_text::negotiate::best(value, &Locale::ALL))
        .unwrap_or_default();
    let body = render::unknown_host(host, (locale, now));
    let mut response = Response::new(Either::Left(Full::from(body)));
    *response.status_mut() = StatusCode::NOT_FOUND;
    frame(&mut response, ContentType::Html, None);
    set(&mut response, VARY, "accept-language");
    response
}

/// What stands behind the published set.
async fn routed(
    surface: &Surface,
    peer: &Peer,
    request: Request<Incoming>,
    found: Option<Found>,
) -> Response<Body> {
    let (mut parts, _) = request.into_parts();
    // No address behind the router takes a body; the method's own word stays with who asks.
    parts.method = Method::GET;
    parts.extensions.insert(peer.address);
    if let Some(found) = found {
        // The router sees the path within the page; the query stays.
        let query = parts
            .uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        parts.uri = format!("{}{query}", found.path).parse().unwrap_or_default();
        parts.extensions.insert(found);
    }
    let request = Request::from_parts(parts, axum::body::Body::empty());
    match surface.router.clone().oneshot(request).await {
        Ok(response) => response.map(Either::Right),
        Err(never) => match never {},
    }
}

/// 204 with what may be asked.
fn options(is_shared: bool) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    set(&mut response, ALLOW, METHODS);
    if is_shared {
        set(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(&mut response, ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        set(&mut response, ACCESS_CONTROL_ALLOW_HEADERS, "*");
        set(
            &mut response,
            ACCESS_CONTROL_MAX_AGE,
            &PREFLIGHT_S.to_string(),
        );
    }
    response
}

fn method_not_allowed() -> Response<Body> {
    let mut response = plain(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address can only be read",
    );
    set(&mut response, ALLOW, METHODS);
    response
}

/// 503: what was asked can not be made now.
pub(crate) fn busy() -> Response<Body> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "busy, try again");
    set(&mut response, RETRY_AFTER, &RETRY_S.to_string());
    response
}

fn moved(status: StatusCode, address: &str) -> Response<Body> {
    let mut response = plain(status, "moved");
    set(&mut response, LOCATION, address);
    response
}

fn json_error(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::from(error_body(code, message))));
    *response.status_mut() = status;
    frame(&mut response, ContentType::Json, None);
    response
}

pub(crate) fn error_body(code: &str, message: &str) -> Vec<u8> {
    let body = serde_json::json!({ "error": { "code": code, "message": message } });
    body.to_string().into_bytes()
}

pub(crate) fn plain(status: StatusCode, message: &'static str) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::from(message)));
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, ContentType::Text.as_str());
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, CACHE_CONTROL, "no-store");
    response
}

/// Leaves a body away and says how long it would be.
fn keep_length_only(response: &mut Response<Body>) {
    if let Some(length) = response.body().size_hint().exact()
        && response.status() != StatusCode::NOT_MODIFIED
        && response.status() != StatusCode::NO_CONTENT
    {
        set(response, CONTENT_LENGTH, &length.to_string());
    }
    *response.body_mut() = Either::Left(Full::default());
}

/// Sets a header to a text that stands in the program: nothing is copied.
pub(crate) fn put(response: &mut Response<Body>, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

/// Sets a header to a text of ours; one that is no header value is left out.
pub(crate) fn set(response: &mut Response<Body>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
