//! The built binary, as people and scripts use it.

#[cfg(test)]
mod apply;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod import;
#[cfg(test)]
mod key;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod record;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod shell;
mod sign_on;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod token;
#[cfg(test)]
mod user;
