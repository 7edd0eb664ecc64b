//! The number of threads: what `LONGHAND_THREADS` and [`with`] ask for (chapter 1).

use crate::tensor::setting::Setting;
use crate::{Error, ErrorKind, Result};
use std::cell::Cell;
use std::sync::OnceLock;

/// The environment variable that sets the number of threads.
const VARIABLE: &str = "LONGHAND_THREADS";

/// More threads than this are not started, whatever is asked for.
const MOST: usize = 256;

static CHOSEN: OnceLock<Result<usize>> = OnceLock::new();

thread_local! {
    static ON_THIS_THREAD: Cell<Option<usize>> = const { Cell::new(None) };
}

static SETTING: Setting<usize> =
    Setting { variable: VARIABLE, choose, chosen: &CHOSEN, on_this_thread: &ON_THIS_THREAD };

/// The number of threads that `LONGHAND_THREADS` holding `value` asks for: as many as the
/// machine has processors if it is unset.
///
/// # Errors
/// If it is not a whole number from 1 to 256.
pub fn choose(value: Option<&str>) -> Result<usize> {
    let Some(value) = value else {
        return Ok(std::thread::available_parallelism().map_or(1, usize::from).min(MOST));
    };
    match value.parse() {
        Ok(number @ 1..=MOST) => Ok(number),
        _ => Err(Error::new(ErrorKind::Setting, VARIABLE)
            .found(format_args!("{value:?}"))
            .expected(format_args!("a whole number from 1 to {MOST}"))
            .help("unset it, and every processor is used")),
    }
}

/// The number of threads in use, or what is wrong with `LONGHAND_THREADS`. A program calls this
/// when it starts, to say so before it has done any work.
///
/// # Errors
/// If `LONGHAND_THREADS` is not a whole number from 1 to 256.
pub fn check() -> Result<usize> {
    SETTING.check()
}

/// The number of threads in use.
///
/// # Panics
/// If `LONGHAND_THREADS` is wrong; see [`check`].
#[inline]
#[must_use]
pub fn current() -> usize {
    SETTING.current()
}

/// Runs `f` with this many threads in use: 1 to 256.
///
/// ```
/// use longhand::tensor::threads;
/// threads::with(3, || assert_eq!(threads::current(), 3));
/// ```
///
/// # Panics
/// If `threads` is 0 or more than 256.
#[track_caller]
pub fn with<R>(threads: usize, f: impl FnOnce() -> R) -> R {
    assert!((1..=MOST).contains(&threads), "threads must be 1 to {MOST}, not {threads}");
    SETTING.with(threads, f)
}
