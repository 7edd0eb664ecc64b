//! Making a gradient check: the gradients of a function, and its value with one element moved
//! (chapter 5).

use super::report::{Finding, Report};
use super::settings::Check;
use super::slope::Verdict;
use crate::tape::list::{Tape, Var};
use crate::tensor::Shape;
use crate::{Rng, Tensor, init};

/// A function of many tensors with one number as its value.
type Function<'f> = &'f dyn for<'t> Fn(&'t Tape<f64>, &[Var<'t, f64>]) -> Var<'t, f64>;

impl Check {
    /// As [`gradcheck`](super::gradcheck), with these settings.
    pub fn first<const N: usize>(
        &self,
        inputs: [&Tensor<f64>; N],
        f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
    ) -> Report {
        self.run(&inputs.map(Tensor::clone), &|tape, x| {
            let y = f(std::array::from_fn(|i| x[i]));
            (y * tape.constant(self.weights(y.shape(), N, true))).sum()
        })
    }

    /// As [`gradgradcheck`](super::gradgradcheck), with these settings.
    pub fn second<const N: usize>(
        &self,
        inputs: [&Tensor<f64>; N],
        f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
    ) -> Report {
        // The gradient depends on the inputs and on the gradient that comes from above, which
        // is one argument more.
        let probe = Tape::new();
        let shape = f(inputs.map(|x| probe.leaf(x.clone()))).shape();
        let mut arguments = inputs.map(Tensor::clone).to_vec();
        arguments.push(self.weights(shape, N, true));
        self.run(&arguments, &|tape, x| {
            let y = f(std::array::from_fn(|i| x[i]));
            let gradients = tape.backward_pass().root(y, x[N]).create_graph(&x[..N]);
            let weighted = gradients.into_iter().enumerate().filter_map(|(i, gradient)| {
                let gradient = gradient?;
                let weights = self.weights(gradient.shape(), i, N == 1);
                Some((gradient * tape.constant(weights)).sum())
            });
            weighted.reduce(|a, b| a + b).unwrap_or(tape.constant(Tensor::scalar(0.0)))
        })
    }

    /// Random numbers of a fixed stream each; 1 where there is nothing to add up, neither elements
    /// nor, unless it is `alone`, tensors.
    fn weights(&self, shape: Shape, stream: usize, alone: bool) -> Tensor<f64> {
        if alone && shape.count() == 1 {
            return Tensor::ones(shape);
        }
        let seed = self.seed.wrapping_mul(1000).wrapping_add(1 + stream as u64);
        init::normal(shape, 0.0, 1.0, &mut Rng::new(seed))
    }

    fn run(&self, inputs: &[Tensor<f64>], f: Function) -> Report {
        let tape = Tape::new();
        let leaves: Vec<_> = inputs.iter().map(|x| tape.leaf(x.clone())).collect();
        let gradients = f(&tape, &leaves).backward_pass().with_respect_to(&leaves);

        let mut elements: Vec<(usize, usize)> = Vec::new();
        for (argument, input) in inputs.iter().enumerate() {
            elements.extend((0..input.len()).map(|element| (argument, element)));
        }
        if elements.len() > self.most {
            let order = Rng::new(self.seed).permutation(elements.len());
            let mut chosen: Vec<_> = order[..self.most].iter().map(|&i| elements[i]).collect();
            chosen.sort_unstable();
            elements = chosen;
        }
        let (mistakes, kinks) = (Vec::new(), Vec::new());
        let mut report = Report { checked: elements.len(), error: 0.0, mistakes, kinks };
        for (argument, element) in elements {
            let gradient = gradients[argument].as_ref().map_or(0.0, |g| g.data()[element]);
            let x = inputs[argument].data()[element];
            let mut moved = inputs.to_vec();
            let finding = self.examine(x, gradient, |x| {
                moved[argument].data_mut()[element] = x;
                let tape = Tape::new();
                let vars: Vec<_> = moved.iter().map(|x| tape.leaf(x.clone())).collect();
                f(&tape, &vars).value().item()
            });
            let index = unravel(element, inputs[argument].shape());
            let place = |finding| Finding { argument, index, ..finding };
            match finding {
                Verdict::Right(error) => report.error = report.error.max(error),
                Verdict::Kink(finding) => report.kinks.push(place(finding)),
                Verdict::Mistake(finding) => report.mistakes.push(place(finding)),
            }
        }
        report
    }
}

/// The indices of an element of this number, row-major.
fn unravel(mut element: usize, shape: Shape) -> Vec<usize> {
    let mut index = vec![0; shape.rank()];
    for axis in (0..shape.rank()).rev() {
        index[axis] = element % shape[axis];
        element /= shape[axis];
    }
    index
}
