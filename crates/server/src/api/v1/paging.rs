//! Parts of lists: three styles, one for each generation of the API (reference 2.1).

use super::ask::{Ask, Fault};

/// Most rows of a list, and how many come where nothing is asked.
pub(super) const ROWS_MAX: usize = 100;
/// The same of components.
pub(super) const COMPONENT_ROWS_MAX: usize = 1_100;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// So many rows are left out.
    pub(super) offset: usize,
    /// So many come at most.
    pub(super) limit: usize,
}

impl Part {
    /// `page` from 1 and `per_page`.
    pub(super) fn pages(ask: &Ask) -> Result<Self, Fault> {
        Self::of(ask, "per_page", (1, ROWS_MAX))
    }

    /// The same for components.
    pub(super) fn components(ask: &Ask) -> Result<Self, Fault> {
        let most = match number(ask, "per_page")? {
            Some(asked) => asked.clamp(1, COMPONENT_ROWS_MAX),
            None => ROWS_MAX,
        };
        Self::of(ask, "per_page", (1, most))
    }

    /// `page` from 1 and `limit`: incidents.
    pub(super) fn limited(ask: &Ask) -> Result<Self, Fault> {
        Self::of(ask, "limit", (1, ROWS_MAX))
    }

    /// `page` from 0 and `limit`: subscribers.
    pub(super) fn from_zero(ask: &Ask) -> Result<Self, Fault> {
        Self::of(ask, "limit", (0, ROWS_MAX))
    }

    fn of(ask: &Ask, size: &str, (first, most): (usize, usize)) -> Result<Self, Fault> {
        let limit = number(ask, size)?.map_or(most, |asked| asked.clamp(1, most));
        let page = number(ask, "page")?.unwrap_or(first).max(first);
        let offset = (page - first).saturating_mul(limit);
        Ok(Self { offset, limit })
    }

    /// This part of what is all there.
    pub(super) fn cut<T>(self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        let rest = all.into_iter().skip(self.offset);
        rest.take(self.limit).collect()
    }
}

fn number(ask: &Ask, name: &str) -> Result<Option<usize>, Fault> {
    let Some(text) = ask.query(name) else {
        return Ok(None);
    };
    // A page beyond all pages is an empty one.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(Fault::Malformed(format!("{name} must be a number")));
    }
    Ok(Some(text.parse::<u32>().unwrap_or(u32::MAX) as usize))
}
