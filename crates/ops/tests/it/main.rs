//! Through the door, on both engines: what is committed, what is refused, what is found wrong.

#[cfg(test)]
mod automatic;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod conflict;
#[cfg(test)]
mod deleting;
#[cfg(test)]
mod door;
#[cfg(test)]
mod erase;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod report;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod unavailable;
#[cfg(test)]
mod verify;
