//! A thousand variances with their gradients leave nothing behind.

use super::cases::cases;
use longhand::per_sample::{Recorder, Scaling};
use longhand::tensor::threads;
use longhand::{Param, Tape};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting for each thread what it holds.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.with(|held| held.set(held.get() + bytes));
}

// SAFETY: everything is passed on to the system's allocator as it came. Counting touches only a
// number of this thread, and allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_thousand_repetitions_hold_no_more_than_ten() {
    let [linear, _, cnn] = cases();
    for case in [linear, cnn] {
        // On one thread, so that whatever is taken here is given back here.
        threads::with(1, || {
            let params: Vec<_> = case
                .params()
                .into_iter()
                .map(|value| Param::new("p", value.cast::<f32>()))
                .collect();
            let mut tape = Tape::<f32>::new();
            let [mut lengths, mut bytes] = [(); 2].map(|()| Vec::with_capacity(1_000));
            let mut held = Vec::with_capacity(1_000);
            for _ in 0..1_000 {
                tape.clear();
                let leaves: Vec<_> = params.iter().map(|param| tape.param(param)).collect();
                let recorder = Recorder::new(&tape);
                let loss = case.loss(&recorder, &leaves, 0..3);
                let variance =
                    recorder.backward_create_graph(loss, Scaling::Share).total_variance();
                assert_eq!(variance.backward().len(), params.len());
                held.push(HELD.get());
                lengths.push(tape.len());
                bytes.push(tape.bytes());
            }
            assert!(lengths.iter().all(|&length| length == lengths[0]));
            assert!(bytes.iter().all(|&held| held == bytes[0]));
            // What is kept between steps has found its size after the first few.
            assert_eq!(held[10..].iter().max(), held[10..].iter().min(), "{}", case.folder);
        });
    }
    // The measure does see what is kept.
    let before = HELD.get();
    let kept = vec![0_u8; 1 << 20];
    assert_eq!(HELD.get() - before, 1 << 20);
    drop(kept);
}
