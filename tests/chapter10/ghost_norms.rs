//! Norms and clipping without writing the gradients down: the same numbers, in little memory.

use super::common::{assert_near, normal, same_everywhere};
use longhand::layers::{Conv2d, Flatten, Linear, MaxPool2d, Relu, Sequential};
use longhand::models::lenet;
use longhand::per_sample::{Recorder, Samples, Scaling};
use longhand::tape::Var;
use longhand::tensor::meter::Meter;
use longhand::tensor::{Window, threads};
use longhand::{Rng, Scalar, Tape, Tensor, sequential};

/// A net whose first convolution has many places and few channels, its second the reverse.
fn net<T: Scalar>() -> Sequential<T> {
    let rng = &mut Rng::new(1);
    sequential![
        Conv2d::new(1, 6, Window::new([3, 3]).padding([1, 1]), rng),
        Relu::new(),
        MaxPool2d::new(Window::tiling(4)),
        Conv2d::new(6, 40, Window::new([2, 2]), rng),
        Relu::new(),
        Flatten::new(),
        Linear::new(40 * 4, 10, rng),
    ]
}

/// The samples of a net on random images, and its parameters.
fn samples<'t, T: Scalar>(
    tape: &'t Tape<T>,
    net: &mut Sequential<T>,
    images: &[usize],
) -> (Samples<'t, T>, Vec<Var<'t, T>>) {
    let recorder = Recorder::new(tape);
    let labels: Vec<usize> = (0..images[0]).map(|i| i % 10).collect();
    let output = recorder.record(net, tape.constant(normal(images, 2)));
    let loss = output.cross_entropy_sum(&labels);
    (recorder.backward(loss, Scaling::Share), recorder.params())
}

#[test]
fn norms_and_clipped_sums_are_those_of_the_gradients_written_down() {
    let tape = Tape::<f64>::new();
    let (samples, params) = samples(&tape, &mut net(), &[7, 1, 12, 12]);
    let written: Vec<_> = params.iter().map(|&p| samples.individual(p).value()).collect();
    let square = |g: &Tensor<f64>| g.square().flatten(1).sum_axis(1);
    for (&param, written) in params.iter().zip(&written) {
        let found = samples.square_norms(param).value();
        assert_near("square norms", &(found / square(written)), &Tensor::ones([7]), 1e-12);
    }
    let norms = written.iter().map(square).reduce(|a, b| a + b).unwrap().sqrt();
    let bound = norms.mean();
    let factors = samples.clipping(bound);
    for (n, &norm) in norms.data().iter().enumerate() {
        assert!((factors.value().data()[n] - (bound / norm).min(1.0)).abs() < 1e-13);
    }
    for (&param, written) in params.iter().zip(&written) {
        let rows = written.flatten(1);
        let sum = factors.value().unsqueeze(0).matmul(&rows).reshape(param.shape());
        assert_near("clipped", &samples.weighted_sum(param, factors).value(), &sum, 1e-12);
        let products = rows.matmul_nt(&rows);
        assert_near("products", &samples.dot_products(param).value(), &products, 1e-11);
    }
}

#[test]
fn clipping_takes_a_quarter_of_the_memory_of_the_gradients() {
    // On one thread, so that the meter sees every buffer.
    let peak = |ask: fn(&Samples<'_, f32>, &[Var<'_, f32>])| {
        let meter = Meter::new();
        threads::with(1, || {
            meter.watch(|| {
                let (tape, mut net) = (Tape::new(), lenet(&mut Rng::new(3), [0.0, 0.0]));
                let (samples, params) = samples(&tape, &mut net, &[256, 1, 28, 28]);
                ask(&samples, &params);
            });
        });
        meter.peak().total()
    };
    let clipped = peak(|samples, params| {
        let factors = samples.clipping(1.0);
        for &param in params {
            let _ = samples.weighted_sum(param, factors).value();
        }
    });
    let written = peak(|samples, params| {
        for &param in params {
            let _ = samples.individual(param);
        }
    });
    assert!(written > 256 * 431_080 * 4, "{written} bytes for all gradients");
    assert!(clipped as f64 <= 0.25 * written as f64, "{clipped} of {written} bytes");
}

type Question = for<'t> fn(&Samples<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;

/// Whether the answer had the individual gradients written down: asking for them records nothing new.
fn written<'t>(
    recorder: &Recorder<'t, f64>,
    output: Var<'t, f64>,
    weight: Var<'t, f64>,
    ask: Question,
) -> bool {
    let samples = recorder.backward_create_graph(output.square().sum(), Scaling::Share);
    let _ = ask(&samples, weight);
    let before = recorder.tape().len();
    let _ = samples.individual(weight);
    recorder.tape().len() == before
}

#[test]
fn gradients_are_written_down_only_where_they_are_small() {
    let questions: [(&str, Question); 4] = [
        ("sum", |samples, weight| samples.sum(weight)),
        ("square norms", |samples, weight| samples.square_norms(weight)),
        ("sum of squares", |samples, weight| samples.sum_squares(weight)),
        ("dot products", |samples, weight| samples.dot_products(weight)),
    ];
    // A fully connected layer never needs them.
    for (what, ask) in questions {
        let tape = Tape::new();
        let (recorder, weight) = (Recorder::new(&tape), tape.leaf(normal(&[2, 3], 1)));
        let output = recorder.linear(tape.constant(normal(&[4, 3], 2)), weight, None);
        assert!(!written(&recorder, output, weight, ask), "{what}");
    }
    // A convolution does where a patch has no more elements than there are places: 18 and 16, 16 and
    // 16, 9 and 16.
    for (channels, kernel, small) in [(2, 3, false), (1, 4, true), (1, 3, true)] {
        for (what, ask) in &questions[..2] {
            let tape = Tape::new();
            let shape = [5, channels, kernel, kernel];
            let (recorder, weight) = (Recorder::new(&tape), tape.leaf(normal(&shape, 1)));
            let images = tape.constant(normal(&[4, channels, kernel + 3, kernel + 3], 2));
            let window = Window::new([kernel, kernel]);
            let output = recorder.conv2d(images, weight, None, window);
            assert_eq!(written(&recorder, output, weight, *ask), small, "{what} of {shape:?}");
        }
    }
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    same_everywhere(|| {
        let tape = Tape::<f32>::new();
        let (samples, params) = samples(&tape, &mut net(), &[7, 1, 12, 12]);
        let norms = params.iter().map(|&param| samples.square_norms(param).value());
        norms
            .flat_map(|n| n.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    });
}
