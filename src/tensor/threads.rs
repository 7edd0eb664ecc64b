//! A small pool of threads (chapter 1).
//!
//! Starting a thread costs some tens of microseconds: more than many a product takes. So the
//! threads are started once and kept. A *job* is a closure and a number of tasks; whoever is
//! free takes the next number, the caller too, until none is left.
//!
//! ```text
//! caller:  write the job · open the gate · take tasks · close the gate · wait until all have left
//! worker:  wait for an open gate · enter · take tasks · leave
//! ```
//!
//! The gate is one atomic word: which job, open or not, how many workers are inside. A worker
//! can enter only while it is open, and the caller returns only when nobody is inside, so a task
//! may borrow from the caller's stack. A worker that comes late finds the gate closed; nobody
//! waits for it. After a job the workers spin for a millisecond (waking a sleeping thread costs
//! more than most jobs) and then sleep.
//!
//! Tasks write to separate places and never add up across threads, so results do not depend on
//! how many there are. `LONGHAND_THREADS` sets the number.

use super::isa::{self, Isa};
use super::setting::Setting;
use crate::{Error, Result};
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::*};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The environment variable that sets the number of threads.
const VARIABLE: &str = "LONGHAND_THREADS";

/// More threads than this are not started, whatever is asked for.
const MOST: usize = 256;

/// How long an idle worker looks for work before it sleeps.
const SPIN: Duration = Duration::from_millis(1);

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
        _ => Err(Error::new(VARIABLE)
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

/// Into how many pieces to cut `work` when a piece should hold at least `least`: one for each
/// thread, or fewer.
///
/// ```
/// use longhand::tensor::threads;
/// threads::with(4, || {
///     assert_eq!(threads::pieces(1_000_000, 50_000), 4);
///     assert_eq!(threads::pieces(120_000, 50_000), 2);
///     assert_eq!(threads::pieces(10, 50_000), 1);
/// });
/// ```
pub fn pieces(work: usize, least: usize) -> usize {
    (work / least.max(1)).clamp(1, current())
}

/// Runs `f(part)` for each part, on the threads in use. The parts are most often pieces of a
/// slice to write to, next to what is read there.
///
/// ```
/// use longhand::tensor::threads;
/// let x = [1, 2, 3, 4, 5];
/// let mut y = [0; 5];
/// threads::for_each(y.chunks_mut(2).zip(x.chunks(2)), |(y, x)| {
///     for (y, x) in y.iter_mut().zip(x) {
///         *y = 10 * x;
///     }
/// });
/// assert_eq!(y, [10, 20, 30, 40, 50]);
/// ```
///
/// # Panics
/// If `f` panics, with what it panicked with; the remaining parts may be left out.
pub fn for_each<P: Send>(parts: impl IntoIterator<Item = P>, f: impl Fn(P) + Sync) {
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return };
    let Some(second) = parts.next() else { return f(first) };
    let parts: Vec<_> =
        [first, second].into_iter().chain(parts).map(|part| Mutex::new(Some(part))).collect();
    parallel(parts.len(), |i| {
        let part = parts[i].lock().unwrap_or_else(PoisonError::into_inner).take();
        part.into_iter().for_each(&f);
    });
}

// ANCHOR: parallel
/// Runs `f(0)`, `f(1)`, … `f(tasks − 1)`, on the threads in use, in any order. They should take
/// alike long, and a few microseconds each at least.
///
/// Inside a task, and while another thread has a job in the pool, it runs them all on the
/// caller's thread: so it can be nested and called from anywhere.
///
/// # Panics
/// If `f` panics, with what it panicked with; the remaining tasks may be left out.
pub fn parallel(tasks: usize, f: impl Fn(usize) + Sync) {
    let helpers = current().min(tasks).saturating_sub(1);
    if helpers == 0 || POOL.busy.swap(true, Acquire) {
        return (0..tasks).for_each(f);
    }
    POOL.start_workers(helpers);
    let job = Job {
        f: &f,
        tasks,
        next: AtomicUsize::new(0),
        isa: isa::current(),
        panic: Mutex::new(None),
    };
    POOL.open(&job, helpers);
    job.work();
    POOL.close();
    POOL.busy.store(false, Release);
    if let Some(panic) = job.panic.into_inner().unwrap_or_else(PoisonError::into_inner) {
        resume_unwind(panic);
    }
}

struct Job<'a> {
    f: &'a (dyn Fn(usize) + Sync),
    tasks: usize,
    next: AtomicUsize,
    isa: Isa,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Job<'_> {
    /// Takes one task after another until none is left, or one panics.
    fn work(&self) {
        let result = catch_unwind(AssertUnwindSafe(|| {
            loop {
                match self.next.fetch_add(1, Relaxed) {
                    task if task < self.tasks => (self.f)(task),
                    _ => return,
                }
            }
        }));
        if let Err(panic) = result {
            self.next.store(self.tasks, Relaxed);
            self.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
        }
    }
}
// ANCHOR_END: parallel

static POOL: Pool = Pool {
    busy: AtomicBool::new(false),
    gate: AtomicU64::new(0),
    job: UnsafeCell::new(None),
    helpers: AtomicUsize::new(0),
    workers: AtomicUsize::new(0),
    sleepers: Mutex::new(()),
    asleep: AtomicUsize::new(0),
    wake: Condvar::new(),
};

struct Pool {
    /// Held by the one caller whose job this is.
    busy: AtomicBool,
    /// The job's number × [`JOB`], plus [`OPEN`], plus the workers inside.
    gate: AtomicU64,
    /// The job: written while the gate is closed and nobody inside, read by those inside.
    job: UnsafeCell<Option<*const Job<'static>>>,
    /// How many workers this job may have.
    helpers: AtomicUsize,
    /// How many were started.
    workers: AtomicUsize,
    sleepers: Mutex<()>,
    asleep: AtomicUsize,
    wake: Condvar,
}

const OPEN: u64 = 1 << 16;
const JOB: u64 = OPEN << 1;

// SAFETY: `job` is the one field that is not `Sync`, and the gate orders every access to it.
unsafe impl Sync for Pool {}

impl Pool {
    /// Starts workers until there are `number`. Where the system refuses, there are fewer.
    fn start_workers(&'static self, number: usize) {
        for worker in self.workers.load(Relaxed)..number {
            let thread = std::thread::Builder::new().name(format!("longhand-{}", worker + 1));
            match thread.spawn(move || self.serve(worker)) {
                Ok(_) => self.workers.store(worker + 1, Relaxed),
                Err(_) => return,
            }
        }
    }

    /// Lets the workers in. The caller holds `busy`, and must `close` before `job` ends.
    fn open(&self, job: &Job, helpers: usize) {
        // SAFETY: the gate is closed and nobody is inside (`close` saw to it, and `busy` orders
        // us after it), so nobody reads this. The lifetime is forgotten; `close` honours it.
        unsafe { *self.job.get() = Some((&raw const *job).cast()) };
        self.helpers.store(helpers, Relaxed);
        self.gate.store((self.gate.load(Relaxed) & !(JOB - 1)) + JOB + OPEN, SeqCst);
        if self.asleep.load(SeqCst) > 0 {
            let _held = self.sleepers.lock();
            self.wake.notify_all();
        }
    }

    /// Shuts the gate, and waits until everyone inside has left.
    fn close(&self) {
        self.gate.fetch_and(!OPEN, AcqRel);
        let mut tries = 0_u32;
        while self.gate.load(Acquire) & (OPEN - 1) > 0 {
            tries += 1;
            if tries < 10_000 { std::hint::spin_loop() } else { std::thread::yield_now() }
        }
    }

    /// A worker's life: enter each job once, if it is among those asked for.
    fn serve(&self, worker: usize) {
        let mut last = 0;
        loop {
            let gate = self.wait(last);
            if worker >= self.helpers.load(Relaxed) {
                last = gate / JOB;
            } else if self.gate.compare_exchange(gate, gate + 1, Acquire, Relaxed).is_ok() {
                last = gate / JOB;
                // SAFETY: we are inside, so the job has not ended: `parallel` is in `close` at
                // the latest. Entering acquired what `open` wrote.
                let job = unsafe { (*self.job.get()).map(|job| &*job) };
                if let Some(job) = job {
                    isa::with(job.isa, || with(1, || job.work()));
                }
                self.gate.fetch_sub(1, Release);
            }
        }
    }

    /// Waits for an open gate that is not job `last`'s.
    fn wait(&self, last: u64) -> u64 {
        let open = |order| {
            let gate = self.gate.load(order);
            (gate & OPEN > 0 && gate / JOB != last).then_some(gate)
        };
        loop {
            let start = Instant::now();
            while start.elapsed() < SPIN {
                for _ in 0..64 {
                    if let Some(gate) = open(Acquire) {
                        return gate;
                    }
                    std::hint::spin_loop();
                }
            }
            let mut held = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
            self.asleep.fetch_add(1, SeqCst);
            while open(SeqCst).is_none() {
                held = self.wake.wait(held).unwrap_or_else(PoisonError::into_inner);
            }
            self.asleep.fetch_sub(1, SeqCst);
        }
    }
}
