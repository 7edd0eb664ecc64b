//! Where a tensor's elements live, and how their memory is used again (chapter 1).
//!
//! A training step makes the same tensors over and over. The operating system hands out large
//! blocks as fresh pages and clears each at its first touch, which can cost more than the
//! arithmetic. So a buffer that is let go is kept, unless it is small, and the next tensor of the
//! same size takes it over. What it held is still in it: whoever asks for a buffer must write all
//! of it.

use super::meter::Ticket;
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Buffers of fewer bytes than this go back to the allocator, which is quick about them.
const SMALLEST_CACHED: usize = 4 << 10;
/// From so many bytes on a buffer is large: fresh pages for it would cost more than a search.
const LARGE: usize = 64 << 10;
/// At most this many bytes of large buffers wait to be used again, per thread and element type.
const MOST_CACHED: usize = 1 << 30;
/// At most this many buffers that are not large do: so few that a search takes no time.
const MOST_MIDDLING: usize = 32;

/// What a buffer is made of: plain numbers.
pub(crate) trait Element: Copy + Default + 'static {}
impl<T: Copy + Default + 'static> Element for T {}

/// The elements of a tensor; recycled when dropped.
pub(crate) struct Buffer<T: Element> {
    elements: Vec<T>,
    /// What the meter that counts this buffer, if any does, knows it by.
    pub(super) ticket: Option<Box<Ticket>>,
}

impl<T: Element> Buffer<T> {
    /// `len` elements of unspecified value, to be overwritten.
    #[inline(always)] // A call would pass the buffer by way of memory, and it is moved at once.
    pub(crate) fn stale(len: usize) -> Self {
        if size_of::<T>() * len >= SMALLEST_CACHED {
            return Self::cached(len);
        }
        // Not `vec![]`, which asks the allocator for zeros: pages fresh from the system have them
        // for nothing, but of small blocks it keeps a store, and hands none out when asked so.
        let mut elements = Vec::with_capacity(len);
        elements.resize(len, T::default());
        elements.into()
    }

    #[inline(never)]
    fn cached(len: usize) -> Self {
        let cached = with_cache(|cache| cache.take(len)).flatten();
        cached.unwrap_or_else(|| vec![T::default(); len]).into()
    }

    /// The elements as a plain vector.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        std::mem::take(&mut self.elements)
    }
}

impl<T: Element + PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.elements == other.elements
    }
}

impl<T: Element + fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements.fmt(f)
    }
}

impl<T: Element> From<Vec<T>> for Buffer<T> {
    #[inline(always)]
    fn from(elements: Vec<T>) -> Self {
        let ticket = Ticket::draw(size_of::<T>() * elements.capacity());
        Self { elements, ticket }
    }
}

impl<T: Element> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::stale(self.len());
        copy.copy_from_slice(self);
        if let (Some(original), Some(copy)) = (&self.ticket, &copy.ticket) {
            copy.relabel(original.kind());
        }
        copy
    }
}

impl<T: Element> Drop for Buffer<T> {
    fn drop(&mut self) {
        if size_of::<T>() * self.len() >= SMALLEST_CACHED {
            let elements = std::mem::take(&mut self.elements);
            with_cache(|cache| cache.put(elements));
        }
    }
}

impl<T: Element> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.elements
    }
}

impl<T: Element> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.elements
    }
}

/// Buffers of one element type that wait to be used again, the oldest first.
#[derive(Default)]
struct Waiting<T> {
    /// The buffers, each with the length of the tensor that it served.
    buffers: Vec<Vec<T>>,
    /// How many bytes they are together.
    bytes: usize,
}

impl<T> Waiting<T> {
    fn take(&mut self, len: usize) -> Option<Vec<T>> {
        // The youngest first: its memory is the likeliest to be in the processor's cache.
        let found = self.buffers.iter().rposition(|buffer| buffer.len() == len)?;
        self.bytes -= size_of::<T>() * len;
        Some(self.buffers.remove(found))
    }

    /// Adds one, and lets the oldest go until there are no more than `most_bytes` and `most`. One
    /// with more bytes than that is let go itself.
    fn put(&mut self, buffer: Vec<T>, most_bytes: usize, most: usize) {
        if size_of::<T>() * buffer.len() > most_bytes {
            return;
        }
        self.bytes += size_of::<T>() * buffer.len();
        self.buffers.push(buffer);
        while self.bytes > most_bytes || self.buffers.len() > most {
            self.bytes -= size_of::<T>() * self.buffers.remove(0).len();
        }
    }
}

/// The buffers of one element type that wait, by their size.
#[derive(Default)]
struct Cache<T> {
    middling: Waiting<T>,
    large: Waiting<T>,
}

impl<T> Cache<T> {
    fn take(&mut self, len: usize) -> Option<Vec<T>> {
        let large = size_of::<T>() * len >= LARGE;
        if large { self.large.take(len) } else { self.middling.take(len) }
    }

    fn put(&mut self, buffer: Vec<T>) {
        match size_of::<T>() * buffer.len() >= LARGE {
            true => self.large.put(buffer, MOST_CACHED, usize::MAX),
            false => self.middling.put(buffer, usize::MAX, MOST_MIDDLING),
        }
    }

    fn bytes(&self) -> usize {
        self.middling.bytes + self.large.bytes
    }
}

/// A thread's caches, one for each element type that buffers are made of.
#[derive(Default)]
struct Caches {
    f32: Cache<f32>,
    f64: Cache<f64>,
    /// The positions of maxima.
    u32: Cache<u32>,
}

thread_local!(static CACHES: RefCell<Caches> = RefCell::default());

/// Gives this thread's cache of buffers of `T` to `f`. None if buffers of this type are not kept,
/// or the thread is ending.
fn with_cache<T: 'static, R>(f: impl FnOnce(&mut Cache<T>) -> R) -> Option<R> {
    let find = |caches: &RefCell<Caches>| {
        let Caches { f32, f64, u32 } = &mut *caches.borrow_mut();
        let caches: [&mut dyn Any; 3] = [f32, f64, u32];
        caches.into_iter().find_map(|cache| cache.downcast_mut()).map(f)
    };
    CACHES.try_with(find).ok().flatten()
}

/// The bytes that wait on this thread to be used again: of each element type a gibibyte at most,
/// and 32 buffers of less than 64 KiB. No meter counts them.
#[must_use]
pub fn cached_bytes() -> usize {
    let bytes = |caches: &Caches| caches.f32.bytes() + caches.f64.bytes() + caches.u32.bytes();
    CACHES.try_with(|caches| bytes(&caches.borrow())).unwrap_or(0)
}

/// Gives back to the allocator what waits on this thread to be used again.
///
/// ```
/// use longhand::{Tensor, tensor};
/// drop(Tensor::<f32>::zeros([1 << 20]));
/// assert!(tensor::cached_bytes() >= 4 << 20);
/// tensor::empty_cache();
/// assert_eq!(tensor::cached_bytes(), 0);
/// ```
pub fn empty_cache() {
    _ = CACHES.try_with(|caches| caches.take());
}
