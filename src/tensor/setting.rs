//! A setting of the engine: what an environment variable asks for, and what a thread asks for in
//! its place (chapter 1). The instruction set is one and the number of threads another.

use crate::Result;
use std::cell::Cell;
use std::sync::OnceLock;
use std::thread::LocalKey;

/// Where a setting comes from and where it is kept. The two places are statics of their own, so
/// that a `static` of this type is constant and reading the setting costs two loads.
pub(super) struct Setting<T: 'static> {
    /// The name of the environment variable.
    pub variable: &'static str,
    /// What the variable asks for if it holds this value, or is unset.
    pub choose: fn(Option<&str>) -> Result<T>,
    /// What the variable asks for: it is read once.
    pub chosen: &'static OnceLock<Result<T>>,
    /// What [`with`](Self::with) asks for on this thread.
    pub on_this_thread: &'static LocalKey<Cell<Option<T>>>,
}

impl<T: Copy> Setting<T> {
    /// The value in use, or what is wrong with the variable.
    pub(super) fn check(&self) -> Result<T> {
        if let Some(value) = self.on_this_thread.get() {
            return Ok(value);
        }
        let chosen = self.chosen.get_or_init(|| match std::env::var_os(self.variable) {
            None => (self.choose)(None),
            Some(value) => (self.choose)(Some(&value.to_string_lossy())),
        });
        chosen.clone()
    }

    /// The value in use.
    ///
    /// # Panics
    /// If the variable is wrong.
    #[inline]
    pub(super) fn current(&self) -> T {
        match (self.on_this_thread.get(), self.chosen.get()) {
            (Some(value), _) | (None, Some(&Ok(value))) => value,
            _ => self.check().unwrap_or_else(|error| panic!("{error}")),
        }
    }

    /// Runs `f` with `value` in use on this thread.
    pub(super) fn with<R>(&self, value: T, f: impl FnOnce() -> R) -> R {
        struct Restore<T: Copy + 'static>(&'static LocalKey<Cell<Option<T>>>, Option<T>);
        impl<T: Copy> Drop for Restore<T> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _restore = Restore(self.on_this_thread, self.on_this_thread.replace(Some(value)));
        f()
    }
}
