//! The workers, and jobs that are shared out among them (chapter 1).
//!
//! After a job the workers spin for a millisecond (waking a sleeping thread costs more than most
//! jobs) and then sleep. How they and the caller meet is told in [`gate`](super::gate).

use super::gate::Gate;
use super::number::{current, with};
use super::sync::UnsafeCell;
use crate::tensor::isa::{self, Isa};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long an idle worker looks for work before it sleeps.
const SPIN: Duration = Duration::from_millis(1);

// ANCHOR: parallel
/// Runs `f(0)`, `f(1)`, … `f(tasks − 1)`, on the threads in use, in any order. The tasks should
/// take about the same time, and a few microseconds each at least.
///
/// Inside a task, and while another thread has a job in the pool, it runs them all on the
/// caller's thread: so it can be nested and called from anywhere.
///
/// # Panics
/// If `f` panics, with what it panicked with; the remaining tasks may be left out. If several tasks
/// do, with what one of them panicked with.
pub fn parallel(tasks: usize, f: impl Fn(usize) + Sync) {
    run(tasks, &f);
}

/// [`parallel`], compiled once and not for each type of `f`.
fn run(tasks: usize, f: &(dyn Fn(usize) + Sync)) {
    let helpers = current().min(tasks).saturating_sub(1);
    let held = if helpers > 0 { POOL.gate.hold() } else { None };
    let Some(mut held) = held else { return (0..tasks).for_each(f) };
    POOL.start_workers(helpers);
    let job =
        Job { f, tasks, next: AtomicUsize::new(0), isa: isa::current(), panic: Mutex::new(None) };
    let open = held.open(Shared(NonNull::from(&job).cast()), helpers);
    job.work();
    drop(open); // and so it would be if `work` unwound: before `job`, which the workers borrow
    drop(held);
    if let Some(payload) = job.panic.into_inner().unwrap_or_else(PoisonError::into_inner) {
        resume_unwind(payload);
    }
}

/// What is shared out: a number of tasks, and how far that has come.
struct Job<'a> {
    /// What a task does, given its number.
    f: &'a (dyn Fn(usize) + Sync),
    /// How many tasks there are.
    tasks: usize,
    /// The next that nobody has taken.
    next: AtomicUsize,
    /// The caller's instruction set.
    isa: Isa,
    /// What the first task to panic panicked with.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Job<'_> {
    /// Takes one task after another until none is left, or one panics. Never panics itself.
    fn work(&self) {
        let result = catch_unwind(AssertUnwindSafe(|| {
            loop {
                match self.next.fetch_add(1, Relaxed) {
                    task if task < self.tasks => (self.f)(task),
                    _ => return,
                }
            }
        }));
        if let Err(payload) = result {
            self.next.store(self.tasks, Relaxed);
            let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
            if first.is_none() {
                *first = Some(payload);
            } else {
                drop(first);
                discard(payload);
            }
        }
    }
}
// ANCHOR_END: parallel

/// Drops what a task panicked with, even if dropping it panics.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Dropping this one might panic too, and so on: it is leaked instead.
        std::mem::forget(another);
    }
}

static POOL: Pool = Pool {
    gate: Gate {
        held: AtomicBool::new(false),
        state: AtomicU64::new(0),
        job: UnsafeCell::new(None),
        helpers: AtomicUsize::new(0),
        sleepers: Mutex::new(()),
        asleep: AtomicUsize::new(0),
        wake: Condvar::new(),
    },
    workers: AtomicUsize::new(0),
};

struct Pool {
    gate: Gate<Shared>,
    /// How many workers were started. Only the holder of the gate starts more.
    workers: AtomicUsize,
}

/// A pointer to a job, without the lifetime of what it borrows: the gate keeps the job there while
/// a worker uses it.
#[derive(Clone, Copy)]
struct Shared(NonNull<Job<'static>>);

// SAFETY: it gives other threads a `&Job` and no more, and a job is `Sync`: its function is, and
// the other fields are atomics, a mutex around something `Send`, and plain numbers.
unsafe impl Send for Shared {}

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

    /// A worker's life: enter each job once, if it is among those asked for.
    fn serve(&self, worker: usize) {
        let mut last = 0;
        loop {
            let seen = self.gate.wait(last, SPIN);
            if !self.gate.wants(worker) {
                last = seen.job();
            } else if let Some(inside) = self.gate.enter(seen) {
                last = seen.job();
                if let Some(Shared(job)) = inside.job() {
                    // SAFETY: `run` made this pointer from a `Job` on its stack, which stays
                    // there until its `Open` is dropped, and that waits for `inside` to be.
                    let job = unsafe { job.as_ref() };
                    isa::with(job.isa, || with(1, || job.work()));
                }
            }
        }
    }
}
