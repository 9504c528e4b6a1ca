//! What stands around every screen: the list of screens, the pages to choose from, who is signed
//! in, language and theme.

use noroshi_domain::{Locale, PageId};
use noroshi_ops::Permission;
use noroshi_text::{labels, msg};

use crate::accounts;
use crate::authority;
use crate::console::visit::{Desk, Visit};
use crate::console::{assets, now};

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it leads.
    pub(crate) href: String,
    /// What it says.
    pub(crate) label: String,
    /// It leads to the screen that shows it, or to one above it.
    pub(crate) current: bool,
    /// How much waits there; 0 is not shown.
    pub(crate) count: usize,
}

/// The page that a screen is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageHead {
    /// Its name.
    pub(crate) name: String,
    /// Where readers find it.
    pub(crate) public_href: String,
    /// The other pages the caller may see; empty: there is nothing to switch.
    pub(crate) others: Vec<Link>,
}

/// What stands around a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shell {
    /// Its language.
    pub(crate) l: Locale,
    /// Title of the window and of the screen.
    pub(crate) title: String,
    /// Who is signed in; empty: nobody.
    pub(crate) user: String,
    /// The page it is of.
    pub(crate) page: Option<PageHead>,
    /// The list of screens.
    pub(crate) sections: Vec<Link>,
    /// The other languages: tag and name.
    pub(crate) languages: Vec<(String, String)>,
    /// Where the switch of language leads back.
    pub(crate) here: String,
    /// What was just done.
    pub(crate) flash: Option<String>,
    /// Address of the style sheet.
    pub(crate) style: String,
    /// Address of the script.
    pub(crate) script: String,
    /// Address of the script that sets the theme.
    pub(crate) theme: String,
}

/// A shell for nobody in particular: errors.
pub(crate) fn bare(locale: Locale, title: &str) -> Shell {
    Shell {
        l: locale,
        title: title.to_owned(),
        user: String::new(),
        page: None,
        sections: Vec::new(),
        languages: Vec::new(),
        here: "/console".to_owned(),
        flash: None,
        style: assets::style_path(),
        script: assets::script_path(),
        theme: assets::theme_path(),
    }
}

/// The shell of a screen that belongs to no page.
pub(crate) fn of_visit(visit: &Visit, title: &str) -> Shell {
    let languages = Locale::ALL
        .into_iter()
        .filter(|locale| *locale != visit.locale)
        .map(|locale| (locale.as_str().to_owned(), labels::language(locale)));
    Shell {
        user: visit.caller.name.clone(),
        languages: languages.collect(),
        here: visit.path.clone(),
        sections: of_installation(visit),
        ..bare(visit.locale, title)
    }
}

/// The shell of a screen of a page.
pub(crate) fn of_page(desk: &Desk, title: &str) -> Shell {
    let page = &desk.state.page;
    let host = page.hosts.first();
    let public_href = page
        .path
        .clone()
        .or_else(|| page.url.clone())
        .or_else(|| host.map(|host| format!("//{host}")));
    Shell {
        page: Some(PageHead {
            name: desk.pick(&page.name).to_owned(),
            public_href: public_href.unwrap_or_else(|| "/".to_owned()),
            others: desk
                .others
                .iter()
                .map(|(page, name)| page_link(page, name))
                .collect(),
        }),
        sections: sections(desk)
            .into_iter()
            .chain(of_installation(&desk.visit))
            .collect(),
        ..of_visit(&desk.visit, title)
    }
}

/// The screens of a page that the caller may open, in the order in which they are needed. A screen
/// is listed when it exists, not before.
fn sections(desk: &Desk) -> Vec<Link> {
    let screens = [
        ("", msg::console_now(desk.locale()), Permission::View),
        (
            "/incidents",
            msg::console_incidents(desk.locale()),
            Permission::View,
        ),
        (
            "/maintenance",
            msg::console_maintenance(desk.locale()),
            Permission::View,
        ),
        (
            "/announcements",
            msg::console_announcements(desk.locale()),
            Permission::View,
        ),
        (
            "/components",
            msg::console_components(desk.locale()),
            Permission::View,
        ),
        (
            "/templates",
            msg::console_templates(desk.locale()),
            Permission::View,
        ),
        (
            "/subscribers",
            msg::subscribers(desk.locale()),
            Permission::ManageSubscribers,
        ),
        (
            "/channels",
            msg::channels(desk.locale()),
            Permission::EditPage,
        ),
        (
            "/settings",
            msg::console_settings(desk.locale()),
            Permission::EditPage,
        ),
    ];
    screens
        .into_iter()
        .filter(|(_, _, permission)| desk.may(*permission))
        .map(|(path, label, _)| {
            let href = desk.address(path);
            let own = &desk.visit.path;
            let current = if path.is_empty() {
                *own == href
            } else {
                own.starts_with(&href)
            };
            let count = if path.is_empty() {
                now::waiting(desk)
            } else {
                0
            };
            Link {
                href,
                label,
                current,
                count,
            }
        })
        .collect()
}

/// The screens of the installation that the caller may open: people, keys, and what they did.
fn of_installation(visit: &Visit) -> Vec<Link> {
    let l = visit.locale;
    let screens = [
        (accounts::TEAM, msg::team(l)),
        (accounts::TOKENS, msg::tokens(l)),
        (accounts::AUDIT, msg::audit(l)),
        (accounts::SIGNING_IN, msg::signing_in(l)),
    ];
    screens
        .into_iter()
        .filter(|(href, _)| authority::opens(&visit.caller, href))
        .map(|(href, label)| Link {
            href: href.to_owned(),
            label,
            current: visit.path.starts_with(href),
            count: 0,
        })
        .collect()
}

/// A link to another page's screen of what is now.
pub(crate) fn page_link(page: &PageId, name: &str) -> Link {
    Link {
        href: format!("/console/pages/{page}"),
        label: name.to_owned(),
        current: false,
        count: 0,
    }
}
