//! What clipping costs if the individual gradients are written down, and if they are not.

use super::price::shortest;
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Layer, Sequential};
use longhand::models::lenet;
use longhand::per_sample::{Recorder, Samples, Scaling};
use longhand::report::{Table, grouped, measured};
use longhand::tensor::meter::Meter;
use longhand::tensor::threads;
use longhand::{Rng, Tape};

/// The sums of the clipped gradients, for every parameter.
fn clipped(samples: &Samples<'_>, recorder: &Recorder<'_>) {
    let factors = samples.clipping(1.0);
    for param in recorder.params() {
        let _ = samples.weighted_sum(param, factors).value();
    }
}

/// All individual gradients, and no more than that.
fn written_down(samples: &Samples<'_>, recorder: &Recorder<'_>) {
    for param in recorder.params() {
        let _ = samples.individual(param);
    }
}

fn with_samples(net: &mut Sequential, digits: &Dataset, ask: impl Fn(&Samples<'_>, &Recorder<'_>)) {
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(net, tape.constant(digits.images.clone()));
    let samples = recorder.backward(scores.cross_entropy_sum(&digits.labels), Scaling::Share);
    ask(&samples, &recorder);
}

fn plain(net: &mut Sequential, digits: &Dataset) {
    use longhand::record::Record;
    let tape = Tape::new();
    let scores = net.record(tape.constant(digits.images.clone()));
    let _ = scores.cross_entropy_sum(&digits.labels).backward();
}

/// What the square norm of one image's gradient costs in each layer of LeNet, in multiplications.
fn two_ways() {
    let mut table = Table::new(["layer", "places", "inputs", "outputs", "D·Xᵀ", "DᵀD and XᵀX"]);
    for (name, places, inputs, outputs) in [
        ("convolution", 24 * 24, 25, 20),
        ("convolution", 8 * 8, 20 * 25, 50),
        ("linear", 1, 800, 500),
        ("linear", 1, 500, 10),
    ] {
        let written: usize = places * inputs * outputs;
        let gram: usize = places * places * (inputs + outputs);
        let sizes = [places, inputs, outputs, written, gram].map(grouped);
        table.push([name.to_string()].into_iter().chain(sizes));
    }
    println!("{table}");
}

pub fn norms(mnist: &Mnist) {
    two_ways();
    let digits = mnist.train.split_at(256).0.dataset::<f32>([1, 28, 28], 255.0);
    let mut net = lenet(&mut Rng::new(6), [0.0, 0.0]);
    let numbers: usize = net.params().iter().map(|param| param.value.len()).sum();
    println!("{} digits, {} parameters, on one thread\n", digits.len(), grouped(numbers));
    let mut table = Table::new(["", "most memory", "time", "ratio"]);
    type Way<'a> = (&'a str, &'a dyn Fn(&mut Sequential));
    let ways: [Way; 3] = [
        ("a plain gradient", &|net| plain(net, &digits)),
        ("clipped", &|net| with_samples(net, &digits, clipped)),
        ("all gradients written", &|net| with_samples(net, &digits, written_down)),
    ];
    threads::with(1, || {
        let mut times = [f64::INFINITY; 3];
        for _ in 0..3 {
            for (time, (_, way)) in times.iter_mut().zip(&ways) {
                *time = time.min(shortest(1, || way(&mut net)));
            }
        }
        for (time, (name, way)) in times.iter().zip(&ways) {
            let meter = Meter::new();
            meter.watch(|| way(&mut net));
            let mebibytes = meter.peak().total() as f64 / f64::from(1 << 20);
            table.push([
                (*name).to_string(),
                format!("{mebibytes:.1} MiB"),
                measured(format_args!("{time:.0} ms")),
                measured(format_args!("{:.2} ×", time / times[0])),
            ]);
        }
    });
    print!("{}", table.right(1).right(2).right(3));
}
