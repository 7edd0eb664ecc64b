//! What spending gradients at once excludes, and what it costs.

use crate::nets::{Case, NOTEBOOK, Training, WIDE, Way, adam, batch, equal};
use crate::timing::{Spread, by_turns, seconds};
use longhand::layers::{Layer, Loss, Mse};
use longhand::report::{Table, grouped};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Tensor, mebp};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::time::Instant;

pub fn another_shape() {
    let prediction = (NOTEBOOK.net)(1).predict(&batch(NOTEBOOK.batch, 2));
    let message = panic_of(|| {
        // ANCHOR: another_shape
        let target = Tensor::vector(&[0.5]);
        Mse::mean().forward(&prediction, &target);
        // ANCHOR_END: another_shape
    });
    println!("{}", message.as_deref().unwrap_or("NOT REFUSED"));
}

/// The message that `f` panics with, which goes nowhere else.
fn panic_of(f: impl FnOnce()) -> Option<String> {
    let usual = take_hook();
    set_hook(Box::new(|_| {}));
    let result = catch_unwind(AssertUnwindSafe(f));
    set_hook(usual);
    result.err()?.downcast().ok().map(|message| *message)
}

pub fn accumulation() {
    let mut net = (NOTEBOOK.net)(1);
    let x = batch(NOTEBOOK.batch, 2);
    let d_output = (NOTEBOOK.d_output)(&net.forward(&x), 1);
    // ANCHOR: accumulation
    net.backward_params(&d_output); // half of a batch: its gradients wait for the other half's
    if let Err(error) = mebp::ready(&net.params()) {
        println!("{error}");
    }
    // ANCHOR_END: accumulation
}

/// The largest norm that the gradients may have together.
const MAX_NORM: f64 = 0.001;

/// How often each way of clipping has its turn, after a first in which memory is fetched.
const STEPS: u64 = 9;

pub fn clipping() {
    let x = batch(WIDE.batch, 1);
    let meter = Meter::new();
    let [mut one, mut two] = meter.watch(|| [1, 1].map(WIDE.net));
    let [first, second] = [adam(), adam()];
    let (mut times, mut most, mut norms) = ([const { Vec::new() }; 2], [0; 2], [0.0; 2]);
    for step in 0..=STEPS {
        let start = Instant::now();
        most[0] = most_gradients(&meter, || {
            let d_output = (WIDE.d_output)(&one.forward(&x), step);
            one.backward_params(&d_output);
            norms[0] = mebp::clip(one.params_mut(), MAX_NORM);
            first.lock().expect("no step has panicked").step(one.params_mut());
            one.zero_grad();
        });
        let middle = Instant::now();
        most[1] = most_gradients(&meter, || {
            let optimizer = &mut *second.lock().expect("no step has panicked");
            norms[1] = mebp::per_layer_clipped(&mut two, optimizer, MAX_NORM, |net| {
                (WIDE.d_output)(&net.forward(&x), step)
            });
        });
        let both = [middle - start, middle.elapsed()];
        if step > 0 {
            times.iter_mut().zip(both).for_each(|(times, time)| times.push(time.as_secs_f64()));
        }
    }
    let mut table = Table::new(["the wide net, Adam", "norm found", "most gradients", "time"]);
    for (at, name) in ["all gradients at once", "two passes, per layer"].into_iter().enumerate() {
        let time = seconds(Spread::of(times[at].clone()).median);
        table.push([name.into(), format!("{:.6}", norms[at]), grouped(most[at]), time]);
    }
    print!("{}", table.right(3));
    let [ratio, half] = Spread::of_ratios(&times[1], &times[0]).cells();
    println!("\ntwo passes take {ratio} as long: median of {STEPS} by turns, half within {half}");
    let same = if equal(&one, &two) { "the same bits" } else { "DIFFERENT" };
    println!("after {} steps: {same}", STEPS + 1);
}

/// The most gradients that there were in `step`, in numbers.
fn most_gradients(meter: &Meter, step: impl FnOnce()) -> usize {
    meter.restart();
    meter.watch(step);
    meter.most(Kind::Gradient) / size_of::<f32>()
}

pub fn cost() {
    let mut table = Table::new(["one step, Adam", "ordinary", "per layer", "per parameter"]);
    for (case, repeats, rounds) in [(NOTEBOOK, 100, 61), (WIDE, 1, 21)] {
        let times = step_times(case, repeats, rounds);
        let mut rows = [
            vec![format!("{}, median of {rounds}", case.name)],
            vec!["of ordinary".to_string()],
            vec!["half within".to_string()],
        ];
        for own in &times {
            rows[0].push(seconds(Spread::of(own.clone()).median / repeats as f64));
            let ratio = Spread::of_ratios(own, &times[0]).cells();
            rows[1..].iter_mut().zip(ratio).for_each(|(row, cell)| row.push(cell));
        }
        rows.into_iter().for_each(|row| table.push(row));
    }
    print!("{}", table.right(1).right(2).right(3));
}

/// The seconds of each round of `repeats` steps in each way, the ways taking turns.
fn step_times(case: Case, repeats: u64, rounds: usize) -> Vec<Vec<f64>> {
    let x = batch(case.batch, 1);
    let mut trainings = Way::THREE.map(|way| Training::new(case, 1, adam(), way));
    by_turns(&mut trainings, rounds, |training| {
        (0..repeats).for_each(|step| training.step(&x, step));
    })
}
