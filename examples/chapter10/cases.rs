//! The three cases of BackPACK's example: the variance of a batch and its gradient, in two ways.

use longhand::data::Mnist;
use longhand::layers::{Conv2d, Flatten, Layer, Linear, MaxPool2d, Relu, Sequential};
use longhand::per_sample::{Recorder, Scaling, reference};
use longhand::report::{Table, grouped};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Rng, Scalar, Tape, Tensor, init, sequential};
use std::ops::Range;

/// A net, its samples, and what they should give.
pub struct Case<T: Scalar> {
    pub name: &'static str,
    pub net: Sequential<T>,
    pub x: Tensor<T>,
    pub targets: Targets<T>,
}

pub enum Targets<T: Scalar> {
    Numbers(Tensor<T>),
    Labels(Vec<usize>),
}

// ANCHOR: cases
/// A linear model with two weights and three samples; one that reads digits; a small CNN.
pub fn cases<T: Scalar>(mnist: &Mnist, batch: usize) -> [Case<T>; 3] {
    let rng = &mut Rng::new(0);
    let (digits, _) = mnist.train.split_at(batch);
    let labels = || digits.labels().iter().map(|&label| usize::from(label)).collect();
    let mut normal = |shape: [usize; 2]| init::normal(shape, 0.0, 1.0, rng).cast();
    let (x, y) = (normal([3, 2]), normal([3, 1]));
    [
        Case {
            name: "linear, 3 samples",
            net: sequential![Linear::without_bias(2, 1, rng)],
            x,
            targets: Targets::Numbers(y),
        },
        Case {
            name: "linear, digits",
            net: sequential![Flatten::new(), Linear::new(784, 10, rng)],
            x: digits.images([1, 28, 28], 255.0),
            targets: Targets::Labels(labels()),
        },
        Case {
            name: "CNN, digits",
            net: sequential![
                Conv2d::new(1, 5, Window::new([5, 5]), rng),
                Relu::new(),
                MaxPool2d::new(Window::tiling(2)),
                Flatten::new(),
                Linear::new(720, 10, rng),
            ],
            x: digits.images([1, 28, 28], 255.0),
            targets: Targets::Labels(labels()),
        },
    ]
}
// ANCHOR_END: cases

impl<T: Scalar> Case<T> {
    pub fn samples(&self) -> usize {
        self.x.shape()[0]
    }

    pub fn leaves<'t>(&self, tape: &'t Tape<T>) -> Vec<Var<'t, T>> {
        self.net.params().into_iter().map(|param| tape.param(param)).collect()
    }

    // ANCHOR: loss
    /// The summed loss of some of the samples, written with a recorder.
    pub fn loss<'t>(&mut self, recorder: &Recorder<'t, T>, samples: Range<usize>) -> Var<'t, T> {
        let tape = recorder.tape();
        let x = tape.constant(self.x.rows(samples.clone()));
        let output = recorder.record(&mut self.net, x);
        match &self.targets {
            Targets::Numbers(y) => output.mse_sum(tape.constant(y.rows(samples))),
            Targets::Labels(labels) => output.cross_entropy_sum(&labels[samples]),
        }
    }
    // ANCHOR_END: loss

    // ANCHOR: at_once
    /// The total variance and its gradient for every parameter, from one pass.
    pub fn at_once(&mut self) -> (Tensor<T>, Vec<Tensor<T>>) {
        let tape = Tape::new();
        let params = self.leaves(&tape);
        let recorder = Recorder::new(&tape);
        let loss = self.loss(&recorder, 0..self.samples());
        let total = recorder.backward_create_graph(loss, Scaling::Share).total_variance();
        (total.value(), gradient(total, &params))
    }
    // ANCHOR_END: at_once

    // ANCHOR: reference
    /// The same with a pass for each sample.
    pub fn reference(&mut self) -> (Tensor<T>, Vec<Tensor<T>>) {
        let tape = Tape::new();
        let params = self.leaves(&tape);
        let stacked = reference::gradients(self.samples(), &params, |i| {
            self.loss(&Recorder::new(&tape), i..i + 1)
        });
        let total = reference::total_variance(stacked);
        (total.value(), gradient(total, &params))
    }
    // ANCHOR_END: reference
}

fn gradient<T: Scalar>(total: Var<'_, T>, params: &[Var<'_, T>]) -> Vec<Tensor<T>> {
    let found = total.backward_pass().with_respect_to(params).into_iter();
    found.map(|gradient| gradient.expect("the variance depends on every parameter")).collect()
}

pub fn as_backpack_prints_them(mnist: &Mnist) {
    let verdict = |same: bool| if same { "True" } else { "False" };
    for mut case in cases::<f32>(mnist, 32) {
        let ((total, gradients), (other, others)) = (case.at_once(), case.reference());
        println!("Total variance is the same?");
        println!("    {}", verdict(total.allclose(&other, 1e-4, 1e-4)));
        println!("Variance of the total variance w.r.t. parameters is the same?");
        for (((name, _), ours), theirs) in
            case.net.named_params().iter().zip(&gradients).zip(&others)
        {
            println!("    {name:<20}: {}", verdict(ours.allclose(theirs, 1e-4, 1e-4)));
        }
    }
}

pub fn in_double_precision(mnist: &Mnist) {
    let mut table = Table::new(["", "total variance", "difference", "largest, its gradient"]);
    for mut case in cases::<f64>(mnist, 32) {
        let ((total, gradients), (other, others)) = (case.at_once(), case.reference());
        let apart = gradients.iter().zip(&others).map(|(a, b)| a.max_abs_diff(b));
        table.push([
            case.name.to_string(),
            format!("{:.12}", total.item()),
            format!("{:.1e}", (total.item() - other.item()).abs()),
            format!("{:.1e}", apart.fold(0.0, f64::max)),
        ]);
    }
    print!("{table}");
}

pub fn written_down(mnist: &Mnist) {
    let [_, _, mut cnn] = cases::<f32>(mnist, 32);
    let mut table = Table::new(["parameter", "numbers", "times 32", "written for the variance"]);
    for (name, param) in cnn.net.named_params() {
        let numbers = param.value.len();
        // What the individual gradients take; none where the sum of squares is had without them.
        let outer = name == "4.weight";
        let written = if outer { "none".into() } else { grouped(32 * numbers) };
        table.push([name, grouped(numbers), grouped(32 * numbers), written]);
    }
    print!("{table}");

    let mut table = Table::new(["", "entries", "bytes on the tape"]);
    let mut measure = |name: &str, record: &dyn for<'t> Fn(&mut Case<f32>, &'t Tape) -> Var<'t>| {
        let tape = Tape::new();
        let _ = record(&mut cnn, &tape);
        table.push([name.to_string(), grouped(tape.len()), grouped(tape.bytes())]);
    };
    measure("forward pass", &|cnn, tape| cnn.loss(&Recorder::new(tape), 0..32));
    measure("variance, at once", &|cnn, tape| {
        let recorder = Recorder::new(tape);
        let loss = cnn.loss(&recorder, 0..32);
        recorder.backward_create_graph(loss, Scaling::Share).total_variance()
    });
    measure("variance, one by one", &|cnn, tape| {
        let params = cnn.leaves(tape);
        let loss = |i| cnn.loss(&Recorder::new(tape), i..i + 1);
        reference::total_variance(reference::gradients(32, &params, loss))
    });
    print!("\n{table}");
}
