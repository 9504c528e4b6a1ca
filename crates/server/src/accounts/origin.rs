//! Whether a request comes from our own screens: another site can make a browser send a form with
//! its cookies, and can not make it lie about where the form stood.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Uri};

use crate::conditions::header_text;

/// Whether a form was sent from a screen of this very host.
pub(crate) fn is_ours(uri: &Uri, headers: &HeaderMap) -> bool {
    // Browsers of today say it, and nothing on the way changes it.
    let site = header_text(headers, &HeaderName::from_static("sec-fetch-site"));
    if let Some(site) = site {
        return site == "same-origin";
    }
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let Some(host) = authority.or_else(|| header_text(headers, &HOST)) else {
        return false;
    };
    header_text(headers, &ORIGIN).is_some_and(|origin| {
        let parts = origin.split_once("://");
        parts.is_some_and(|(scheme, from)| {
            let port = if scheme == "https" { ":443" } else { ":80" };
            let plain = |name: &str| name.strip_suffix(port).unwrap_or(name).to_ascii_lowercase();
            matches!(scheme, "http" | "https") && plain(from) == plain(host)
        })
    })
}

/// The address of the console as the browser that sent a form has it: `https://status.example`;
/// none where it does not say. The guard has asked whether the form is ours.
pub(crate) fn of_form(headers: &HeaderMap) -> Option<String> {
    let origin = header_text(headers, &ORIGIN)?;
    let is_one = origin.starts_with("https://") || origin.starts_with("http://");
    is_one.then(|| origin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        is_ours(&Uri::from_static("/console"), &headers)
    }

    #[test]
    fn a_form_counts_from_the_same_origin_only() {
        let host = ("host", "status.example");
        assert!(ours(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(ours(&[host, ("origin", "https://status.example")]));
        assert!(ours(&[host, ("origin", "https://Status.example:443")]));
        for other in ["cross-site", "same-site", "none", ""] {
            let site = ("sec-fetch-site", other);
            assert!(
                !ours(&[host, site, ("origin", "https://status.example")]),
                "{other}"
            );
        }
        for other in [
            "null",
            "https://evil.example",
            "https://status.example.evil.example",
            "https://status.example:8443",
            "http://status.example:443",
            "ftp://status.example",
            "",
        ] {
            assert!(!ours(&[host, ("origin", other)]), "{other}");
        }
        assert!(!ours(&[host]), "a browser always says where a form stood");
    }
}
