//! Reads a page over HTTP: the lists under `/api/v2/`, then the history, then what they lack.
//!
//! The lists stop at 50, so the history pages (reference 5.3) are walked back for older codes and
//! each is fetched on its own (1.1). Requests are few at a time, bounded in time and size, and
//! tried again a bounded number of times.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::civil::Date;
use noroshi_domain::Zone;
use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;
use serde::Deserialize;

use super::record::Record;
use super::{ImportError, Progress};

/// The largest answer taken, in bytes.
const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How often a request is made at most.
const TRY_COUNT_MAX: u32 = 4;
/// How many requests are under way at once.
const WORKER_COUNT: usize = 4;
/// How many history pages are read at most: three months each, a hundred years.
const HISTORY_PAGE_COUNT_MAX: usize = 400;
/// After how many history pages without an incident the walk may end: two years.
const EMPTY_PAGE_COUNT_MAX: usize = 8;
/// The longest wait between two tries, in seconds.
const WAIT_S_MAX: u64 = 30;

/// Reads a page by its base address.
pub(super) fn read(
    address: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<Record, ImportError> {
    let site = Site::new(address)?;
    let mut record = Record::default();
    let lists = [
        "components.json",
        "incidents.json",
        "scheduled-maintenances.json",
    ];
    site.take(&mut record, "/api/v2/summary.json")?;
    for (index, list) in lists.iter().enumerate() {
        site.take(&mut record, &format!("/api/v2/{list}"))?;
        progress(Progress {
            what: (*list).to_owned(),
            done_count: index + 1,
            whole_count: Some(lists.len()),
        });
    }
    if record.is_empty() {
        return Err(ImportError::Empty { path: site.base });
    }
    let walk = site.walk(&record, progress);
    let known: BTreeSet<&String> = record.incidents.keys().collect();
    let missing: Vec<String> = walk
        .codes
        .iter()
        .filter(|code| !known.contains(code))
        .cloned()
        .collect();
    let fetched = site.fetch_all(missing, progress)?;
    let mut whole = walk.fault.is_none();
    record.warnings.extend(walk.fault);
    for (path, text) in fetched {
        let Some(text) = text else {
            record
                .warnings
                .push(format!("{path}: listed in the history but not found"));
            whole = false;
            continue;
        };
        record.take(&path, &text, 1)?;
    }
    record.complete.incidents = whole;
    record.complete.maintenances = whole;
    Ok(record)
}

/// Incidents that the history names.
#[derive(Debug, Default)]
struct Walk {
    codes: BTreeSet<String>,
    /// Why it may not be all of them.
    fault: Option<String>,
}

struct Site {
    base: String,
    client: Client,
}

impl Site {
    fn new(address: &str) -> Result<Self, ImportError> {
        let base = address.trim_end_matches('/').to_owned();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .redirect(Policy::limited(5))
            .user_agent(concat!("noroshi/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unreachable_page(&base, &error))?;
        Ok(Self { base, client })
    }

    fn take(&self, record: &mut Record, path: &str) -> Result<(), ImportError> {
        let url = format!("{}{path}", self.base);
        let Some(text) = self.get(&url)? else {
            let reason = "there is nothing at this address (404)".to_owned();
            return Err(ImportError::Unreachable { url, reason });
        };
        record.take(&url, &text, 1).map(drop)
    }

    /// The text at an address; `None` where there is none.
    fn get(&self, url: &str) -> Result<Option<String>, ImportError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let (reason, wait) = match self.client.get(url).send() {
                Ok(answer) if answer.status().is_success() => return body(url, answer).map(Some),
                Ok(answer) if matches!(answer.status().as_u16(), 404 | 410) => return Ok(None),
                Ok(answer) => {
                    let status = answer.status();
                    // 420 is this vendor's word for 429 (reference 6.3).
                    let passes = status.is_server_error() || matches!(status.as_u16(), 420 | 429);
                    (
                        format!("answered {status}"),
                        passes.then(|| asked_wait(&answer)),
                    )
                }
                Err(error) => (chain(&error), Some(None)),
            };
            match wait {
                Some(asked) if tried < TRY_COUNT_MAX => {
                    let wait_s = asked.unwrap_or(1 << (tried - 1)).min(WAIT_S_MAX);
                    thread::sleep(Duration::from_secs(wait_s));
                }
                _ => {
                    let url = url.to_owned();
                    return Err(ImportError::Unreachable { url, reason });
                }
            }
        }
    }

    /// Walks the history back until nothing new can come.
    fn walk(&self, record: &Record, progress: &mut dyn FnMut(Progress)) -> Walk {
        let earliest = record.since().map(|since| Zone::utc().date_of(since));
        let mut walk = Walk::default();
        let mut empty_count = 0;
        let mut last_months = Vec::new();
        for number in 1..=HISTORY_PAGE_COUNT_MAX {
            let url = format!("{}/history?page={number}", self.base);
            let page = match self.get(&url) {
                Ok(Some(html)) => history_page(&html),
                Ok(None) if number > 1 => return walk,
                Ok(None) => None,
                Err(error) => return walk.broken(&error.to_string()),
            };
            let Some(page) = page else {
                return walk.broken(&format!("{url}: holds no history"));
            };
            let months: Vec<(i16, String)> = page
                .months
                .iter()
                .map(|month| (month.year, month.name.clone()))
                .collect();
            if months.is_empty() {
                return walk;
            }
            if months == last_months {
                return walk.broken(&format!("{url}: the same months as the page before"));
            }
            let count = walk.codes.len();
            let incidents = page.months.iter().flat_map(|month| &month.incidents);
            walk.codes
                .extend(incidents.map(|incident| incident.code.clone()));
            empty_count = if walk.codes.len() > count {
                0
            } else {
                empty_count + 1
            };
            progress(Progress {
                what: format!("history page {number}"),
                done_count: walk.codes.len(),
                whole_count: None,
            });
            let begins = page.months.iter().filter_map(Month::first_day).min();
            let far_enough = match (earliest, begins) {
                (Some(earliest), Some(begins)) => begins <= earliest,
                _ => true,
            };
            if empty_count >= EMPTY_PAGE_COUNT_MAX && far_enough {
                return walk;
            }
            last_months = months;
        }
        walk.broken("the history does not end")
    }

    /// Fetches incidents by code, a few at a time; in the order of codes.
    fn fetch_all(
        &self,
        codes: Vec<String>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<BTreeMap<String, Option<String>>, ImportError> {
        let whole_count = codes.len();
        let queue = Mutex::new(codes);
        let (sender, receiver) = mpsc::sync_channel(WORKER_COUNT);
        let mut fetched = BTreeMap::new();
        thread::scope(|scope| {
            for _ in 0..WORKER_COUNT.min(whole_count) {
                let (sender, queue) = (sender.clone(), &queue);
                scope.spawn(move || {
                    loop {
                        let code = queue.lock().expect("no holder of the queue panics").pop();
                        let Some(code) = code else { return };
                        // What the page says is no path: only what looks like a code is asked for.
                        let named = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
                        let url = format!("{}/incidents/{code}.json", self.base);
                        let text = if named { self.get(&url) } else { Ok(None) };
                        if sender.send(text.map(|text| (url, text))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            // Dropped on the first error, so that the workers stop.
            for answer in receiver {
                let (url, text) = answer?;
                fetched.insert(url.clone(), text);
                progress(Progress {
                    what: url,
                    done_count: fetched.len(),
                    whole_count: Some(whole_count),
                });
            }
            Ok(fetched)
        })
    }
}

impl Walk {
    fn broken(mut self, fault: &str) -> Self {
        self.fault = Some(format!("{fault}; older incidents may be missing"));
        self
    }
}

fn unreachable_page(url: &str, error: &reqwest::Error) -> ImportError {
    ImportError::Unreachable {
        url: url.to_owned(),
        reason: chain(error),
    }
}

fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn asked_wait(answer: &Response) -> Option<u64> {
    answer
        .headers()
        .get("retry-after")?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn body(url: &str, answer: Response) -> Result<String, ImportError> {
    let mut bytes = Vec::new();
    answer
        .take(BODY_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| ImportError::Unreachable {
            url: url.to_owned(),
            reason: format!("the answer broke off: {error}"),
        })?;
    if bytes.len() as u64 > BODY_BYTES_MAX {
        return Err(ImportError::TooLarge {
            path: url.to_owned(),
            what: "the answer",
            most: "64 MiB".to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Debug, Deserialize)]
struct HistoryPage {
    months: Vec<Month>,
}

#[derive(Debug, Deserialize)]
struct Month {
    #[serde(default)]
    name: String,
    #[serde(default)]
    year: i16,
    #[serde(default)]
    incidents: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    code: String,
}

impl Month {
    fn first_day(&self) -> Option<Date> {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let index = NAMES.iter().position(|name| *name == self.name)?;
        Date::new(self.year, i8::try_from(index + 1).ok()?, 1).ok()
    }
}

/// The history's JSON out of its page: `data-react-props` of the `HistoryIndex` element.
fn history_page(html: &str) -> Option<HistoryPage> {
    let named = html
        .find("data-react-class=\"HistoryIndex\"")
        .or_else(|| html.find("data-react-class='HistoryIndex'"))?;
    let tag = &html[html[..named].rfind('<')?..];
    let props = attribute(tag, "data-react-props")?;
    serde_json::from_str(&unescape(props)).ok()
}

/// An attribute's raw value in the tag that `text` begins with.
fn attribute<'html>(text: &'html str, name: &str) -> Option<&'html str> {
    let mut rest = text.trim_start_matches('<');
    loop {
        let equals = rest.find(['=', '>'])?;
        if rest.as_bytes().get(equals) == Some(&b'>') {
            return None;
        }
        let own = rest[..equals].split_whitespace().next_back()?;
        let value = rest[equals + 1..].trim_start();
        let quote = value
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''))?;
        let value = &value[1..];
        let end = value.find(quote)?;
        if own == name {
            return Some(&value[..end]);
        }
        rest = &value[end + 1..];
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest
            .get(1..)
            .and_then(|after| after.split_once(';'))
            .and_then(|(name, after)| Some((entity(name)?, after)));
        if let Some((letter, after)) = known {
            plain.push(letter);
            rest = after;
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};

    use proptest::prelude::*;

    use super::*;

    fn incident(code: &str) -> String {
        format!(
            r#"{{"id":"{code}","name":"{code}","status":"resolved","impact":"none",
            "created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z",
            "resolved_at":"2026-01-01T00:00:00.000Z","incident_updates":[]}}"#
        )
    }

    fn answer(path: &str) -> (u16, String) {
        let page = r#""page":{"id":"p","name":"P","time_zone":"Asia/Tokyo"}"#;
        let month = |name: &str, code: &str| {
            let props = format!(
                r#"{{"months":[{{"name":"{name}","year":2026,"incidents":[{{"code":"{code}"}}]}}]}}"#
            );
            let props = props.replace('"', "&quot;");
            format!("<p>a</p><div data-react-class=\"HistoryIndex\" data-react-props=\"{props}\">")
        };
        match path {
            "/api/v2/summary.json" => {
                (200, format!("{{{page},\"components\":[],\"status\":{{}}}}"))
            }
            "/api/v2/components.json" => (200, format!("{{{page},\"components\":[]}}")),
            "/api/v2/incidents.json" => {
                (200, format!("{{{page},\"incidents\":[{}]}}", incident("a")))
            }
            "/api/v2/scheduled-maintenances.json" => {
                (200, format!("{{{page},\"scheduled_maintenances\":[]}}"))
            }
            "/history?page=1" => (200, month("February", "a")),
            "/history?page=2" => (200, month("January", "b")),
            "/incidents/b.json" => (200, incident("b")),
            _ => (404, String::new()),
        }
    }

    fn serve(mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let first = lines.next().unwrap_or(Ok(String::new()))?;
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        let (status, body) = answer(first.split(' ').nth(1).unwrap_or(""));
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    }

    #[test]
    fn a_page_is_read_with_what_only_its_history_names() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                drop(stream.and_then(serve));
            }
        });
        let mut told = Vec::new();
        let record = read(&address, &mut |progress| told.push(progress.what)).unwrap();
        assert_eq!(record.incidents.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert!(record.complete().incidents && record.complete().maintenances);
        assert_eq!(record.warnings(), &[] as &[String]);
        assert_eq!(record.page().unwrap().zone.unwrap().name(), "Asia/Tokyo");
        assert!(
            told.iter().any(|what| what.ends_with("/incidents/b.json")),
            "{told:?}"
        );
    }

    #[test]
    fn an_address_without_a_page_is_an_error_that_names_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/elsewhere", listener.local_addr().unwrap());
        thread::spawn(move || {
            listener
                .incoming()
                .for_each(|stream| drop(stream.and_then(serve)));
        });
        let error = read(&address, &mut |_| ()).unwrap_err().to_string();
        assert!(error.contains("/elsewhere/api/v2/summary.json"), "{error}");
    }

    #[test]
    fn escaped_props_are_read_whatever_the_order_of_attributes() {
        let html = "<div class='a > b' data-react-props='{&quot;months&quot;:[{&quot;name&quot;:\
                    &quot;May&quot;,&quot;year&quot;:2024,&quot;incidents&quot;:[{&quot;code&quot;:\
                    &quot;x&quot;,&quot;message&quot;:&quot;&lt;p&gt;a &amp;amp; b&#39;&#x4e00;\
                    &quot;}]}]}' data-react-class='HistoryIndex'></div>";
        let page = history_page(html).unwrap();
        assert_eq!(page.months[0].incidents[0].code, "x");
        assert_eq!(page.months[0].first_day(), Date::new(2024, 5, 1).ok());
        assert_eq!(unescape("&lt;&#39;&#x4e00;&bogus;&"), "<'一&bogus;&");
    }

    proptest! {
        #[test]
        fn no_markup_makes_reading_panic(text in "(<div |data-react-class=\"HistoryIndex\"|data-react-props=|\"|'|&|&#|x|;|>|=|é){0,20}") {
            drop(history_page(&text));
            drop(unescape(&text));
        }
    }
}
