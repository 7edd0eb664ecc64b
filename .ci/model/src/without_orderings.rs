//! The same gate, whose word is read and written without any ordering.

#[path = "../../../src/tensor/threads/gate.rs"]
mod gate;

mod sync {
    pub(super) use loom::cell::UnsafeCell;
    pub(super) use loom::hint::spin_loop;
    use loom::sync::atomic::Ordering::Relaxed;
    pub(super) use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
    pub(super) use loom::sync::{Condvar, Mutex};
    pub(super) use loom::thread::yield_now;
    pub(super) use std::sync::PoisonError;

    #[derive(Debug)]
    pub(super) struct AtomicU64(loom::sync::atomic::AtomicU64);

    impl AtomicU64 {
        pub(super) fn new(value: u64) -> Self {
            Self(loom::sync::atomic::AtomicU64::new(value))
        }

        pub(super) fn load(&self, _: Ordering) -> u64 {
            self.0.load(Relaxed)
        }

        pub(super) fn store(&self, value: u64, _: Ordering) {
            self.0.store(value, Relaxed);
        }

        pub(super) fn fetch_and(&self, value: u64, _: Ordering) -> u64 {
            self.0.fetch_and(value, Relaxed)
        }

        pub(super) fn fetch_sub(&self, value: u64, _: Ordering) -> u64 {
            self.0.fetch_sub(value, Relaxed)
        }

        pub(super) fn compare_exchange(
            &self,
            old: u64,
            new: u64,
            _: Ordering,
            _: Ordering,
        ) -> Result<u64, u64> {
            self.0.compare_exchange(old, new, Relaxed, Relaxed)
        }
    }
}

crate::cases::cases!();
