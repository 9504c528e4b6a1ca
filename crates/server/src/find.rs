//! Which page a request is for, which path within it, and in which locale.

use std::sync::Arc;

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use noroshi_domain::Locale;
use noroshi_publish::path::split_locale;
use noroshi_publish::{PageSet, Snapshot};

use crate::conditions::{header_text, preferred};
use crate::paths::{chosen_file, query_value};

/// A page, and what of it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) set: Arc<PageSet>,
    /// The prefix under which the page was found; empty under its own host.
    pub(crate) prefix: String,
    /// The path within the page, without prefix and locale.
    pub(crate) path: String,
    /// The locale that the path names.
    pub(crate) path_locale: Option<Locale>,
    /// The locale of the answer.
    pub(crate) locale: Locale,
    /// The locale depends on what the browser would like.
    pub(crate) is_negotiated: bool,
}

/// Finds the page: by host, else by path prefix, else the first that was made.
///
/// Answers the page, the prefix it was found under, and the rest of the path.
pub(crate) fn page_of<'a>(
    snapshot: &'a Snapshot,
    host: &str,
    path: &'a str,
) -> Option<(&'a Arc<PageSet>, &'a str, &'a str)> {
    if let Some(set) = snapshot.by_host(host) {
        // A page with a prefix has it in its links, under its own host too.
        let (prefix, rest) = set.site.split_prefix(path).unwrap_or(("", path));
        return Some((set, prefix, rest));
    }
    let by_path = || Some((snapshot.first()?, "", path));
    snapshot.by_path(path).or_else(by_path)
}

impl Found {
    /// Reads path and query within a page; `None` where the page has not that locale.
    pub(crate) fn new(
        (set, prefix, path): (&Arc<PageSet>, &str, &str),
        query: &str,
        headers: &HeaderMap,
    ) -> Option<Self> {
        let (path_locale, rest) = split_locale(path);
        let has = |locale: &Locale| set.site.locales.contains(locale);
        if path_locale.is_some_and(|locale| !has(&locale)) {
            return None;
        }
        let asked = query_value(query, "locale")
            .and_then(|tag| Locale::parse(&tag))
            .filter(has)
            .or(path_locale);
        let locale = asked.unwrap_or_else(|| {
            let wanted = header_text(headers, &ACCEPT_LANGUAGE);
            preferred(wanted, &set.site)
        });
        let path =
            chosen_file(rest, query).map_or_else(|| rest.to_owned(), |file| file.to_string());
        Some(Self {
            set: Arc::clone(set),
            prefix: prefix.to_owned(),
            path,
            path_locale,
            locale,
            is_negotiated: asked.is_none(),
        })
    }

    /// The address of a path of this page, as the reader's own address bar has it.
    pub(crate) fn address(&self, path: &str) -> String {
        let locale = self
            .path_locale
            .map_or_else(String::new, |locale| format!("/{}", locale.as_str()));
        format!("{}{locale}{path}", self.prefix)
    }
}
