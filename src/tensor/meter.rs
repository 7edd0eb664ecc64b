//! A meter for the memory that tensors take: bytes by kind, now and at most (chapter 7).
//!
//! Three rules say what is counted, and as what.
//!
//! 1. **A buffer is counted once**, from the moment it is made until nothing holds it any more,
//!    by the meter that was watching when and where it was made. Tensors that share a buffer are
//!    one buffer. What was made before the meter watched is not counted at all.
//! 2. **It is born** with the kind that the innermost [`Kind::scope`] names, and as scratch
//!    outside of any. The forward pass of a `Sequential` is such a scope, for activations. A copy
//!    that is made because a shared buffer is written to is of the kind of the original.
//! 3. **It changes its kind** when it takes on a role. It becomes a parameter in `Param::new` and
//!    an optimizer's state when an optimizer keeps it. Scratch becomes a gradient in
//!    `Param::accumulate`, or on its way to a parameter's leaf on the tape, and an activation when
//!    the tape keeps it for the way back; what has a role already keeps it.
//!
//! ```
//! use longhand::layers::{Layer, Linear};
//! use longhand::tensor::meter::{Kind, Meter};
//! use longhand::{Rng, Tensor};
//!
//! let meter = Meter::new();
//! meter.watch(|| {
//!     let mut layer = Linear::<f32>::new(100, 10, &mut Rng::new(0));
//!     assert_eq!(meter.now()[Kind::Parameter], 4 * 1010);
//!     layer.forward(&Tensor::ones([1, 100]));
//!     layer.backward_params(&Tensor::ones([1, 10]));
//!     assert_eq!(meter.now()[Kind::Gradient], 4 * 1010);
//! });
//! assert_eq!(meter.now().total(), 0);
//! assert_eq!(meter.most(Kind::Gradient), 4 * 1010);
//! ```
//!
//! What is counted is the memory of elements. The few dozen bytes of bookkeeping that come with
//! each tensor are not, nor are the packed blocks of a product of matrices. And a buffer that
//! nothing holds any more, unless it is small, is not given back at once but kept for the next
//! tensor of its size: [`cached_bytes`](super::cached_bytes) says how much that is, and
//! [`empty_cache`](super::empty_cache) gives it back.

use std::cell::{Cell, RefCell};
use std::ops::Index;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

// ANCHOR: kind
/// What a run of memory is there for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// What training changes.
    Parameter,
    /// What an optimizer remembers between steps.
    State,
    /// What the forward pass computes, above all what it keeps for the way back.
    Activation,
    /// The gradient of a parameter.
    Gradient,
    /// All else: a gradient on its way from layer to layer, the parts of a formula.
    Scratch,
}
// ANCHOR_END: kind

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] =
        [Kind::Parameter, Kind::State, Kind::Activation, Kind::Gradient, Kind::Scratch];

    /// What a table calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Parameter => "parameters",
            Kind::State => "optimizer state",
            Kind::Activation => "activations",
            Kind::Gradient => "gradients",
            Kind::Scratch => "scratch",
        }
    }

    /// Until the guard is dropped, what this thread allocates is born with this kind.
    #[must_use = "the scope ends when the guard is dropped"]
    pub fn scope(self) -> Scope {
        Scope(BORN.replace(self))
    }
}

thread_local! {
    /// The kind that a buffer is born with on this thread.
    static BORN: Cell<Kind> = const { Cell::new(Kind::Scratch) };
    /// The meter that watches this thread.
    static WATCHING: RefCell<Option<Arc<Mutex<Book>>>> = const { RefCell::new(None) };
}

/// How many threads are watched: while there are none, a buffer looks no further than this.
static WATCHED: AtomicUsize = AtomicUsize::new(0);

/// A guard: when it is dropped, it puts back the kind that was in force before.
#[derive(Debug)]
pub struct Scope(Kind);

impl Drop for Scope {
    fn drop(&mut self) {
        BORN.set(self.0);
    }
}

/// Bytes of each kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bytes([usize; Kind::ALL.len()]);

impl Bytes {
    /// The bytes of all kinds together.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

impl Index<Kind> for Bytes {
    type Output = usize;
    fn index(&self, kind: Kind) -> &usize {
        &self.0[kind as usize]
    }
}

/// What a meter has written down.
#[derive(Debug, Default)]
struct Book {
    /// The bytes held now.
    live: Bytes,
    /// Those held when their total was greatest.
    peak: Bytes,
    /// The most there was of each kind at any time.
    most: Bytes,
    /// The bytes held after every change, if somebody asked for them.
    trace: Option<Vec<Bytes>>,
}

fn open(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

// ANCHOR: book
impl Book {
    /// `bytes` less of one kind, and as many more of another.
    fn enter(&mut self, bytes: usize, from: Option<Kind>, to: Option<Kind>) {
        if let Some(from) = from {
            self.live.0[from as usize] -= bytes;
        }
        if let Some(to) = to {
            self.live.0[to as usize] += bytes;
        }
        for (most, live) in self.most.0.iter_mut().zip(self.live.0) {
            *most = live.max(*most);
        }
        if self.live.total() > self.peak.total() {
            self.peak = self.live;
        }
        if let Some(trace) = &mut self.trace {
            trace.push(self.live);
        }
    }
}
// ANCHOR_END: book

/// What a counted buffer carries, and hands in when it is let go, on whatever thread that is.
pub(super) struct Ticket {
    book: Arc<Mutex<Book>>,
    bytes: usize,
    kind: AtomicU8,
}

impl Ticket {
    /// The ticket for a new buffer, if this thread is watched; next to free of cost if none is.
    #[inline]
    pub(super) fn draw(bytes: usize) -> Option<Box<Self>> {
        if WATCHED.load(Relaxed) == 0 { None } else { Self::draw_watched(bytes) }
    }

    #[cold]
    #[inline(never)]
    fn draw_watched(bytes: usize) -> Option<Box<Self>> {
        let book = WATCHING.try_with(|watching| watching.borrow().clone()).ok().flatten()?;
        let kind = BORN.get();
        open(&book).enter(bytes, None, Some(kind));
        Some(Box::new(Self { book, bytes, kind: AtomicU8::new(kind as u8) }))
    }

    pub(super) fn kind(&self) -> Kind {
        Kind::ALL[usize::from(self.kind.load(Relaxed))]
    }

    pub(super) fn relabel(&self, kind: Kind) {
        let mut book = open(&self.book);
        let before = Kind::ALL[usize::from(self.kind.swap(kind as u8, Relaxed))];
        if before != kind {
            book.enter(self.bytes, Some(before), Some(kind));
        }
    }
}

impl Drop for Ticket {
    #[cold]
    #[inline(never)]
    fn drop(&mut self) {
        open(&self.book).enter(self.bytes, Some(self.kind()), None);
    }
}

/// Counts the bytes of the tensors that are made while it watches.
#[derive(Clone, Default, Debug)]
pub struct Meter(Arc<Mutex<Book>>);

impl Meter {
    /// A meter that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `f`, and counts every buffer that this thread makes meanwhile. A meter that was
    /// watching before goes on afterwards. Other threads can be watched by clones of this one.
    pub fn watch<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore(Option<Arc<Mutex<Book>>>);
        impl Drop for Restore {
            fn drop(&mut self) {
                WATCHING.set(self.0.take());
                WATCHED.fetch_sub(1, Relaxed);
            }
        }
        WATCHED.fetch_add(1, Relaxed);
        let _restore = Restore(WATCHING.replace(Some(self.0.clone())));
        f()
    }

    /// The bytes that are held now.
    #[must_use]
    pub fn now(&self) -> Bytes {
        open(&self.0).live
    }

    /// The bytes that were held when their total was greatest, the first time if there were
    /// several.
    #[must_use]
    pub fn peak(&self) -> Bytes {
        open(&self.0).peak
    }

    /// The most bytes of one kind that were held at any time.
    #[must_use]
    pub fn most(&self, kind: Kind) -> usize {
        open(&self.0).most[kind]
    }

    /// Forgets what has been: peaks begin with what is held now.
    pub fn restart(&self) {
        let mut book = open(&self.0);
        (book.peak, book.most) = (book.live, book.live);
    }

    /// Runs `f` as [`watch`](Self::watch) does, and gives besides its result what was held at
    /// first and after every change.
    pub fn trace<R>(&self, f: impl FnOnce() -> R) -> (R, Vec<Bytes>) {
        let now = self.now();
        open(&self.0).trace = Some(vec![now]);
        let result = self.watch(f);
        let trace = open(&self.0).trace.take();
        (result, trace.unwrap_or_default())
    }
}
