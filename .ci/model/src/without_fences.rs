//! The same gate, whose fences do nothing.

#[path = "../../../src/tensor/threads/gate.rs"]
mod gate;

mod sync {
    pub(super) use loom::cell::UnsafeCell;
    pub(super) use loom::hint::spin_loop;
    pub(super) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
    pub(super) use loom::sync::{Condvar, Mutex};
    pub(super) use loom::thread::yield_now;
    pub(super) use std::sync::PoisonError;

    pub(super) fn fence(_order: Ordering) {}
}

crate::cases::cases!();
