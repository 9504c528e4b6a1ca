//! Who is told what, and when: the door, the queue and the words together, on both engines, with a
//! stand-in for the services.

#[cfg(test)]
mod kit;

#[cfg(test)]
mod operators;
mod order;
#[cfg(test)]
mod trouble;
