//! The three cases of BackPACK's example: both ways, and its figures.

use super::common::{assert_near, same_everywhere};
use super::{frozen, leaves};
use longhand::data::Mnist;
use longhand::per_sample::{Recorder, Scaling, reference};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Scalar, Tape, Tensor};

/// A case: its frozen folder, the names of its parameters, and its samples.
pub struct Case {
    pub folder: &'static str,
    pub names: &'static [&'static str],
    pub x: Tensor<f64>,
    pub targets: Targets,
}

#[derive(Clone)]
pub enum Targets {
    Numbers(Tensor<f64>),
    Labels(Vec<usize>),
}

pub fn cases() -> [Case; 3] {
    let (digits, _) = Mnist::load().unwrap().train.split_at(32);
    let labels = Targets::Labels(digits.labels().iter().map(|&y| usize::from(y)).collect());
    [
        Case {
            folder: "linear",
            names: &["0_weight"],
            x: frozen("linear", "x"),
            targets: Targets::Numbers(frozen("linear", "y")),
        },
        Case {
            folder: "digits",
            names: &["1_weight", "1_bias"],
            x: digits.images([784], 256.0),
            targets: labels.clone(),
        },
        Case {
            folder: "cnn",
            names: &["0_weight", "0_bias", "4_weight", "4_bias"],
            x: digits.images([1, 28, 28], 256.0),
            targets: labels,
        },
    ]
}

impl Case {
    pub fn params(&self) -> Vec<Tensor<f64>> {
        self.names.iter().map(|name| frozen(self.folder, name)).collect()
    }

    /// The summed loss of these samples, written with the recorder.
    pub fn loss<'t, T: Scalar>(
        &self,
        recorder: &Recorder<'t, T>,
        p: &[Var<'t, T>],
        samples: std::ops::Range<usize>,
    ) -> Var<'t, T> {
        let tape = p[0].tape();
        let x = tape.constant(self.x.cast().rows(samples.clone()));
        let out = match *p {
            [weight] => recorder.linear(x, weight, None),
            [weight, bias] => recorder.linear(x, weight, Some(bias)),
            [kernels, shifts, weight, bias] => {
                let h = recorder.conv2d(x, kernels, Some(shifts), Window::new([5, 5]));
                let h = h.relu().max_pool2d(Window::tiling(2)).flatten(1);
                recorder.linear(h, weight, Some(bias))
            }
            _ => unreachable!(),
        };
        match &self.targets {
            Targets::Numbers(y) => out.mse_sum(tape.constant(y.cast().rows(samples))),
            Targets::Labels(labels) => out.cross_entropy_sum(&labels[samples]),
        }
    }

    /// The total variance and its gradients, from one pass.
    pub fn at_once<T: Scalar>(&self) -> Vec<Tensor<T>> {
        let tape = Tape::new();
        let params: Vec<_> = self.params().iter().map(|value| tape.leaf(value.cast())).collect();
        let recorder = Recorder::new(&tape);
        let loss = self.loss(&recorder, &params, 0..self.x.shape()[0]);
        let total = recorder.backward_create_graph(loss, Scaling::Share).total_variance();
        with_gradients(total, &params)
    }

    /// The same from one pass for each sample.
    pub fn reference<T: Scalar>(&self) -> Vec<Tensor<T>> {
        let tape = Tape::new();
        let params: Vec<_> = self.params().iter().map(|value| tape.leaf(value.cast())).collect();
        let unread = Recorder::new(&tape);
        let stacked = reference::gradients(self.x.shape()[0], &params, |i| {
            self.loss(&unread, &params, i..i + 1)
        });
        with_gradients(reference::total_variance(stacked), &params)
    }
}

fn with_gradients<T: Scalar>(total: Var<'_, T>, params: &[Var<'_, T>]) -> Vec<Tensor<T>> {
    let gradients =
        total.backward_pass().with_respect_to(params).into_iter().map(|gradient| gradient.unwrap());
    [total.value()].into_iter().chain(gradients).collect()
}

#[test]
fn the_two_ways_agree() {
    for case in cases() {
        let (ours, theirs) = (case.at_once::<f64>(), case.reference());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_near(case.folder, ours, theirs, 1e-10);
            assert!(theirs.data().iter().any(|g| g.abs() > 1e-3), "all zero proves nothing");
        }
        // In f32 to what BackPACK's example asks for.
        for (ours, theirs) in case.at_once::<f32>().iter().zip(&case.reference::<f32>()) {
            assert!(ours.allclose(theirs, 1e-4, 1e-4), "{} in f32", case.folder);
        }
    }
}

#[test]
fn backpack_agrees() {
    for case in cases() {
        let ours = case.at_once::<f64>();
        let names = case.names.iter().map(|name| format!("d_{name}"));
        for (ours, name) in ours.iter().zip(["total".to_string()].into_iter().chain(names)) {
            assert_near(&name, ours, &frozen(case.folder, &name), 1e-10);
        }
        let tape = Tape::new();
        let params = leaves(&tape, case.folder, case.names);
        let recorder = Recorder::new(&tape);
        let loss = case.loss(&recorder, &params, 0..case.x.shape()[0]);
        let samples = recorder.backward_create_graph(loss, Scaling::Share);
        for (&param, name) in params.iter().zip(case.names) {
            let theirs = frozen(case.folder, &format!("variance_{name}"));
            assert_near(name, &samples.variance(param).value(), &theirs, 1e-10);
        }
    }
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let [_, _, cnn] = cases();
    same_everywhere(|| {
        let bits = |t: &Tensor| t.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        cnn.at_once::<f32>().iter().map(bits).collect::<Vec<_>>()
    });
}
