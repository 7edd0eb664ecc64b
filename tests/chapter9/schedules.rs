//! The latency model, threads, and gradients that come late.

use super::digits::error;
use super::latency::{Costs, Schedule, late, pace, patience, simulate};
use super::net::{Link, Net};
use super::race::learn;
use super::threads;
use longhand::data::Dataset;
use longhand::optim::Adam;
use longhand::{Rng, Tape, Tensor, init};

const MACHINES: usize = 3;

#[test]
fn a_locked_step_takes_what_the_formula_says() {
    for line in [0.0, 1.0, 10.0, 100.0] {
        // Up and down through three layers, and four times over a line.
        let expected = 3.0 * (1.0 + 2.0) + 4.0 * line;
        assert_eq!(pace(MACHINES, Costs::with_line(line), Schedule::Flush(1)), expected);
    }
}

#[test]
fn the_first_batches_end_when_they_must() {
    let costs = Costs::with_line(10.0);
    // Up: 1, 10, 1, 10, 1. At the top a flush of 2 goes up with both before it comes back.
    assert_eq!(simulate(MACHINES, costs, Schedule::Flush(1), 1), [25.0]);
    assert_eq!(simulate(MACHINES, costs, Schedule::Flush(2), 2), [28.0, 28.0]);
    assert_eq!(simulate(MACHINES, costs, Schedule::Late, 2), [25.0, 28.0]);
    // Decoupled, a batch reaches the top as soon, whatever becomes of the truth.
    assert_eq!(simulate(MACHINES, costs, Schedule::Decoupled(50), 1), [25.0]);
}

#[test]
fn in_a_full_pipe_nobody_waits_and_a_guess_costs_its_work() {
    for line in [0.0, 1.0, 10.0, 100.0] {
        let costs = Costs::with_line(line);
        assert_eq!(pace(MACHINES, costs, Schedule::Late), 3.0, "line {line}");
        let delay = patience(MACHINES, costs);
        assert!((pace(MACHINES, costs, Schedule::Decoupled(delay)) - 4.0).abs() < 0.01);
        if delay > 0 {
            let hasty = pace(MACHINES, costs, Schedule::Decoupled(delay - 1));
            assert!(hasty > 4.0, "line {line}: {delay} is not the least");
        }
        let flush = |size| pace(MACHINES, costs, Schedule::Flush(size));
        assert!(flush(1) > flush(8) && flush(8) > flush(48) && flush(48) > 3.0, "line {line}");
    }
    assert_eq!(late(MACHINES, Costs::with_line(10.0)), [16, 8, 0]);
    assert_eq!(late(MACHINES, Costs::with_line(0.0)), [2, 1, 0]);
}

/// Points of ten kinds in as many dimensions as an image has.
fn points(count: usize, seed: u64) -> Dataset {
    let centres = init::normal::<f32>([10, 784], 0.0, 0.15, &mut Rng::new(1));
    let labels: Vec<usize> = (0..count).map(|i| i % 10).collect();
    let noise = init::normal([count, 784], 0.0, 1.0, &mut Rng::new(seed));
    Dataset::new(centres.gather_rows(&labels) + noise, labels)
}

#[test]
fn locked_threads_are_plain_backpropagation() {
    let (points, batches) = (points(640, 2), 20);
    let by_threads = threads::train(&points, None, batches, 1e-3, 3);
    let rng = &mut Rng::new(3);
    let mut net = Net::<f32>::new(&threads::SIZES, rng, |_, _| Link::Joined);
    net.summed = true;
    let (mut tape, mut adam, mut order) = (Tape::new(), Adam::new(1e-3), Rng::new(3));
    let examples = points.batches(64).drop_last();
    let mut losses = Vec::new();
    for (x, y) in std::iter::repeat_with(|| examples.shuffled(&mut order)).flatten().take(batches) {
        losses.push(net.step(&mut tape, &mut adam, &x, &y));
    }
    let far = Tensor::vector(&losses).max_abs_diff(&Tensor::vector(&by_threads.losses));
    assert!(far < 1e-3, "{far}");
}

#[test]
fn decoupled_threads_learn_and_give_the_same_bits_every_time() {
    let (learnt, new) = (points(1280, 4), points(500, 5));
    let run = || threads::train(&learnt, Some(4), 60, 1e-3, 1);
    let (once, twice) = (run(), run());
    assert_eq!(once.losses, twice.losses);
    let mean = |part: &[f32]| Tensor::vector(part).mean();
    assert!(mean(&once.losses[50..]) < 0.5 * mean(&once.losses[..5]), "{:?}", once.losses);
    assert!(error(&once.net, &new) < 45.0, "{}", error(&once.net, &new));
}

#[test]
fn late_gradients_learn_and_differ_from_those_in_time() {
    let learnt = points(1280, 4);
    let (late, _) = learn(Schedule::Late, 60, 1e-3, &learnt, 1);
    let (now, _) = learn(Schedule::Flush(1), 60, 1e-3, &learnt, 1);
    assert_eq!(late[0], now[0], "the first batch meets the same net");
    assert_ne!(late[5..], now[5..]);
    let mean = |part: &[f32]| Tensor::vector(part).mean();
    assert!(mean(&late[50..]) < 0.5 * mean(&late[..5]), "{late:?}");
}
