//! Writes every sample page to a folder, to look at: `cargo run --example looks -- FOLDER`.

use std::{env, fs, io, path::PathBuf};

use noroshi_page::html::samples;

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("looks"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    for (name, html) in samples::rendered() {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
