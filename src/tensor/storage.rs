//! Where a tensor's elements live, and how their memory is used again (chapter 1).
//!
//! A training step makes the same tensors over and over. The kernel hands out large blocks as
//! fresh pages and clears each at its first touch, which can cost more than the arithmetic. So a
//! large buffer that is let go is kept, and the next tensor of the same size takes it over. What
//! it held is still in it: whoever asks for a buffer must write all of it.

use super::meter::Ticket;
use std::cell::RefCell;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Buffers smaller than this go back to the allocator, which is quick about them.
const SMALLEST_KEPT: usize = 64 << 10;
/// At most this many bytes wait to be used again, per thread and element type.
const MOST_KEPT: usize = 512 << 20;

/// The elements of a tensor; recycled when dropped.
pub(crate) struct Buffer<T: Recycle> {
    elements: Vec<T>,
    /// What the meter that counts this buffer, if any does, knows it by.
    pub(super) ticket: Option<Box<Ticket>>,
}

impl<T: Recycle> Buffer<T> {
    /// `len` elements of unspecified value, to be overwritten.
    pub(crate) fn stale(len: usize) -> Self {
        let kept = (size_of::<T>() * len >= SMALLEST_KEPT)
            .then(|| T::with_kept(|kept| kept.take(len)))
            .flatten();
        kept.unwrap_or_else(|| vec![T::default(); len]).into()
    }

    /// The elements as a plain vector.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        std::mem::take(&mut self.elements)
    }
}

impl<T: Recycle + PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.elements == other.elements
    }
}

impl<T: Recycle + fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements.fmt(f)
    }
}

impl<T: Recycle> From<Vec<T>> for Buffer<T> {
    fn from(elements: Vec<T>) -> Self {
        let ticket = Ticket::draw(size_of::<T>() * elements.capacity());
        Self { elements, ticket }
    }
}

impl<T: Recycle> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::stale(self.len());
        copy.copy_from_slice(self);
        if let (Some(original), Some(copy)) = (&self.ticket, &copy.ticket) {
            copy.relabel(original.kind());
        }
        copy
    }
}

impl<T: Recycle> Drop for Buffer<T> {
    fn drop(&mut self) {
        if size_of::<T>() * self.len() >= SMALLEST_KEPT {
            let elements = std::mem::take(&mut self.elements);
            T::with_kept(|kept| kept.put(elements));
        }
    }
}

impl<T: Recycle> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.elements
    }
}

impl<T: Recycle> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.elements
    }
}

/// Buffers waiting to be used again, the oldest first.
#[doc(hidden)]
#[derive(Default)]
pub struct Kept<T> {
    buffers: Vec<Vec<T>>,
    bytes: usize,
}

impl<T> Kept<T> {
    fn take(&mut self, len: usize) -> Option<Vec<T>> {
        // The youngest first: its memory is the likeliest to be in the cache.
        let found = self.buffers.iter().rposition(|buffer| buffer.len() == len)?;
        self.bytes -= size_of::<T>() * len;
        Some(self.buffers.remove(found))
    }

    fn put(&mut self, buffer: Vec<T>) {
        self.bytes += size_of::<T>() * buffer.len();
        self.buffers.push(buffer);
        while self.bytes > MOST_KEPT {
            self.bytes -= size_of::<T>() * self.buffers.remove(0).len();
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn clear(&mut self) {
        self.buffers = Vec::new();
        self.bytes = 0;
    }
}

/// An element type that has a list of buffers to use again on each thread.
#[doc(hidden)]
pub trait Recycle: Copy + Default + 'static {
    /// Gives the thread's list to `f`; a default where the thread is already ending.
    fn with_kept<R: Default>(f: impl FnOnce(&mut Kept<Self>) -> R) -> R;
}

macro_rules! recycle {
    ($t:ty) => {
        impl Recycle for $t {
            fn with_kept<R: Default>(f: impl FnOnce(&mut Kept<Self>) -> R) -> R {
                thread_local!(static KEPT: RefCell<Kept<$t>> = RefCell::default());
                KEPT.try_with(|kept| f(&mut kept.borrow_mut())).unwrap_or_default()
            }
        }
    };
}
recycle!(f32);
recycle!(f64);
recycle!(u32);
