//! What a convolution costs: multiply-adds, memory and time, with and without its columns.

use longhand::data::Dataset;
use longhand::report::{Table, grouped, measured};
use longhand::tensor::meter::{Kind, Meter};
use longhand::tensor::{Window, reference, threads};
use longhand::{Rng, Tensor, init};
use std::time::Instant;

/// Arithmetic, memory and time of the net's two convolutions.
pub fn cost(train: &Dataset) {
    let rng = &mut Rng::new(3);
    let window = Window::new([5, 5]);
    let first = train.rows(0..64).images;
    let second = init::normal::<f32>([64, 20, 12, 12], 0.0, 1.0, rng);
    let mut work = Table::new([
        "64 images",
        "parameters",
        "multiply-adds",
        "columns, MiB",
        "held forward",
        "held back",
    ]);
    let mut times =
        Table::new(["8 images, one thread", "seven loops", "columns written down", "as used"]);
    for (name, x, outputs) in [("1 → 20", first, 20), ("20 → 50", second, 50)] {
        let inputs = x.shape()[1];
        let weight = init::normal::<f32>([outputs, inputs, 5, 5], 0.0, 0.1, rng);
        let y = x.conv2d(&weight, None, window);
        let forward = held(|| x.conv2d(&weight, None, window));
        let size = [x.shape()[2], x.shape()[3]];
        let back = held(|| y.conv2d_input(&weight, window, size))
            .max(held(|| x.conv2d_weight(&y, window)));
        let columns = x.im2col(window);
        let mebibytes = |bytes: usize| format!("{:.2}", bytes as f64 / (1 << 20) as f64);
        work.push([
            name.to_string(),
            grouped(weight.len()),
            grouped(y.len() * inputs * 25),
            mebibytes(size_of_val(columns.data())),
            mebibytes(forward),
            mebibytes(back),
        ]);

        let few = x.slice(0, 0..8);
        let kernels = weight.reshape([outputs, inputs * 25]);
        let written = || {
            let columns = few.im2col(window);
            let [rows, cols] = [columns.shape()[1], columns.shape()[2]];
            let of = |n: usize| columns.slice(0, n..n + 1).reshape([rows, cols]);
            (0..8).map(|n| kernels.matmul(&of(n))).collect::<Vec<_>>()
        };
        let as_used = || vec![few.conv2d(&weight, None, window)];
        let loops = || vec![reference::conv2d(&few, &weight, window)];
        let timed = threads::with(1, || [time(1, loops), time(9, written), time(9, as_used)]);
        let [loops, written, as_used] = timed;
        times.push([name.to_string(), loops, written, as_used]);
    }
    print!("{}\n{}", work.left(0), times.left(0).right(1).right(2).right(3));
}

/// The most bytes that `f` holds besides its result, on one thread.
fn held(f: impl Fn() -> Tensor) -> usize {
    let meter = Meter::new();
    let result = threads::with(1, || meter.watch(f));
    meter.most(Kind::Scratch) - size_of_val(result.data())
}

/// The shortest of so many runs.
fn time(runs: usize, f: impl Fn() -> Vec<Tensor>) -> String {
    let run = |_| {
        let start = Instant::now();
        std::hint::black_box(f());
        start.elapsed().as_secs_f64()
    };
    let shortest = (0..runs).map(run).fold(f64::INFINITY, f64::min);
    measured(format_args!("{:.3} ms", 1e3 * shortest))
}
