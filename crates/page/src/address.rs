//! Where things of a page stand: paths within it and whole addresses, in one place.

use noroshi_domain::{ComponentId, Incident, IncidentId, Locale, Page};

/// The addresses of a page in one locale.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// What every path begins with: the page's own path and the locale.
    prefix: String,
    /// The page's own path.
    base: String,
    /// Host and scheme, with the page's own path.
    site: String,
    /// The locale's part of the prefix.
    locale: String,
}

impl Addresses {
    /// Addresses that keep a reader in his locale: a page of several has it in every path.
    pub fn of(page: &Page, locale: Locale) -> Self {
        let several = page.locales.len() > 1;
        Self::with(page, several.then_some(locale))
    }

    /// Addresses for programs: the default locale has none in its paths, so that they are those
    /// that clients know.
    pub fn stable(page: &Page, locale: Locale) -> Self {
        Self::with(page, (locale != page.default_locale).then_some(locale))
    }

    fn with(page: &Page, locale: Option<Locale>) -> Self {
        let base = page.path.clone().unwrap_or_default();
        let locale = locale.map_or_else(String::new, |locale| format!("/{}", locale.as_str()));
        Self {
            prefix: format!("{base}{locale}"),
            site: page_url(page),
            base,
            locale,
        }
    }

    /// A path within the page, for links: `/history`.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The front page.
    pub fn home(&self) -> String {
        self.path("/")
    }

    /// A path that has no locale: `/api/v2/status.json`.
    pub fn plain_path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The page of an incident.
    pub fn incident(&self, id: &IncidentId) -> String {
        self.path(&format!("/incidents/{id}"))
    }

    /// The calendar of a component.
    pub fn calendar(&self, id: &ComponentId) -> String {
        self.path(&format!("/uptime/{id}"))
    }

    /// A whole address.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{}{path}", self.site, self.locale)
    }

    /// A whole address without a locale.
    pub fn whole_plain(&self, path: &str) -> String {
        format!("{}{path}", self.site)
    }
}

/// The page's own address, as documents name it, without a trailing slash.
pub fn page_url(page: &Page) -> String {
    if let Some(url) = &page.url {
        return url.trim_end_matches('/').to_owned();
    }
    let path = page.path.as_deref().unwrap_or_default();
    match page.hosts.first() {
        Some(host) => format!("https://{host}{path}"),
        // A page nobody has named a host for is only reached on its own machine.
        None => format!("http://localhost{path}"),
    }
}

/// The name in the page's address, for tags of feeds.
pub fn page_host(page: &Page) -> String {
    let url = page_url(page);
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.split(':').next().unwrap_or_default().to_owned()
}

/// The short link of an incident.
pub fn shortlink(page: &Page, incident: &Incident) -> String {
    incident
        .shortlink
        .clone()
        .unwrap_or_else(|| format!("{}/i/{}", page_url(page), incident.shortcode))
}
