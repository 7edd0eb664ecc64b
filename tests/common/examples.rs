//! The examples as `cargo run --example` has them, optimised, and brought up to date once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder")
}

/// The program of an example.
pub fn program(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join("debug/examples").join(name)
}

/// Builds all of them, once in a run; what the compiler says if they cannot be built.
pub fn build() -> Result<(), String> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--offline", "--examples", "--target-dir"]).arg(target());
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        let done = cargo.output().map_err(|error| error.to_string())?;
        match done.status.success() {
            true => Ok(()),
            false => Err(format!("cannot be built:\n{}", String::from_utf8_lossy(&done.stderr))),
        }
    });
    built.clone()
}
