//! What readers see: contexts and templates of the public pages.

pub mod html;
