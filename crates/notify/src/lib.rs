//! The delivery queue: who hears what, and when.
