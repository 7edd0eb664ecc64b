//! The examples as `cargo run --example` has them, optimised and brought up to date.

use std::path::{Path, PathBuf};
use std::process::Command;

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder")
}

/// The program of an example.
pub fn program(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join("debug/examples").join(name)
}

/// Builds these; what the compiler says if they cannot be built.
pub fn build<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline", "--target-dir"]).arg(target());
    cargo.args(names.into_iter().flat_map(|name| ["--example", name]));
    let done = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let done = done.map_err(|error| error.to_string())?;
    match done.status.success() {
        true => Ok(()),
        false => Err(format!("cannot be built:\n{}", String::from_utf8_lossy(&done.stderr))),
    }
}
