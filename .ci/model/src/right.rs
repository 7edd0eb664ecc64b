//! The gate as it is.

#[path = "../../../src/tensor/threads/gate.rs"]
mod gate;

/// loom's in place of what the gate is made of: see `src/tensor/threads/sync.rs`.
mod sync {
    pub(super) use loom::cell::UnsafeCell;
    pub(super) use loom::hint::spin_loop;
    pub(super) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
    pub(super) use loom::sync::{Condvar, Mutex};
    pub(super) use loom::thread::yield_now;
    pub(super) use std::sync::PoisonError;
}

crate::cases::cases!();
