//! What it costs: time against the size of the batch, and memory over a thousand repetitions.

use super::cases::cases;
use longhand::data::Mnist;
use longhand::per_sample::{Recorder, Scaling};
use longhand::report::{Figure, LineChart, Table, grouped, measured};
use longhand::tensor::threads;
use longhand::{Result, Tape};
use std::time::Instant;

pub fn against_the_batch(mnist: &Mnist) -> Result<()> {
    let sizes = [1, 2, 4, 8, 16, 32, 64, 128];
    let mut table = Table::new(["batch", "at once", "one by one", "ratio"]);
    let (mut at_once, mut reference) = (Vec::new(), Vec::new());
    for batch in sizes {
        let [_, _, mut cnn] = cases::<f32>(mnist, batch);
        let ours = threads::with(1, || shortest(9, || drop(cnn.at_once())));
        let theirs = threads::with(1, || shortest(3, || drop(cnn.reference())));
        table.push([
            batch.to_string(),
            measured(format_args!("{ours:.2} ms")),
            measured(format_args!("{theirs:.2} ms")),
            measured(format_args!("{:.1} ×", theirs / ours)),
        ]);
        at_once.push(ours);
        reference.push(theirs);
    }
    print!("on one thread\n\n{}", table.right(1).right(2).right(3));
    let sizes = sizes.map(|size| size as f64);
    let chart = LineChart::new("Variance and its gradient, the small CNN")
        .x("samples in the batch")
        .y("ms")
        .log_x()
        .log_y()
        .line("one by one", &sizes, &reference)
        .line("at once", &sizes, &at_once);
    println!("\nfigure: {}", chart.save_figure("chapter10-timing-batch")?);
    Ok(())
}

/// The shortest of `times` runs, in milliseconds.
pub fn shortest(times: usize, mut f: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        f();
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..times).map(once).fold(f64::INFINITY, f64::min)
}

pub fn memory(mnist: &Mnist) {
    let [_, mut linear, _] = cases::<f32>(mnist, 32);
    // ANCHOR: memory
    let mut tape = Tape::new();
    for repetition in 1..=1_000 {
        tape.clear();
        let recorder = Recorder::new(&tape);
        let loss = linear.loss(&recorder, 0..32);
        let total = recorder.backward_create_graph(loss, Scaling::Share).total_variance();
        let gradients = total.backward();
        if [1, 10, 100, 1_000].contains(&repetition) {
            let (entries, bytes) = (tape.len(), grouped(tape.bytes()));
            println!(
                "{repetition:>5}: {entries} entries, {bytes} bytes, {} gradients",
                gradients.len()
            );
        }
    }
    // ANCHOR_END: memory
}
