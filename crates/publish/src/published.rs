//! What readers are answered from: the live set in memory, behind it the folder.
//!
//! The map is immutable and swapped whole: a reader takes no lock and waits for nobody. Files that
//! are not in the live set come from the folder through a bounded memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use bytes::Bytes;
use noroshi_domain::{Instant, Locale, Page, PageId, State};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::asset::{Asset, same_but_for_time};
use crate::cache::Cache;
use crate::copy::without_server_parts;
use crate::error::PublishError;
use crate::folder::Folder;
use crate::limits::CODED_AT_ONCE;
use crate::notice::Notice;
use crate::path::{self, ContentType, PagePath};
use crate::render;
use crate::threads::{Halt, on_each};

/// The file that says whose folder it is. Hidden: no reader's path names it.
const SITE_FILE: &str = ".site.json";
/// The file of notices outside the record. Hidden as well: they stand on the pages.
const NOTICE_FILE: &str = ".notices.json";

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
    /// Host names it was found under before, lower case.
    #[serde(default)]
    pub old_hosts: Vec<String>,
    /// Path prefixes it was found under before.
    #[serde(default)]
    pub old_paths: Vec<String>,
    /// Where readers are led from there: the page's own address, without a trailing slash.
    #[serde(default)]
    pub address: String,
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
            hosts: lower(&page.hosts),
            path: page.path.clone(),
            old_hosts: lower(&page.settings.old_hosts),
            old_paths: page.settings.old_paths.clone(),
            address: render::page_url(page),
            default_locale: page.default_locale,
            locales: page.locales.clone(),
            seq,
            styles,
        }
    }

    /// Where a path under an old host leads.
    fn address_now(&self, path: &str) -> String {
        let rest = self.split_prefix(path).map_or(path, |(_, rest)| rest);
        format!("{}{rest}", self.address)
    }

    /// Where a path under an old prefix leads; `None` where it begins with none.
    fn path_now(&self, path: &str) -> Option<String> {
        let (_, rest) = self
            .old_paths
            .iter()
            .find_map(|old| split_prefix(old, path))?;
        // Two slashes at the front would name another host.
        let rest = rest.trim_start_matches('/');
        Some(match &self.path {
            // Any host answers with the page under its prefix.
            Some(prefix) => format!("{prefix}/{rest}"),
            None if self.hosts.is_empty() => format!("/{rest}"),
            None => format!("{}/{rest}", self.address),
        })
    }

    /// Cuts the page's prefix off a path; `None` where it does not begin with it.
    pub fn split_prefix<'a>(&self, path: &'a str) -> Option<(&'a str, &'a str)> {
        split_prefix(self.path.as_deref()?, path)
    }
}

fn lower(hosts: &[String]) -> Vec<String> {
    hosts.iter().map(|host| host.to_lowercase()).collect()
}

fn split_prefix<'a>(prefix: &str, path: &'a str) -> Option<(&'a str, &'a str)> {
    let prefix = prefix.trim_end_matches('/');
    let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
    match rest {
        "" => Some((path, "/")),
        _ if rest.starts_with('/') => Some((&path[..prefix.len()], rest)),
        _ => None,
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
    /// What frames its pages on the wire, worked out by whoever serves the first of them.
    pub policy: OnceLock<Bytes>,
}

impl PageSet {
    /// What is in memory at a path. No lock, no file.
    pub fn live(&self, path: &PagePath, locale: Locale) -> Option<&Arc<Asset>> {
        self.live_at(path.as_str(), locale)
    }

    /// The same by a path's text, whoever wrote it.
    pub fn live_at(&self, path: &str, locale: Locale) -> Option<&Arc<Asset>> {
        self.entries.get(path)?.in_locale(locale)
    }
}

/// All pages at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// By identifier.
    pub pages: BTreeMap<PageId, Arc<PageSet>>,
    hosts: HashMap<String, PageId>,
    old_hosts: HashMap<String, PageId>,
    /// Whether any page was found under another path before.
    has_old_paths: bool,
}

impl Snapshot {
    /// Where an address leads under which a page was found before; `None` where none was.
    pub fn moved(&self, host: &str, path: &str) -> Option<String> {
        if let Some(set) = self.old_hosts.get(host).and_then(|id| self.pages.get(id)) {
            return Some(set.site.address_now(path));
        }
        if !self.has_old_paths {
            return None;
        }
        match self.by_host(host) {
            Some(set) => set.site.path_now(path),
            // What is found there now is meant.
            None if self.by_path(path).is_some() => None,
            None => self.pages.values().find_map(|set| set.site.path_now(path)),
        }
    }

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
        let (mut hosts, mut old_hosts) = (HashMap::new(), HashMap::new());
        for set in pages.values() {
            for host in &set.site.old_hosts {
                old_hosts.insert(host.clone(), set.site.page_id.clone());
            }
            for host in &set.site.hosts {
                // The page that was there first keeps a host that two claim.
                hosts
                    .entry(host.clone())
                    .or_insert_with(|| set.site.page_id.clone());
            }
        }
        // A host at which a page is found now leads nowhere else.
        old_hosts.retain(|host, _| !hosts.contains_key(host));
        let has_old_paths = pages.values().any(|set| !set.site.old_paths.is_empty());
        Self {
            pages,
            hosts,
            old_hosts,
            has_old_paths,
        }
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
    /// What is taken away though it stands in no other list: notices that are over.
    pub gone: Vec<PagePath>,
}

impl Edition {
    /// Drops what is no longer in the live set; answers whose files must go too. Incidents and
    /// months leave the live set by growing old: their files stay.
    fn drop_all_but(&self, entries: &mut HashMap<PagePath, Entry>) -> Vec<PagePath> {
        let mut dropped = self.gone.clone();
        entries.retain(|path, _| !self.gone.contains(path));
        let Some(live) = &self.live else {
            return dropped;
        };
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

/// What readers ask for first is compressed before they see it, the rest after.
fn first_coding(path: &PagePath, body: Vec<u8>) -> Asset {
    let asset = Asset::plain(path, body);
    if path.is_wanted_first() {
        asset.quick()
    } else {
        asset
    }
}

fn put_entry(
    entries: &mut HashMap<PagePath, Entry>,
    path: &PagePath,
    locale: Option<Locale>,
    asset: Arc<Asset>,
) {
    let Some(locale) = locale else {
        entries.insert(path.clone(), Entry::Single(asset));
        return;
    };
    let entry = entries
        .entry(path.clone())
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
    unwritten: Mutex<BTreeMap<String, Unwritten>>,
    halt: Halt,
}

/// A file that is not yet as readers see it in memory.
#[derive(Debug)]
struct Unwritten {
    site: Site,
    path: PagePath,
    locale: Option<Locale>,
    /// None: it is to go.
    body: Option<Bytes>,
}

impl Published {
    /// Opens a folder; what an earlier run left in it is served at once.
    pub fn open(root: &Path) -> Result<Self, PublishError> {
        Self::of(Folder::open(root)?)
    }

    /// Opens a folder as a copy of one page for any web server: its files lie at the top, and what
    /// needs a server is left out.
    pub fn open_copy(root: &Path, page: &PageId) -> Result<Self, PublishError> {
        Self::of(Folder::open_copy(root, page)?)
    }

    /// Opens a copy that was made before; `None` where there is none.
    pub fn find_copy(root: &Path) -> Result<Option<Self>, PublishError> {
        let Ok(json) = std::fs::read(root.join(SITE_FILE)) else {
            return Ok(None);
        };
        let Ok(site) = serde_json::from_slice::<Site>(&json) else {
            return Ok(None);
        };
        Self::open_copy(root, &site.page_id).map(Some)
    }

    fn of(folder: Folder) -> Result<Self, PublishError> {
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
                policy: OnceLock::new(),
            };
            pages.insert(page, Arc::new(set));
        }
        Ok(Self {
            snapshot: ArcSwap::from_pointee(Snapshot::of(pages)),
            changes: watch::Sender::new(0),
            cache: Cache::default(),
            folder,
            unwritten: Mutex::default(),
            halt: Halt::default(),
        })
    }

    /// All pages as they are now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The same for one look at it: nothing is counted that other cores count too.
    pub fn look(&self) -> impl Deref<Target = Arc<Snapshot>> + use<> {
        self.snapshot.load()
    }

    /// Signals that readers see another snapshot: look at it, several swaps may be one signal.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Ends publishing that is under way, at its next file, and lets no other begin. Readers are
    /// answered as before; what is not made or written yet is for the next who opens the folder.
    pub fn halt(&self) {
        self.halt.halt();
    }

    pub(crate) const fn halted(&self) -> &Halt {
        &self.halt
    }

    /// Whether readers find a page.
    pub fn knows(&self, page: &PageId) -> bool {
        self.snapshot.load().pages.contains_key(page)
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

    /// What each page's `state.json` holds: to make the page again while the record is away.
    pub fn kept_states(&self) -> Vec<(PageId, Arc<State>)> {
        let pages = self.snapshot().pages.keys().cloned().collect::<Vec<_>>();
        let kept = |page: PageId| {
            let file = path::state().file(None);
            let json = self.folder.read(&page, &file).ok().flatten()?;
            let state = render::read_state(&json).filter(|state| state.page.id == page)?;
            Some((page, Arc::new(state)))
        };
        pages.into_iter().filter_map(kept).collect()
    }

    /// When the folder says that a page was last confirmed.
    pub fn beat_at(&self, page: &PageId) -> Option<Instant> {
        let json = self.folder.read(page, &path::beat().file(None)).ok()??;
        let beat: serde_json::Value = serde_json::from_slice(&json).ok()?;
        Instant::parse(beat["at"].as_str()?)
    }

    /// A page's notices, those that are over too; what can not be read is none.
    pub fn notices(&self, page: &PageId) -> Vec<Notice> {
        let json = self.folder.read(page, NOTICE_FILE).ok().flatten();
        json.and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    /// Writes a page's notices; whoever publishes from this folder shows them.
    ///
    /// # Errors
    /// When the folder can not be written.
    pub fn write_notices(&self, page: &PageId, notices: &[Notice]) -> Result<(), PublishError> {
        if notices.is_empty() {
            return self.folder.remove(page, NOTICE_FILE);
        }
        let json = serde_json::to_vec_pretty(notices).expect("notices are strings and numbers");
        self.folder.write(page, NOTICE_FILE, &json)
    }

    /// Publishes documents of a page: in memory first and all at once, so that no reader meets two
    /// states and none waits for a disk, then in the folder. What does not differ keeps its bytes
    /// and its tag. Answers how many differed.
    ///
    /// What readers ask for first is compressed before; the rest by the publisher's next steps.
    ///
    /// Only one thread may call this at a time: the publisher's.
    ///
    /// # Errors
    /// When the folder can not be written: readers see what was published all the same, and
    /// [`Published::write_left`] tries the files again.
    pub fn publish(&self, edition: Edition, made: Vec<Made>) -> Result<usize, PublishError> {
        let made = self.for_this_folder(made);
        let before = self.snapshot().pages.get(&edition.site.page_id).cloned();
        // The default locale's files lie at the top of the folder too: all of them move with it.
        let moves = before.as_ref().is_some_and(|set| {
            set.state.is_some() && set.site.default_locale != edition.site.default_locale
        });
        let mut entries = before.map_or_else(HashMap::new, |set| set.entries.clone());
        let assets = on_each(&made, &self.halt, |document| {
            self.asset_of(&edition.site, &entries, document)
        })?;
        let mut differing = 0;
        for (document, (asset, differs)) in made.into_iter().zip(assets) {
            if differs || moves {
                differing += 1;
                self.note_unwritten(&edition.site, &document, Some(asset.identity.clone()));
            }
            put_entry(&mut entries, &document.path, document.locale, asset);
        }
        for path in edition.drop_all_but(&mut entries) {
            // Before the swap: after it, what still lay there would be found again.
            if self.remove_file(&edition.site, &path).is_err() {
                let (locale, body) = (None, Vec::new());
                self.note_unwritten(&edition.site, &Made { path, locale, body }, None);
            }
        }
        let site = edition.site.clone();
        self.swap(Arc::new(PageSet {
            site: edition.site,
            state: edition.state,
            made_at: edition.made_at,
            entries,
            policy: OnceLock::new(),
        }));
        self.write_left()?;
        self.write_site(&site)?;
        Ok(differing)
    }

    /// Copies have no server behind them.
    fn for_this_folder(&self, mut made: Vec<Made>) -> Vec<Made> {
        if self.folder.is_copy() {
            for document in &mut made {
                document.body = self.body_for_this_folder(&document.path, &document.body);
            }
        }
        made
    }

    fn body_for_this_folder(&self, path: &PagePath, body: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(body) {
            Ok(page) if self.folder.is_copy() && path.content_type() == ContentType::Html => {
                without_server_parts(page).into_bytes()
            }
            _ => body.to_vec(),
        }
    }

    /// The ready bytes of a document, and whether readers have seen others until now.
    fn asset_of(
        &self,
        site: &Site,
        entries: &HashMap<PagePath, Entry>,
        made: &Made,
    ) -> (Arc<Asset>, bool) {
        let locale = made.locale.unwrap_or(site.default_locale);
        if let Some(there) = entries
            .get(&made.path)
            .and_then(|entry| entry.in_locale(locale))
        {
            if same_but_for_time(&there.identity, &made.body) {
                return (Arc::clone(there), false);
            }
        } else if let Ok(Some(file)) = self
            .folder
            .read(&site.page_id, &made.path.file(made.locale))
            && same_but_for_time(&file, &made.body)
        {
            // After a start: what the folder says is still true, and browsers know its tag.
            return (Arc::new(first_coding(&made.path, file)), false);
        }
        (Arc::new(first_coding(&made.path, made.body.clone())), true)
    }

    /// Compresses some of what stands in memory as it is; answers whether there was any.
    pub(crate) fn compress_plain(&self, page: &PageId) -> Result<bool, PublishError> {
        let quick = |asset: &Asset| asset.clone().quick();
        self.remake(page, (CODED_AT_ONCE, Asset::is_plain), quick)
    }

    /// Makes one file of a page smaller still; answers whether there was one.
    pub(crate) fn compress_wholly(&self, page: &PageId) -> Result<bool, PublishError> {
        self.remake(page, (1, Asset::is_quick), Asset::whole)
    }

    /// Puts other codings of the same bodies in memory, of so many files that want it; answers
    /// whether there were any.
    fn remake(
        &self,
        page: &PageId,
        (most, wants): (usize, fn(&Asset) -> bool),
        make: impl Fn(&Asset) -> Asset + Sync,
    ) -> Result<bool, PublishError> {
        let Some(set) = self.snapshot().pages.get(page).cloned() else {
            return Ok(false);
        };
        let mut wanted: Vec<(&PagePath, Option<Locale>, &Asset)> = Vec::new();
        for (path, entry) in &set.entries {
            match entry {
                Entry::Single(asset) => wanted.push((path, None, asset)),
                Entry::Localized(assets) => {
                    let each = assets.iter();
                    wanted.extend(each.map(|(locale, asset)| (path, Some(*locale), &**asset)));
                }
            }
        }
        wanted.retain(|(_, _, asset)| wants(asset));
        wanted.truncate(most);
        if wanted.is_empty() {
            return Ok(false);
        }
        let assets = on_each(&wanted, &self.halt, |(_, _, asset)| make(asset))?;
        let mut entries = set.entries.clone();
        for (asset, (path, locale, _)) in assets.into_iter().zip(&wanted) {
            put_entry(&mut entries, path, *locale, Arc::new(asset));
        }
        let set = PageSet::clone(&set);
        self.swap(Arc::new(PageSet { entries, ..set }));
        Ok(true)
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

    fn note_unwritten(&self, site: &Site, made: &Made, body: Option<Bytes>) {
        let locale = made.locale.map_or("", Locale::as_str);
        let name = format!("{}/{locale}{}", site.page_id, made.path);
        let unwritten = Unwritten {
            site: site.clone(),
            path: made.path.clone(),
            locale: made.locale,
            body,
        };
        self.unwritten().insert(name, unwritten);
    }

    /// Writes the files that are not yet as readers see them; none is forgotten until it lies there.
    ///
    /// # Errors
    /// The first that the folder did not take; it and those after it are tried again next time.
    pub fn write_left(&self) -> Result<(), PublishError> {
        loop {
            self.halt.check()?;
            let Some((name, file)) = self.unwritten().pop_first() else {
                return Ok(());
            };
            let written = match &file.body {
                Some(body) => self.put_file(&file.site, &file.path, file.locale, body),
                None => self.remove_file(&file.site, &file.path),
            };
            if let Err(error) = written {
                self.unwritten().entry(name).or_insert(file);
                return Err(error);
            }
        }
    }

    /// Whether the folder lacks something that readers see.
    pub fn has_unwritten(&self) -> bool {
        !self.unwritten().is_empty()
    }

    fn unwritten(&self) -> MutexGuard<'_, BTreeMap<String, Unwritten>> {
        self.unwritten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
        let body = self.body_for_this_folder(path, body);
        for place in places(site, locale) {
            if self.folder.put(&site.page_id, &path.file(place), &body)? {
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
        self.unwritten()
            .retain(|_, file| file.site.page_id != *page);
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
