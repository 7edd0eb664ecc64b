//! Chapter 10's rows of the table of steps: the variance of a batch of 32 and its gradient, against
//! BackPACK; and what it costs beside a plain gradient and beside the loop.

use crate::contest::Contest;
use longhand::per_sample::{Recorder, Scaling, reference};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Param, Rng, Tape, Tensor, init};
use std::hint::black_box;

const BATCH: usize = 32;

pub fn contests() -> Vec<Contest> {
    let mut rows = Vec::new();
    for (name, net) in [("linear", Net::linear()), ("CNN", Net::cnn())] {
        let mut at_once = net.clone();
        rows.push(
            Contest::ours(format!("∇ of the variance, {name}"), move || {
                at_once.variance_and_gradient();
            })
            .pytorch(format!("variance {}", name.to_lowercase())),
        );
        // Against ourselves: the bars are at most 2 × a gradient, and at least 5 × less than the loop.
        let (mut both, mut gradient) = (net.clone(), net.clone());
        rows.push(
            Contest::ours(format!("∇ and variance, {name}"), move || {
                both.gradient_and_variance();
            })
            .beside("gradient", move || gradient.gradient()),
        );
        let (mut at_once, mut reference) = (net.clone(), net);
        rows.push(
            Contest::ours(format!("∇ of the variance, {name}, again"), move || {
                at_once.variance_and_gradient();
            })
            .beside("one by one", move || reference.reference()),
        );
    }
    rows
}

/// One of the nets of BackPACK's example, a batch for it, and a tape.
struct Net {
    params: Vec<Param>,
    x: Tensor,
    labels: Vec<usize>,
    tape: Tape,
}

impl Clone for Net {
    fn clone(&self) -> Self {
        let (params, x, labels) = (self.params.clone(), self.x.clone(), self.labels.clone());
        Self { params, x, labels, tape: Tape::new() }
    }
}

impl Net {
    fn new(shapes: &[(&[usize], usize)], each: &[usize]) -> Self {
        let rng = &mut Rng::new(10);
        let param = |&(shape, fan_in)| Param::new("p", init::torch_default(shape, fan_in, rng));
        let params = shapes.iter().map(param).collect();
        let shape: Vec<usize> = [BATCH].iter().chain(each).copied().collect();
        let x = init::normal(&shape[..], 0.0, 1.0, &mut Rng::new(11));
        let labels = (0..BATCH).map(|i| i % 10).collect();
        Self { params, x, labels, tape: Tape::new() }
    }

    fn linear() -> Self {
        Self::new(&[(&[10, 784], 784), (&[10], 784)], &[784])
    }

    fn cnn() -> Self {
        Self::new(&[(&[5, 1, 5, 5], 25), (&[5], 25), (&[10, 720], 720), (&[10], 720)], &[1, 28, 28])
    }

    fn variance_and_gradient(&mut self) {
        self.tape.clear();
        let (tape, params) = (&self.tape, leaves(&self.tape, &self.params));
        let recorder = Recorder::new(tape);
        let loss = loss(&recorder, &params, tape.constant(self.x.clone()), &self.labels);
        let variance = recorder.backward_create_graph(loss, Scaling::Share).total_variance();
        black_box(variance.backward());
    }

    fn gradient_and_variance(&mut self) {
        self.tape.clear();
        let (tape, params) = (&self.tape, leaves(&self.tape, &self.params));
        let recorder = Recorder::new(tape);
        let loss = loss(&recorder, &params, tape.constant(self.x.clone()), &self.labels);
        let samples = recorder.backward(loss, Scaling::Share);
        for &param in &params {
            let _ = black_box((samples.sum(param), samples.variance(param)));
        }
    }

    fn gradient(&mut self) {
        self.tape.clear();
        let (tape, params) = (&self.tape, leaves(&self.tape, &self.params));
        let recorder = Recorder::new(tape);
        let loss = loss(&recorder, &params, tape.constant(self.x.clone()), &self.labels);
        black_box(loss.backward());
    }

    fn reference(&mut self) {
        self.tape.clear();
        let (tape, params) = (&self.tape, leaves(&self.tape, &self.params));
        let stacked = reference::gradients(BATCH, &params, |i| {
            let x = tape.constant(self.x.rows(i..i + 1));
            loss(&Recorder::new(tape), &params, x, &self.labels[i..i + 1])
        });
        black_box(reference::total_variance(stacked).backward());
    }
}

fn leaves<'t>(tape: &'t Tape, params: &[Param]) -> Vec<Var<'t>> {
    params.iter().map(|param| tape.param(param)).collect()
}

fn loss<'t>(recorder: &Recorder<'t>, p: &[Var<'t>], x: Var<'t>, labels: &[usize]) -> Var<'t> {
    let scores = match *p {
        [kernels, shifts, weight, bias] => {
            let h = recorder.conv2d(x, kernels, Some(shifts), Window::new([5, 5]));
            recorder.linear(h.relu().max_pool2d(Window::tiling(2)).flatten(1), weight, Some(bias))
        }
        _ => recorder.linear(x, p[0], Some(p[1])),
    };
    scores.cross_entropy_sum(labels)
}
