//! The store, on both engines.

#[cfg(test)]
mod builders;

#[cfg(test)]
mod commits;
#[cfg(test)]
mod encryption;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod history;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod records;
#[cfg(test)]
mod search;
#[cfg(test)]
mod statements;
