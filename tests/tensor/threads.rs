//! The pool of threads is held to its word: every task once, from anywhere, whatever panics.

use longhand::tensor::threads;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

#[test]
fn every_task_is_done_once() {
    for count in [1, 2, 3, 5, 16] {
        for tasks in [0, 1, 2, 7, 100] {
            let done: Vec<_> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
            threads::with(count, || {
                threads::parallel(tasks, |i| {
                    done[i].fetch_add(1, Relaxed);
                });
            });
            assert!(done.iter().all(|done| done.load(Relaxed) == 1));
        }
    }
}

#[test]
fn many_tiny_jobs() {
    let mut numbers = vec![0_u32; 64];
    threads::with(3, || {
        for _ in 0..20_000 {
            threads::for_each(numbers.chunks_mut(16), |part| part.iter_mut().for_each(|x| *x += 1));
        }
    });
    assert!(numbers.iter().all(|&x| x == 20_000));
}

#[test]
fn workers_sleep_and_wake() {
    threads::with(3, || {
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(5));
            let seen = Mutex::new(HashSet::new());
            threads::parallel(30, |_| {
                seen.lock().unwrap().insert(std::thread::current().id());
                std::thread::sleep(Duration::from_micros(300));
            });
            assert!((1..=3).contains(&seen.lock().unwrap().len()));
        }
    });
}

#[test]
fn jobs_within_jobs() {
    let sum = AtomicUsize::new(0);
    threads::with(4, || {
        threads::parallel(10, |i| {
            threads::parallel(10, |j| {
                threads::parallel(2, |_| {
                    sum.fetch_add(i * 10 + j, Relaxed);
                });
            });
        });
    });
    assert_eq!(sum.load(Relaxed), 2 * (0..100).sum::<usize>());
}

#[test]
fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
    threads::with(3, || {
        for bad in [0, 3, 49] {
            let result = catch_unwind(|| {
                threads::parallel(50, |i| {
                    std::thread::sleep(Duration::from_micros(20));
                    assert!(i != bad, "task {i} is bad");
                });
            });
            let message = *result.unwrap_err().downcast::<String>().unwrap();
            assert_eq!(message, format!("task {bad} is bad"));
            let done = AtomicUsize::new(0);
            threads::parallel(50, |_| {
                done.fetch_add(1, Relaxed);
            });
            assert_eq!(done.load(Relaxed), 50);
        }
    });
}

/// Panics when it is dropped, with another of its kind. (Not with `panic!`: nothing is printed.)
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new(Bomb));
    }
}

#[test]
fn payloads_that_panic_when_dropped() {
    let (panics, at_once) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let panic = |_| {
        panics.fetch_add(1, Relaxed);
        resume_unwind(Box::new(Bomb))
    };
    // What is caught is a bomb, to be forgotten.
    let caught = |job: &dyn Fn()| {
        let payload = catch_unwind(AssertUnwindSafe(job)).expect_err("every task panics");
        assert!(payload.is::<Bomb>());
        std::mem::forget(payload);
    };
    while panics.load(Relaxed) < 10_000 {
        let inside = AtomicUsize::new(0);
        threads::with(3, || {
            caught(&|| {
                threads::parallel(6, |_| {
                    // Together, so that the pool has to drop the payloads of all but one.
                    let start = Instant::now();
                    inside.fetch_add(1, Relaxed);
                    while inside.load(Relaxed) < 2 && start.elapsed() < Duration::from_millis(1) {
                        std::thread::yield_now();
                    }
                    (0..10).for_each(|_| caught(&|| threads::parallel(2, panic)));
                    // Through the job within and this one.
                    threads::parallel(2, panic);
                });
            });
        });
        at_once.fetch_add(usize::from(inside.into_inner() > 1), Relaxed);
    }
    assert!(at_once.into_inner() > 0, "never two at once: nothing was tested");

    // The workers are still there, and come.
    let seen = Mutex::new(HashSet::new());
    let start = Instant::now();
    while seen.lock().unwrap().len() < 3 && start.elapsed() < Duration::from_secs(10) {
        threads::with(3, || {
            threads::parallel(30, |_| {
                seen.lock().unwrap().insert(std::thread::current().id());
                std::thread::sleep(Duration::from_micros(300));
            });
        });
    }
    assert_eq!(seen.lock().unwrap().len(), 3, "a worker was lost");
}
