//! The gate between a caller with a job and the workers that come to help (chapter 1).
//!
//! ```text
//! caller:  hold the gate · open it for a job · work · close it · wait until all have left
//! worker:  wait for an open gate · enter · work · leave
//! ```
//!
//! Who may be at the job is one atomic word: which job, open or not, how many workers are inside.
//! A worker can enter only while it is open, and the caller goes on only when nobody is inside, so
//! a job may borrow from the caller's stack. A worker that comes late finds the gate closed; nobody
//! waits for it.
//!
//! What must not be forgotten is done by guards: [`Held`] lets the gate go, [`Open`] closes it,
//! [`Inside`] leaves, each when it is dropped, and so also when a panic passes through.
//!
//! A model in `.ci/model` takes this file as it is and tries every order in which threads can meet
//! here, and every value that the memory model lets them see.

use super::sync::{
    AtomicBool, AtomicU64, AtomicUsize, Condvar, Mutex, Ordering::*, PoisonError, UnsafeCell,
    fence, spin_loop, yield_now,
};
use std::time::{Duration, Instant};

/// The bit that says whether the gate is open. Below it: how many workers are inside.
const OPEN: u64 = 1 << 16;
/// What the number of the job is multiplied by.
const JOB: u64 = OPEN << 1;

/// The gate, with the job that it is open for.
#[derive(Debug)]
pub(super) struct Gate<J> {
    /// Whether some caller has it.
    pub(super) held: AtomicBool,
    /// The job's number × [`JOB`], plus [`OPEN`], plus the workers inside.
    pub(super) state: AtomicU64,
    /// The job: written while the gate is closed and nobody inside, read by those inside.
    pub(super) job: UnsafeCell<Option<J>>,
    /// How many workers the job may have.
    pub(super) helpers: AtomicUsize,
    /// Held by a worker from when it last looked at the gate until it sleeps.
    pub(super) sleepers: Mutex<()>,
    /// How many workers are asleep, or about to be.
    pub(super) asleep: AtomicUsize,
    /// What they are woken by.
    pub(super) wake: Condvar,
}

// SAFETY: `job` is the one field that is not `Sync`. It is written by `Held::open` alone, when the
// gate is closed and nobody inside, and read by `Inside::job` alone, whose worker has entered an
// open gate; the two are ordered by `state`. A copy of it passes to other threads: J is `Send`.
unsafe impl<J: Copy + Send> Sync for Gate<J> {}

/// An open gate, as a worker has seen it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen(u64);

impl Seen {
    /// The number of the job, which is never 0.
    pub(super) fn job(self) -> u64 {
        self.0 / JOB
    }
}

// For callers.
impl<J: Copy + Send> Gate<J> {
    /// The gate for the caller alone, if nobody else has it.
    pub(super) fn hold(&self) -> Option<Held<'_, J>> {
        let free = self.held.compare_exchange(false, true, Acquire, Relaxed);
        // `then_some` would make a `Held` in any case, and drop one that is not wanted: that would
        // let go a gate which another caller holds.
        free.is_ok().then(|| Held(self))
    }
}

/// The gate in one caller's hands. Let go when it is dropped.
#[derive(Debug)]
pub(super) struct Held<'a, J>(&'a Gate<J>);

impl<J: Copy + Send> Held<'_, J> {
    /// Lets up to `helpers` workers in to `job`, until the guard that it returns is dropped.
    pub(super) fn open(&mut self, job: J, helpers: usize) -> Open<'_, J> {
        let gate = self.0;
        // The caller before may have been another thread: `hold` acquired what it did.
        let before = gate.state.load(Relaxed);
        debug_assert_eq!(before & (JOB - 1), 0, "opened before it was empty");
        // SAFETY: nobody reads: the gate is closed and empty, as the last `Open` left it, and
        // only `self` can open it. Nobody else writes: `self` is borrowed mutably.
        gate.job.with_mut(|place| unsafe { *place = Some(job) });
        gate.helpers.store(helpers, Relaxed);
        gate.state.store(before + JOB + OPEN, Release);
        // At least one of the two sees the other: this call that a worker is going to sleep, or
        // that worker the open gate. For each first writes its own word, and after its fence reads
        // the other's.
        fence(SeqCst);
        if gate.asleep.load(Relaxed) > 0 {
            // A worker holds this lock until it is asleep: whoever has it knows that all who
            // counted themselves can be woken.
            let _held = gate.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
            gate.wake.notify_all();
        }
        Open(gate)
    }
}

impl<J> Drop for Held<'_, J> {
    fn drop(&mut self) {
        self.0.held.store(false, Release);
    }
}

/// An open gate. When it is dropped the gate is shut, and everyone inside has left.
#[derive(Debug)]
pub(super) struct Open<'a, J>(&'a Gate<J>);

impl<J> Drop for Open<'_, J> {
    fn drop(&mut self) {
        self.0.state.fetch_and(!OPEN, Relaxed);
        let mut tries = 0_u32;
        // Acquires what those inside did before they left.
        while self.0.state.load(Acquire) & (OPEN - 1) > 0 {
            tries += 1;
            if tries < 10_000 { spin_loop() } else { yield_now() }
        }
    }
}

// For workers.
impl<J: Copy + Send> Gate<J> {
    /// Waits for an open gate that is not job `last`'s: awake for as long as `spin`, then asleep.
    pub(super) fn wait(&self, last: u64, spin: Duration) -> Seen {
        let open = || {
            let seen = self.state.load(Acquire);
            (seen & OPEN > 0 && seen / JOB != last).then_some(Seen(seen))
        };
        let start = Instant::now();
        while start.elapsed() < spin {
            for _ in 0..64 {
                if let Some(seen) = open() {
                    return seen;
                }
                spin_loop();
            }
        }
        let mut held = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        self.asleep.fetch_add(1, Relaxed);
        fence(SeqCst); // see `Held::open`
        let seen = loop {
            match open() {
                Some(seen) => break seen,
                None => held = self.wake.wait(held).unwrap_or_else(PoisonError::into_inner),
            }
        };
        self.asleep.fetch_sub(1, Relaxed);
        seen
    }

    /// Whether worker number `worker` is one of those that the job may have.
    pub(super) fn wants(&self, worker: usize) -> bool {
        // Read before entering, it may already be the next job's number of helpers. Then the gate
        // is not as it was seen, `enter` fails, and the worker meets the next job when it looks
        // again.
        worker < self.helpers.load(Relaxed)
    }

    /// Enters, if the gate is still as it was seen.
    pub(super) fn enter(&self, Seen(seen): Seen) -> Option<Inside<'_, J>> {
        debug_assert!(seen & (OPEN - 1) < OPEN - 1, "more workers than the word can count");
        // Acquires what `open` wrote.
        let entered = self.state.compare_exchange(seen, seen + 1, Acquire, Relaxed);
        entered.ok().map(|_| Inside(self))
    }
}

/// One worker's stay inside. It leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Inside<'a, J>(&'a Gate<J>);

impl<J: Copy + Send> Inside<'_, J> {
    /// The job. It lasts as long as this stay: the caller's [`Open`] waits for it.
    pub(super) fn job(&self) -> Option<J> {
        // SAFETY: `job` is written by `Held::open` alone, when no worker is inside, and this one is
        // until `self` is dropped.
        self.0.job.with(|place| unsafe { *place })
    }
}

impl<J> Drop for Inside<'_, J> {
    fn drop(&mut self) {
        // Releases what was done inside to the caller, who waits for it.
        self.0.state.fetch_sub(1, Release);
    }
}
