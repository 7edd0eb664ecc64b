//! What spending gradients at once excludes, and what it costs.

use crate::nets::{Case, NOTEBOOK, Training, WIDE, Way, adam, batch, equal};
use longhand::layers::Layer;
use longhand::mebp;
use longhand::report::{Table, grouped, measured};
use longhand::tensor::meter::{Kind, Meter};
use std::time::Instant;

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

pub fn clipping() {
    let x = batch(WIDE.batch, 1);
    let meter = Meter::new();
    let [mut one, mut two] = meter.watch(|| [1, 1].map(WIDE.net));
    let [first, second] = [adam(), adam()];
    let mut table = Table::new(["the wide net, Adam", "norm found", "most gradients", "time"]);
    let (mut times, mut most) = ([f64::INFINITY; 2], [0; 2]);
    let mut norms = [0.0; 2];
    for step in 0..3 {
        let start = Instant::now();
        most[0] = most_gradients(&meter, || {
            let d_output = (WIDE.d_output)(&one.forward(&x), step);
            one.backward_params(&d_output);
            norms[0] = mebp::clip(one.params_mut(), MAX_NORM);
            first.lock().expect("no step has panicked").step(one.params_mut());
            one.zero_grad();
        });
        times[0] = times[0].min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        most[1] = most_gradients(&meter, || {
            let optimizer = &mut *second.lock().expect("no step has panicked");
            norms[1] = mebp::per_layer_clipped(&mut two, optimizer, MAX_NORM, |net| {
                (WIDE.d_output)(&net.forward(&x), step)
            });
        });
        times[1] = times[1].min(start.elapsed().as_secs_f64());
    }
    for (at, name) in ["all gradients at once", "two passes, per layer"].into_iter().enumerate() {
        let ms = measured(format_args!("{:.1} ms", 1e3 * times[at]));
        table.push([name.into(), format!("{:.6}", norms[at]), grouped(most[at]), ms]);
    }
    print!("{}", table.right(3));
    let ratio = measured(format_args!("{:.2} ×", times[1] / times[0]));
    println!("\ntwo passes take {ratio} as long");
    let same = if equal(&one, &two) { "the same bits" } else { "DIFFERENT" };
    println!("after three steps: {same}");
}

pub fn cost() {
    let mut table = Table::new(["one step, Adam", "ordinary", "per layer", "per parameter"]);
    for (case, repeats, rounds) in [(NOTEBOOK, 100, 30), (WIDE, 1, 3)] {
        let times = step_times(case, repeats, rounds);
        let cells = times.map(|seconds| match seconds < 1e-3 {
            true => measured(format_args!("{:.2} µs", 1e6 * seconds)),
            false => measured(format_args!("{:.1} ms", 1e3 * seconds)),
        });
        table.push([case.name.to_string()].into_iter().chain(cells));
        let parts = times.map(|seconds| measured(format_args!("{:.2} ×", seconds / times[0])));
        table.push([String::new()].into_iter().chain(parts));
    }
    print!("{}", table.right(1).right(2).right(3));
}

/// The most gradients that there were in `step`, in numbers.
fn most_gradients(meter: &Meter, step: impl FnOnce()) -> usize {
    meter.restart();
    meter.watch(step);
    meter.most(Kind::Gradient) / size_of::<f32>()
}

/// The quickest of some rounds for each way, the ways taking turns.
fn step_times(case: Case, repeats: u64, rounds: usize) -> [f64; 3] {
    let x = batch(case.batch, 1);
    let mut trainings = Way::THREE.map(|way| Training::new(case, 1, adam(), way));
    let mut times = [f64::INFINITY; 3];
    for round in 0..=rounds {
        for (training, time) in trainings.iter_mut().zip(&mut times) {
            let start = Instant::now();
            (0..repeats).for_each(|step| training.step(&x, step));
            let seconds = start.elapsed().as_secs_f64() / repeats as f64;
            // In the first round the memory is fetched.
            if round > 0 {
                *time = time.min(seconds);
            }
        }
    }
    times
}
