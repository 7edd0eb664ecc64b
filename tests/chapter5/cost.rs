//! Cost: linear in the number of entries, without recursion, without copies.

use longhand::tape::concat;
use longhand::{Tape, Tensor};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The shortest of three times that `f` takes.
fn time(f: impl Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap()
}

fn chain(n: usize) {
    let tape = Tape::<f32>::new();
    let x = tape.leaf(Tensor::scalar(1.0));
    let y = (0..n).fold(x, |y, _| -y);
    assert_eq!((tape.len(), tape.bytes()), (n + 1, 4 * (n + 1)));
    assert_eq!(y.backward()[x].item(), if n.is_multiple_of(2) { 1.0 } else { -1.0 });
    assert_eq!(tape.bytes(), 8);
}

fn fan_out(n: usize) {
    let tape = Tape::<f32>::new();
    let x = tape.leaf(Tensor::scalar(1.0));
    let branches: Vec<_> = (0..n).map(|_| -x).collect();
    let y = concat(&branches.iter().map(|b| b.unsqueeze(0)).collect::<Vec<_>>(), 0).sum();
    assert_eq!(y.backward()[x].item(), -(n as f32));
}

#[test]
fn cost_is_linear_in_the_number_of_entries() {
    // On a stack on which nothing could recurse once for each entry.
    let run = || {
        for f in [chain, fan_out] {
            // Others may use the machine too, but not each time: quadratic would be 100 times.
            let linear = || time(|| f(100_000)) < 40 * time(|| f(10_000));
            assert!((0..5).any(|_| linear()), "100,000 entries take 40 times as long as 10,000");
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn many_short_passes_on_a_long_tape_do_not_walk_all_of_it() {
    // A thousand at the beginning and a thousand behind twenty thousand entries and more: to walk
    // all of them would take 20 times as long. Others may use the machine too, but not each time.
    let constant = || {
        let tape = Tape::<f32>::new();
        let passes = |count| {
            time(|| {
                for _ in 0..count {
                    let x = tape.leaf(Tensor::scalar(2.0));
                    assert_eq!(x.square().backward()[x].item(), 4.0);
                }
            })
        };
        let first = passes(1_000);
        passes(18_000);
        passes(1_000) < 8 * first
    };
    assert!((0..5).any(|_| constant()), "passes on a long tape take 8 times as long");
}

#[test]
fn a_gradient_that_is_used_once_is_never_copied() {
    // The gradient of the sum's input, negated: the leaf receives that very tensor.
    let tape = Tape::<f32>::new();
    let x = tape.leaf(Tensor::zeros([1000]));
    static AT: AtomicUsize = AtomicUsize::new(0);
    let value = x.value();
    let y = tape.operation("look", [x], value, |[_], _, g| {
        let given = -g;
        AT.store(given.value().data().as_ptr() as usize, Ordering::Relaxed);
        [Some(given)]
    });
    let gradients = y.reshape([10, 100]).sum().backward();
    assert_eq!(gradients[x].data().as_ptr() as usize, AT.load(Ordering::Relaxed));
}
