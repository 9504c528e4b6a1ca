//! Other products' records, read and turned into facts of a page (DOMAIN "Import").
//!
//! One module per source. Reading may fail and touches the outside; planning is pure and only
//! compares. Nothing here writes: the caller sends each planned entry as `Command::Import`.

pub mod statuspage;
