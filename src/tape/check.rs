//! Gradient checking: what a derivative should be, measured (chapter 5).
//!
//! A pullback that is wrong gives wrong numbers and no error. But a slope can also be measured,
//! by moving one input a little and looking at the output, and the two must agree.
//!
//! Where they do not, the function may be innocent: at a kink, as ReLU has at 0, there is no
//! slope to measure. A kink shows: from the two sides the slopes differ, however small the step,
//! while for a smooth function the difference shrinks with the step. What lies at a kink is
//! reported apart, and is a mistake only if it is not even between the two sides' slopes.

use super::{Tape, Var};
use crate::report::Table;
use crate::tensor::Shape;
use crate::{Rng, Tensor, init};
use std::fmt;

// ANCHOR: gradcheck
/// Holds the gradients of `f` against finite differences, in f64, for every element of every
/// input (or a sample of 1,000, where there are more).
///
/// `f` may return any shape; its elements are added up with random weights, because mistakes can
/// cancel in a plain sum.
///
/// ```
/// use longhand::Tensor;
/// use longhand::tape::gradcheck;
/// let (a, b) = (Tensor::vector(&[0.5, -1.0, 2.0]), Tensor::scalar(0.3));
/// let report = gradcheck([&a, &b], |[a, b]| (a * b).tanh());
/// assert!(report.is_right(), "{report}");
/// assert_eq!(report.checked, 4);
/// ```
pub fn gradcheck<const N: usize>(
    inputs: [&Tensor<f64>; N],
    f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) -> Report {
    Check::default().first(inputs, f)
}

/// Holds second derivatives against finite differences of first ones: the pullbacks of the
/// pullbacks of `f`.
///
/// ```
/// use longhand::Tensor;
/// use longhand::tape::gradgradcheck;
/// gradgradcheck([&Tensor::vector(&[0.5, -1.0, 2.0])], |[x]| x.tanh()).expect_right();
/// ```
pub fn gradgradcheck<const N: usize>(
    inputs: [&Tensor<f64>; N],
    f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) -> Report {
    Check::default().second(inputs, f)
}
// ANCHOR_END: gradcheck

/// How a gradient is checked.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// How far an element is moved, relative to its size if that is above 1.
    pub step: f64,
    /// The error allowed, relative to the larger of the two values.
    pub rtol: f64,
    /// The error allowed besides.
    pub atol: f64,
    /// At most this many elements are checked; which of them, the seed says.
    pub most: usize,
    /// Chooses the weights of the outputs, and the elements where there are too many.
    pub seed: u64,
}

impl Default for Check {
    /// Steps of 10⁻³, errors of 10⁻⁷, 1,000 elements.
    fn default() -> Self {
        Self { step: 1e-3, rtol: 1e-7, atol: 1e-7, most: 1000, seed: 0 }
    }
}

/// What a check has found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The number of elements that were checked.
    pub checked: usize,
    /// The largest error among those that are right.
    pub error: f64,
    /// Elements whose gradient is wrong.
    pub mistakes: Vec<Finding>,
    /// Elements at which the function has no slope, and whose gradient is as good as any.
    pub kinks: Vec<Finding>,
}

/// An element at which gradient and measurement differ.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which input, counted from 0.
    pub argument: usize,
    /// Which element of it.
    pub index: Vec<usize>,
    /// The gradient as the pullbacks have it.
    pub gradient: f64,
    /// The slope as measured.
    pub measured: f64,
    /// How far apart the two are.
    pub error: f64,
    /// The slopes just to the left and just to the right of the element's value.
    pub sides: (f64, f64),
}

/// A function of many tensors with one number as its value.
type Function<'f> = &'f dyn for<'t> Fn(&'t Tape<f64>, &[Var<'t, f64>]) -> Var<'t, f64>;

impl Check {
    /// As [`gradcheck`], with these settings.
    pub fn first<const N: usize>(
        &self,
        inputs: [&Tensor<f64>; N],
        f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
    ) -> Report {
        self.run(&inputs.map(Tensor::clone), &|tape, x| {
            let y = f(std::array::from_fn(|i| x[i]));
            (y * tape.constant(self.weights(y.shape(), N))).sum()
        })
    }

    /// As [`gradgradcheck`], with these settings.
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
        arguments.push(self.weights(shape, N));
        self.run(&arguments, &|tape, x| {
            let y = f(std::array::from_fn(|i| x[i]));
            let gradients = tape.backward_pass().root(y, x[N]).create_graph(&x[..N]);
            let weighted = gradients.into_iter().enumerate().filter_map(|(i, gradient)| {
                let gradient = gradient?;
                Some((gradient * tape.constant(self.weights(gradient.shape(), i))).sum())
            });
            weighted.reduce(|a, b| a + b).unwrap_or(tape.constant(Tensor::scalar(0.0)))
        })
    }

    /// Random numbers of a fixed stream each; 1 where there is nothing to add up.
    fn weights(&self, shape: Shape, stream: usize) -> Tensor<f64> {
        if shape.count() == 1 {
            return Tensor::ones(shape);
        }
        init::normal(shape, 0.0, 1.0, &mut Rng::new(self.seed * 1000 + 1 + stream as u64))
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

    // ANCHOR: examine
    /// Holds one derivative against the slope of `f` at `x`.
    fn examine(&self, x: f64, gradient: f64, mut f: impl FnMut(f64) -> f64) -> Verdict {
        let h = self.step * x.abs().max(1.0);
        let mut slope = |from: f64, to: f64| (f(to) - f(from)) / (to - from);

        // The error of a central difference is c·h² + …: two steps tell c, and it is taken off.
        let (wide, narrow) = (slope(x - h, x + h), slope(x - h / 2.0, x + h / 2.0));
        let measured = (4.0 * narrow - wide) / 3.0;
        let error = (gradient - measured).abs();
        let tolerance = self.atol + self.rtol * gradient.abs().max(measured.abs());
        if error <= tolerance {
            return Verdict::Right(error);
        }

        // Where f is smooth, the slopes of the two sides differ by h·f″: with an eighth of the
        // step, by an eighth. Otherwise there is a kink within h, if it can explain the error.
        let mut gap = |h: f64| slope(x, x + h) - slope(x - h, x);
        let is_kink = (8.0 * gap(h / 8.0) - gap(h)).abs() > 0.1 * error;
        let near = h / 1000.0;
        let sides = (slope(x - near, x), slope(x, x + near));
        let slack = 1e-4 * (1.0 + gradient.abs());
        let (low, high) = (sides.0.min(sides.1) - slack, sides.0.max(sides.1) + slack);

        let (argument, index) = (0, Vec::new());
        let finding = Finding { argument, index, gradient, measured, error, sides };
        match is_kink && low <= gradient && gradient <= high {
            true => Verdict::Kink(finding),
            false => Verdict::Mistake(finding),
        }
    }
    // ANCHOR_END: examine
}

enum Verdict {
    Right(f64),
    Kink(Finding),
    Mistake(Finding),
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

impl Report {
    /// Whether no gradient is wrong.
    pub fn is_right(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// Panics with the report if a gradient is wrong.
    #[track_caller]
    pub fn expect_right(&self) {
        if !self.is_right() {
            panic!("{self}");
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        writeln!(
            f,
            "{}: {}, {}; largest error elsewhere {:.1e}",
            count(self.checked, "element"),
            count(self.mistakes.len(), "mistake"),
            count(self.kinks.len(), "kink"),
            self.error
        )?;
        if self.mistakes.is_empty() && self.kinks.is_empty() {
            return Ok(());
        }
        let header = ["", "input", "index", "gradient", "measured", "error", "left", "right"];
        let mut table = Table::new(header);
        let mistakes = self.mistakes.iter().map(|finding| ("mistake", finding));
        for (kind, finding) in mistakes.chain(self.kinks.iter().map(|finding| ("kink", finding))) {
            let number = |x: f64| format!("{x:.6}");
            let Finding { argument, index, gradient, measured, error, sides } = finding;
            table.push([
                kind.to_string(),
                argument.to_string(),
                format!("{index:?}"),
                number(*gradient),
                number(*measured),
                format!("{error:.1e}"),
                number(sides.0),
                number(sides.1),
            ]);
        }
        write!(f, "{table}")
    }
}
