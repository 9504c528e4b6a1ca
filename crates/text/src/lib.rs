//! The languages of a status page: messages, labels, standard texts, dates, Markdown.
//!
//! Pure: no IO, no clock, no chance. Words stand in `locales/`, one folder a language; nobody else
//! words anything that readers see. HTML that is safe to show is made in [`markdown`] alone.

pub mod automatic;
pub mod dates;
pub mod labels;
pub mod markdown;
pub mod msg;
pub mod negotiate;
pub mod refusal;
pub mod standard;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the module is shared with the build script")]
mod catalogue;
#[cfg(test)]
mod languages_agree;
