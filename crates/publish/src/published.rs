//! What readers are answered from: the live set in memory, behind it the folder.
//!
//! The map is immutable and swapped whole: a reader takes no lock and waits for nobody. Files that
//! are not in the live set come from the folder through a bounded memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use noroshi_domain::{Instant, Locale, Page, PageId, State};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::asset::{Asset, same_but_for_time};
use crate::cache::Cache;
use crate::error::PublishError;
use crate::folder::Folder;
use crate::path::PagePath;

/// The file that says whose folder it is. Hidden: no reader's path names it.
const SITE_FILE: &str = ".site.json";

/// What a server must know of a page to find it and to frame its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Which page.
    pub page_id: PageId,
    /// When it was made: the first one answers for hosts that nobody named.
    #[serde(default)]
    pub created_at: Instant,
    /// Host names that answer with it, lower case.
    pub hosts: Vec<String>,
    /// Path prefix under which any host answers with it.
    pub path: Option<String>,
    /// Locale of readers who ask for none.
    pub default_locale: Locale,
    /// Locales it is published in.
    pub locales: Vec<Locale>,
    /// The journal entry it was made from last.
    pub seq: i64,
    /// SHA-256 of the style sheets in its files, base64: what the security policy allows. More than
    /// one while files of an older version are still there.
    pub styles: Vec<String>,
}

impl Site {
    /// A page as it is now.
    pub fn of(page: &Page, seq: i64, styles: Vec<String>) -> Self {
        Self {
            page_id: page.id.clone(),
            created_at: page.created_at,
            hosts: page.hosts.iter().map(|host| host.to_lowercase()).collect(),
            path: page.path.clone(),
            default_locale: page.default_locale,
            locales: page.locales.clone(),
            seq,
            styles,
        }
    }

    /// Cuts the page's prefix off a path; `None` where it does not begin with it.
    pub fn split_prefix<'a>(&self, path: &'a str) -> Option<(&'a str, &'a str)> {
        let prefix = self.path.as_deref()?.trim_end_matches('/');
        let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
        match rest {
            "" => Some((path, "/")),
            _ if rest.starts_with('/') => Some((&path[..prefix.len()], rest)),
            _ => None,
        }
    }
}

/// What stands at a path: once, or once for each locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The same for every reader.
    Single(Arc<Asset>),
    /// One for each locale.
    Localized(Vec<(Locale, Arc<Asset>)>),
}

impl Entry {
    /// What a reader with this locale gets.
    pub fn in_locale(&self, wanted: Locale) -> Option<&Arc<Asset>> {
        match self {
            Self::Single(asset) => Some(asset),
            Self::Localized(assets) => assets
                .iter()
                .find(|(locale, _)| *locale == wanted)
                .map(|(_, asset)| asset),
        }
    }
}

/// A page's live set.
#[derive(Debug, Clone)]
pub struct PageSet {
    /// Whose.
    pub site: Site,
    /// The state it was made from; none while only the folder of an earlier run is known.
    pub state: Option<Arc<State>>,
    /// When it was made; none as above.
    pub made_at: Option<Instant>,
    /// What stands where.
    pub entries: HashMap<PagePath, Entry>,
}

impl PageSet {
    /// What is in memory at a path. No lock, no file.
    pub fn live(&self, path: &PagePath, locale: Locale) -> Option<&Arc<Asset>> {
        self.entries.get(path)?.in_locale(locale)
    }
}

/// All pages at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// By identifier.
    pub pages: BTreeMap<PageId, Arc<PageSet>>,
    hosts: HashMap<String, PageId>,
}

impl Snapshot {
    /// The page that a host name belongs to; the name lower case, without a port.
    pub fn by_host(&self, host: &str) -> Option<&Arc<PageSet>> {
        self.pages.get(self.hosts.get(host)?)
    }

    /// The page whose prefix a path begins with, the prefix, and the rest of the path.
    pub fn by_path<'a>(&self, path: &'a str) -> Option<(&Arc<PageSet>, &'a str, &'a str)> {
        self.pages
            .values()
            .filter_map(|page| {
                let (prefix, rest) = page.site.split_prefix(path)?;
                Some((page, prefix, rest))
            })
            .max_by_key(|(_, prefix, _)| prefix.len())
    }

    /// The page that was made first: it answers for hosts that nobody named.
    pub fn first(&self) -> Option<&Arc<PageSet>> {
        self.pages.values().min_by_key(|page| page.site.created_at)
    }

    fn with(&self, set: Arc<PageSet>) -> Self {
        let mut pages = self.pages.clone();
        pages.insert(set.site.page_id.clone(), set);
        Self::of(pages)
    }

    fn without(&self, page: &PageId) -> Self {
        let mut pages = self.pages.clone();
        pages.remove(page);
        Self::of(pages)
    }

    fn of(pages: BTreeMap<PageId, Arc<PageSet>>) -> Self {
        let mut hosts = HashMap::new();
        for set in pages.values() {
            for host in &set.site.hosts {
                // The page that was there first keeps a host that two claim.
                hosts
                    .entry(host.clone())
                    .or_insert_with(|| set.site.page_id.clone());
            }
        }
        Self { pages, hosts }
    }
}

/// A document that was rendered and is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it stands.
    pub path: PagePath,
    /// For whom; none where it is the same for all.
    pub locale: Option<Locale>,
    /// What it says.
    pub body: Vec<u8>,
}

/// What a page's documents are published under.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The page.
    pub site: Site,
    /// The state they were made from.
    pub state: Option<Arc<State>>,
    /// When they were made.
    pub made_at: Option<Instant>,
    /// The whole live set, where this edition completes it: other paths leave memory.
    pub live: Option<HashSet<PagePath>>,
}

impl Edition {
    /// Drops what is no longer in the live set; answers whose files must go too. Incidents and
    /// months leave the live set by growing old: their files stay.
    fn drop_all_but(&self, entries: &mut HashMap<PagePath, Entry>) -> Vec<PagePath> {
        let Some(live) = &self.live else {
            return Vec::new();
        };
        let mut dropped = Vec::new();
        entries.retain(|path, _| {
            let stays = live.contains(path);
            if !stays && !path.is_archive() {
                dropped.push(path.clone());
            }
            stays
        });
        dropped
    }
}

fn put_entry(entries: &mut HashMap<PagePath, Entry>, made: &Made, asset: Arc<Asset>) {
    let Some(locale) = made.locale else {
        entries.insert(made.path.clone(), Entry::Single(asset));
        return;
    };
    let entry = entries
        .entry(made.path.clone())
        .or_insert_with(|| Entry::Localized(Vec::new()));
    match entry {
        Entry::Localized(assets) => {
            assets.retain(|(there, _)| *there != locale);
            assets.push((locale, asset));
        }
        Entry::Single(_) => *entry = Entry::Localized(vec![(locale, asset)]),
    }
}

/// Everything that is published.
#[derive(Debug)]
pub struct Published {
    snapshot: ArcSwap<Snapshot>,
    /// Raised after each swap; carries nothing.
    changes: watch::Sender<u64>,
    cache: Cache,
    folder: Folder,
}

impl Published {
    /// Opens a folder; what an earlier run left in it is served at once.
    pub fn open(root: &Path) -> Result<Self, PublishError> {
        let folder = Folder::open(root)?;
        let mut pages = BTreeMap::new();
        for page in folder.pages()? {
            let Some(bytes) = folder.read(&page, SITE_FILE)? else {
                continue;
            };
            // A file that a crash cut short is made again from the record.
            let Ok(site) = serde_json::from_slice::<Site>(&bytes) else {
                continue;
            };
            if site.page_id != page {
                continue;
            }
            let set = PageSet {
                site,
                state: None,
                made_at: None,
                entries: HashMap::new(),
            };
            pages.insert(page, Arc::new(set));
        }
        Ok(Self {
            snapshot: ArcSwap::from_pointee(Snapshot::of(pages)),
            changes: watch::Sender::new(0),
            cache: Cache::default(),
            folder,
        })
    }

    /// All pages as they are now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Signals that readers see another snapshot: look at it, several swaps may be one signal.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What stands at a path that is not in the live set, where it was read before.
    pub fn remembered(&self, page: &Site, path: &PagePath, locale: Locale) -> Option<Arc<Asset>> {
        self.cache.get(&cache_name(page, path, locale))
    }

    /// What stands at a path that is not in the live set, from its file. Blocks on the disk.
    pub fn archived(
        &self,
        page: &Site,
        path: &PagePath,
        locale: Locale,
    ) -> Result<Option<Arc<Asset>>, PublishError> {
        let ticket = self.cache.ticket();
        let place = path.is_localized().then_some(locale);
        let Some(body) = self.folder.read(&page.page_id, &path.file(place))? else {
            return Ok(None);
        };
        let asset = Arc::new(Asset::new(path, body));
        self.cache
            .put(ticket, &cache_name(page, path, locale), &asset);
        Ok(Some(asset))
    }

    /// The folder behind it.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Publishes documents of a page: in memory first, so that readers wait for no disk, then in
    /// the folder. What does not differ keeps its bytes and its tag. Answers how many differed.
    ///
    /// Only one thread may call this at a time: the publisher's.
    pub fn publish(&self, edition: Edition, made: Vec<Made>) -> Result<usize, PublishError> {
        let before = self.snapshot().pages.get(&edition.site.page_id).cloned();
        // The default locale's files lie at the top of the folder too: all of them move with it.
        let moves = before.as_ref().is_some_and(|set| {
            set.state.is_some() && set.site.default_locale != edition.site.default_locale
        });
        let mut entries = before.map_or_else(HashMap::new, |set| set.entries.clone());
        let mut fresh = Vec::new();
        for document in made {
            let (asset, differs) = self.asset_of(&edition.site, &entries, &document)?;
            if differs || moves {
                fresh.push((document.path.clone(), document.locale, Arc::clone(&asset)));
            }
            put_entry(&mut entries, &document, asset);
        }
        let dropped = edition.drop_all_but(&mut entries);
        let site = edition.site.clone();
        self.swap(Arc::new(PageSet {
            site: edition.site,
            state: edition.state,
            made_at: edition.made_at,
            entries,
        }));
        for (path, locale, asset) in &fresh {
            self.put_file(&site, path, *locale, &asset.identity)?;
        }
        for path in dropped {
            self.remove_file(&site, &path)?;
        }
        self.write_site(&site)?;
        Ok(fresh.len())
    }

    /// The ready bytes of a document, and whether readers have seen others until now.
    fn asset_of(
        &self,
        site: &Site,
        entries: &HashMap<PagePath, Entry>,
        made: &Made,
    ) -> Result<(Arc<Asset>, bool), PublishError> {
        let locale = made.locale.unwrap_or(site.default_locale);
        if let Some(there) = entries
            .get(&made.path)
            .and_then(|entry| entry.in_locale(locale))
        {
            if same_but_for_time(&there.identity, &made.body) {
                return Ok((Arc::clone(there), false));
            }
        } else if let Some(file) = self
            .folder
            .read(&site.page_id, &made.path.file(made.locale))?
            && same_but_for_time(&file, &made.body)
        {
            // After a start: what the folder says is still true, and browsers know its tag.
            return Ok((Arc::new(Asset::new(&made.path, file)), false));
        }
        Ok((Arc::new(Asset::new(&made.path, made.body.clone())), true))
    }

    fn swap(&self, set: Arc<PageSet>) {
        // One writer: load and store need not be one step.
        let next = self.snapshot.load().with(set);
        self.store(next);
    }

    fn store(&self, next: Snapshot) {
        self.snapshot.store(Arc::new(next));
        self.changes.send_modify(|count| *count += 1);
    }

    /// Writes down whose folder it is.
    pub(crate) fn write_site(&self, site: &Site) -> Result<(), PublishError> {
        let body = serde_json::to_vec(site).expect("a site is strings and numbers");
        self.folder.put(&site.page_id, SITE_FILE, &body).map(drop)
    }

    /// Puts an archived file in each place it has; answers whether anything differed.
    pub(crate) fn put_file(
        &self,
        site: &Site,
        path: &PagePath,
        locale: Option<Locale>,
        body: &[u8],
    ) -> Result<(), PublishError> {
        for place in places(site, locale) {
            if self.folder.put(&site.page_id, &path.file(place), body)? {
                let read_as = locale.unwrap_or(site.default_locale);
                self.cache.forget(&cache_name(site, path, read_as));
            }
        }
        Ok(())
    }

    /// Takes a path away, in all locales.
    pub(crate) fn remove_file(&self, site: &Site, path: &PagePath) -> Result<(), PublishError> {
        for place in std::iter::once(None).chain(Locale::ALL.into_iter().map(Some)) {
            self.folder.remove(&site.page_id, &path.file(place))?;
        }
        for locale in Locale::ALL {
            self.cache.forget(&cache_name(site, path, locale));
        }
        Ok(())
    }

    /// Takes a page away: from readers first, then from the disk.
    pub(crate) fn remove_page(&self, page: &PageId) -> Result<(), PublishError> {
        let next = self.snapshot.load().without(page);
        self.store(next);
        self.folder.remove_page(page)
    }
}

/// Where a file lies: what has a locale lies under it, and at the top too in the page's own.
fn places(site: &Site, locale: Option<Locale>) -> Vec<Option<Locale>> {
    match locale {
        None => vec![None],
        Some(locale) if locale == site.default_locale => vec![None, Some(locale)],
        Some(locale) => vec![Some(locale)],
    }
}

fn cache_name(site: &Site, path: &PagePath, locale: Locale) -> String {
    let locale = if path.is_localized() {
        locale.as_str()
    } else {
        ""
    };
    format!("{}/{locale}{path}", site.page_id)
}
