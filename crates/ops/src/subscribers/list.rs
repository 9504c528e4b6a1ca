//! Subscribers as the team sees them: counted, brought in from a list, given back as one.

use std::collections::BTreeMap;

use noroshi_domain::subscriber::Told;
use noroshi_domain::{ComponentId, Locale, PageId, State};
use noroshi_store::Slice;
use serde_json::json;

use super::{
    App, Caller, Channel, FULL, OpError, Permission, Scope, Stored, Subscriber, SubscriberState,
    check_address, setting,
};
use crate::limits::{IMPORTED_SUBSCRIBERS_MAX, SUBSCRIBERS_MAX};
use crate::records::{PrivateRecord, Writes};

/// How many are read at a time.
const SLICE: u32 = 20_000;
/// How many are written at a time.
const WRITTEN: usize = 1_000;
/// The first line of a list.
const COLUMNS: &str = "channel,address,state,components,locale";

/// How many are told by which channel.
pub type Counts = BTreeMap<Channel, usize>;

/// What became of a list that was brought in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many were added.
    pub added: usize,
    /// How many were there already.
    pub known: usize,
    /// Lines that could not be read: nothing was added then.
    pub faults: Vec<LineFault>,
}

/// A line that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it: `address`, `component`, `locale`.
    pub what: &'static str,
}

impl App {
    /// Looks at every subscriber of a page, in slices.
    pub(crate) fn each_subscriber(
        &self,
        page: &PageId,
        see: &mut dyn FnMut(Stored<Subscriber>),
    ) -> Result<(), OpError> {
        let mut slice = Slice::first(SLICE);
        loop {
            let found = self.records::<Subscriber>(Some(page), &slice)?;
            let last = found.last().map(|own| (own.sort(), own.id.clone()));
            let is_end = (found.len() as u32) < SLICE;
            found.into_iter().for_each(&mut *see);
            if is_end || last.is_none() {
                return Ok(());
            }
            slice.after = last;
        }
    }

    /// How many would be told of something, by channel: subscribers, and the channels of the team
    /// that get what readers are told.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn count_told(&self, page: &PageId, told: &Told<'_>) -> Result<Counts, OpError> {
        let mut counts = Counts::new();
        for own in self.channels_of(page)? {
            let components = &own.value.components;
            let scope = Scope {
                components: (!components.is_empty()).then(|| components.clone()),
                ..Scope::default()
            };
            if own.value.posts && !own.value.paused && scope.covers(told) {
                *counts.entry(own.value.channel).or_default() += 1;
            }
        }
        self.each_subscriber(page, &mut |own| {
            if own.value.state == SubscriberState::Active && own.value.scope.covers(told) {
                *counts.entry(own.value.channel).or_default() += 1;
            }
        })?;
        Ok(counts)
    }

    /// Subscribers of a page whose address holds some words, and of a state where one is named.
    ///
    /// # Errors
    /// [`OpError::Forbidden`].
    pub fn find_subscribers(
        &self,
        caller: &Caller,
        page: &PageId,
        (words, state): (&str, Option<SubscriberState>),
        (skip, limit): (usize, usize),
    ) -> Result<(Vec<Stored<Subscriber>>, usize), OpError> {
        caller.require(Some(page), Permission::ManageSubscribers)?;
        let words = words.trim().to_lowercase();
        let mut found = Vec::new();
        let mut count = 0;
        self.each_subscriber(page, &mut |own| {
            let is_state = state.is_none_or(|state| own.value.state == state);
            let address = own.value.shown_address().to_lowercase();
            if is_state && address.contains(&words) {
                if count >= skip && found.len() < limit {
                    found.push(own);
                }
                count += 1;
            }
        })?;
        Ok((found, count))
    }

    /// All subscribers of a page as a list that [`App::import_subscribers`] takes.
    ///
    /// # Errors
    /// [`OpError::Forbidden`].
    pub fn export_subscribers(&self, caller: &Caller, page: &PageId) -> Result<String, OpError> {
        caller.require(Some(page), Permission::ManageSubscribers)?;
        let mut csv = format!("{COLUMNS}\n");
        self.each_subscriber(page, &mut |own| {
            let own = &own.value;
            let components = own.scope.components.as_deref().unwrap_or_default();
            let components: Vec<&str> = components.iter().map(ComponentId::as_str).collect();
            let cells = [
                own.channel.as_str(),
                own.shown_address(),
                own.state.as_str(),
                &components.join(";"),
                own.locale.map_or("", Locale::as_str),
            ];
            csv.push_str(&cells.map(quoted).join(","));
            csv.push('\n');
        })?;
        Ok(csv)
    }

    /// Brings in people who have confirmed elsewhere: they are not asked again. All of the list,
    /// or nothing of it where a line can not be read.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; a refusal when the list is too long.
    pub fn import_subscribers(
        &self,
        caller: &Caller,
        page: &PageId,
        csv: &str,
    ) -> Result<Imported, OpError> {
        caller.require(Some(page), Permission::ManageSubscribers)?;
        let state = self.state(page)?;
        let rows = rows_of(csv);
        if rows.len() > IMPORTED_SUBSCRIBERS_MAX {
            return Err(setting("file", "bring in at most 20,000 at once"));
        }
        let count = self.store().count_records(Subscriber::KIND, Some(page))?;
        if count as usize + rows.len() > SUBSCRIBERS_MAX as usize {
            return Err(setting("file", FULL));
        }
        let mut done = Imported::default();
        let mut read = Vec::new();
        for (line, row) in rows {
            match subscriber_of(&state, &row) {
                Ok(own) => read.push(own),
                Err(what) => done.faults.push(LineFault { line, what }),
            }
        }
        if done.faults.is_empty() {
            self.add_all(caller, page, &read, &mut done)?;
        }
        Ok(done)
    }

    fn add_all(
        &self,
        caller: &Caller,
        page: &PageId,
        read: &[Subscriber],
        done: &mut Imported,
    ) -> Result<(), OpError> {
        let mut known = std::collections::HashSet::new();
        self.each_subscriber(page, &mut |own| {
            known.insert(unique_of(&own.value));
        })?;
        let now = self.now();
        for chunk in read.chunks(WRITTEN) {
            let mut writes = Writes::default();
            for own in chunk {
                if !known.insert(unique_of(own)) {
                    done.known += 1;
                    continue;
                }
                let mut own = own.clone();
                own.confirmed_at = Some(now);
                writes.put(&self.new_record(Some(page), own))?;
                done.added += 1;
            }
            let subject = ("subscriber", String::new());
            let detail = json!({ "count": done.added });
            writes.note_of(Some(page.clone()), "subscribers_imported", subject, detail);
            self.write_records(caller, writes)?;
        }
        Ok(())
    }
}

fn unique_of(own: &Subscriber) -> String {
    let lookups = own.lookups().into_iter();
    let mut alone = lookups.filter_map(|(_, value, is_alone)| is_alone.then_some(value));
    alone.next().unwrap_or_default()
}

fn subscriber_of(state: &State, row: &Row) -> Result<Subscriber, &'static str> {
    let channel = match row.cell("channel") {
        "" | "email" => Channel::Email,
        "webhook" => Channel::Webhook,
        _ => return Err("channel"),
    };
    let address = match row.cell("address") {
        "" => row.cell("email"),
        address => address,
    };
    check_address(channel, address).map_err(|_| "address")?;
    let of = |name: &str| {
        let by_code = ComponentId::parse(name).ok();
        let by_code = by_code.filter(|id| state.components.contains_key(id));
        by_code.or_else(|| {
            let mut all = state.components.values();
            let named = all.find(|own| own.name.iter().any(|(_, text)| text == name));
            named.map(|own| own.id.clone())
        })
    };
    let names = row.cell("components").split(';').map(str::trim);
    let components: Option<Vec<ComponentId>> =
        names.filter(|name| !name.is_empty()).map(of).collect();
    let components = components.ok_or("component")?;
    let locale = match row.cell("locale") {
        "" => None,
        tag => Some(Locale::parse(tag).ok_or("locale")?),
    };
    let mut own = Subscriber {
        unasked: true,
        locale,
        scope: Scope {
            components: (!components.is_empty()).then_some(components),
            ..Scope::default()
        },
        ..Subscriber::new(state.page.id.clone(), channel)
    };
    match channel {
        Channel::Email => own.email = Some(address.to_owned()),
        _ => own.endpoint = Some(address.to_owned()),
    }
    Ok(own)
}

/// One line of a list, by the names of its columns.
struct Row(BTreeMap<String, String>);

impl Row {
    fn cell(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |cell| cell.trim())
    }
}

/// The lines of a list with their numbers. Without a line of names the first column is a mail
/// address.
fn rows_of(csv: &str) -> Vec<(usize, Row)> {
    let lines = csv.trim_start_matches('\u{feff}').lines().enumerate();
    let mut lines = lines.filter(|(_, line)| !line.trim().is_empty()).peekable();
    let first = lines.peek().map(|(_, line)| cells_of(line));
    let names = first.filter(|cells| cells.iter().all(|cell| !cell.contains('@')));
    let names = match names {
        Some(names) => {
            lines.next();
            let lower = names.iter().map(|name| name.trim().to_lowercase());
            lower.collect()
        }
        None => vec!["address".to_owned()],
    };
    lines
        .map(|(index, line)| {
            let cells = cells_of(line).into_iter();
            (index + 1, Row(names.iter().cloned().zip(cells).collect()))
        })
        .collect()
}

/// The cells of a line (RFC 4180).
fn cells_of(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let cell = cells.last_mut().expect("there is always one");
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            letter => cell.push(letter),
        }
    }
    cells
}

/// A cell as a list has it. What a spreadsheet would take for a formula is made a text.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t']) {
        "'"
    } else {
        ""
    };
    if guard.is_empty() && !cell.contains(['"', ',', '\n', '\r']) {
        return cell.to_owned();
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_spreadsheets_write_them() {
        assert_eq!(
            cells_of(r#"a,"b, c","say ""hi""",,"#),
            ["a", "b, c", r#"say "hi""#, "", ""]
        );
    }

    #[test]
    fn a_list_without_names_is_one_of_mail_addresses() {
        let rows = rows_of("a@example.com\n\nb@example.com\n");
        let read: Vec<(usize, &str)> = rows
            .iter()
            .map(|(at, row)| (*at, row.cell("address")))
            .collect();
        assert_eq!(read, [(1, "a@example.com"), (3, "b@example.com")]);
        let named = rows_of("Email,Locale\r\na@example.com,ja\r\n");
        assert_eq!(named[0].1.cell("email"), "a@example.com");
        assert_eq!(named[0].1.cell("locale"), "ja");
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a,b"), "\"a,b\"");
    }
}
