//! One file per noun of the command line.

pub(crate) mod admin;
pub(crate) mod announcement;
pub(crate) mod apply;
pub(crate) mod backup;
pub(crate) mod completions;
pub(crate) mod component;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod group;
pub(crate) mod import;
pub(crate) mod incident;
pub(crate) mod key;
pub(crate) mod mail;
pub(crate) mod maintenance;
pub(crate) mod man;
pub(crate) mod notice;
pub(crate) mod page;
mod page_look;
pub(crate) mod publish;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod sign_on;
pub(crate) mod subscriber;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod verify;
