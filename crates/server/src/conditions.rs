//! What a request's headers ask for: codings, tags, languages.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, HOST, HeaderName, IF_NONE_MATCH};
use noroshi_domain::Locale;
use noroshi_publish::{Coding, Site};

/// The codings a reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Codings {
    pub(crate) gzip: bool,
    pub(crate) brotli: bool,
}

impl Codings {
    /// Reads `Accept-Encoding`; without one a body goes as it is.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self::named(texts(headers, &ACCEPT_ENCODING))
    }

    /// Reads the values of `Accept-Encoding`.
    pub(crate) fn named<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut codings = Self::default();
        let (mut any, mut named_gzip, mut named_brotli) = (false, false, false);
        for part in values.flat_map(|value| value.split(',')) {
            let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
            let wanted = !is_nought(parameters);
            let name = name.trim();
            let is = |coding: &str| name.eq_ignore_ascii_case(coding);
            if is("gzip") || is("x-gzip") {
                (codings.gzip, named_gzip) = (wanted, true);
            } else if is("br") {
                (codings.brotli, named_brotli) = (wanted, true);
            } else if name == "*" {
                any = wanted;
            }
        }
        codings.gzip |= any && !named_gzip;
        codings.brotli |= any && !named_brotli;
        codings
    }
}

/// Whether the parameters say `q=0`.
fn is_nought(parameters: &str) -> bool {
    parameters.split(';').any(|parameter| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("q")
                && value
                    .trim()
                    .parse::<f32>()
                    .is_ok_and(|weight| weight <= 0.0)
        })
    })
}

/// The tag of a body in a coding, quoted: strong, so each coding has its own.
pub(crate) fn entity_tag(tag: &str, coding: Coding) -> String {
    match coding {
        Coding::Identity => format!("\"{tag}\""),
        Coding::Gzip => format!("\"{tag}-gz\""),
        Coding::Brotli => format!("\"{tag}-br\""),
    }
}

/// Whether `If-None-Match` names this body, in whichever coding it came.
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    is_named(texts(headers, &IF_NONE_MATCH), tag)
}

/// Whether the values of `If-None-Match` name this body.
pub(crate) fn is_named<'a>(mut values: impl Iterator<Item = &'a str>, tag: &str) -> bool {
    let names_it = |part: &str| {
        let part = part.trim();
        let quoted = part.strip_prefix("W/").unwrap_or(part);
        let inner = quoted
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        part == "*"
            || inner.is_some_and(|inner| {
                inner
                    .strip_prefix(tag)
                    .is_some_and(|coding| matches!(coding, "" | "-gz" | "-br"))
            })
    };
    values.any(|value| value.split(',').any(names_it))
}

/// A header's texts, empty where one is none.
fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap_or(""))
}

/// The locale a browser would like best by its `Accept-Language`, of those the page has.
pub(crate) fn preferred(wanted: Option<&str>, site: &Site) -> Locale {
    wanted
        .and_then(|value| noroshi_text::negotiate::best(value, &site.locales))
        .unwrap_or(site.default_locale)
}

/// The host that was asked for: lower case, without a port.
pub(crate) fn host(uri: &http::Uri, headers: &HeaderMap) -> String {
    let text = uri
        .host()
        .or_else(|| header_text(headers, &HOST))
        .unwrap_or("");
    host_name(text).into_owned()
}

/// A host as pages name theirs: lower case, without a port.
pub(crate) fn host_name(text: &str) -> Cow<'_, str> {
    let name = match text.rsplit_once(':') {
        // The last colon of an IPv6 address in brackets is within them.
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => text,
    };
    let name = name.trim_end_matches('.');
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    Cow::Borrowed(name)
}

/// A header's text, where it is one.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn codings_are_taken_by_name_and_refused_by_nought() {
        let of = |value| Codings::of(&headers(ACCEPT_ENCODING, value));
        assert_eq!(
            of("gzip, deflate, br"),
            Codings {
                gzip: true,
                brotli: true
            }
        );
        assert_eq!(
            of("gzip;q=0.5, br;q=0"),
            Codings {
                gzip: true,
                brotli: false
            }
        );
        assert_eq!(
            of("*"),
            Codings {
                gzip: true,
                brotli: true
            }
        );
        assert_eq!(
            of("*, gzip;q=0"),
            Codings {
                gzip: false,
                brotli: true
            }
        );
        assert_eq!(of("identity"), Codings::default());
        assert_eq!(Codings::of(&HeaderMap::new()), Codings::default());
    }

    #[test]
    fn a_tag_is_known_in_whichever_coding_it_came() {
        let known = |value| is_known(&headers(IF_NONE_MATCH, value), "abc");
        for value in [
            "\"abc\"",
            "W/\"abc\"",
            "\"abc-br\"",
            "\"x\", \"abc-gz\"",
            "*",
        ] {
            assert!(known(value), "{value} is not known");
        }
        for value in ["\"abcd\"", "abc", "\"ab\"", "\"abc-zz\"", ""] {
            assert!(!known(value), "{value} is known");
        }
    }

    #[test]
    fn a_host_is_compared_without_its_port_and_case() {
        let of = |value| host(&http::Uri::from_static("/"), &headers(HOST, value));
        assert_eq!(of("Status.Example:8080"), "status.example");
        assert_eq!(of("status.example."), "status.example");
        assert_eq!(of("[::1]:80"), "[::1]");
        assert_eq!(of("[::1]"), "[::1]");
    }
}
