//! What the samples of a batch have to say: individual gradients, norms, variance (chapter 10).

use super::rules::Rule;
use crate::tape::Var;
use crate::{Scalar, Tensor};
use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

/// The quantities of one backward pass, each computed when it is asked for.
///
/// g_n is the individual gradient of sample n, of which there are N. What is written here as a
/// sum or a square goes element by element and has the shape of the parameter.
#[must_use]
pub struct Samples<'t, T: Scalar = f32> {
    /// N
    count: usize,
    /// Every recorded use of a parameter.
    parts: Vec<Part<'t, T>>,
}

/// One use of a parameter, with the gradient of the layer's output.
pub(super) struct Part<'t, T: Scalar> {
    /// The parameter, which may be on another tape than the rest.
    param: Var<'t, T>,
    /// What the layer was given.
    input: Var<'t, T>,
    /// The gradient of what it put out.
    d_output: Var<'t, T>,
    /// How the gradient comes apart.
    rule: Rc<dyn Rule<T>>,
    /// The individual gradients, once they have been asked for.
    individual: OnceCell<Var<'t, T>>,
}

impl<'t, T: Scalar> Part<'t, T> {
    pub(super) fn new(
        param: Var<'t, T>,
        input: Var<'t, T>,
        d_output: Var<'t, T>,
        rule: Rc<dyn Rule<T>>,
    ) -> Self {
        Self { param, input, d_output, rule, individual: OnceCell::new() }
    }

    #[track_caller]
    fn individual(&self) -> Var<'t, T> {
        *self.individual.get_or_init(|| self.rule.individual(self.input, self.d_output))
    }

    /// Σ_n f_n·g_n, or Σ_n g_n.
    #[track_caller]
    fn weighted_sum(&self, factors: Option<Var<'t, T>>) -> Var<'t, T> {
        let short = self.rule.weighted_sum(self.input, self.d_output, factors);
        short.unwrap_or_else(|| {
            let individual = self.individual();
            let Some(factors) = factors else { return individual.sum_axis(0) };
            let sum = factors.unsqueeze(0).matmul(individual.flatten(1));
            sum.reshape(self.param.shape())
        })
    }
}

impl<'t, T: Scalar> Samples<'t, T> {
    pub(super) fn new(parts: Vec<Part<'t, T>>) -> Self {
        Self { count: parts[0].d_output.shape()[0], parts }
    }

    /// N, the number of samples.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// g_n for each sample: `[N, ..the parameter's shape]`. This is where N × parameters numbers
    /// are written down.
    ///
    /// # Panics
    /// If no use of the parameter was recorded; so do all that follow.
    #[track_caller]
    pub fn individual(&self, param: Var<'_, T>) -> Var<'t, T> {
        total(self.uses_of(param).map(Part::individual))
    }

    /// Σ_n g_n: the gradient of the batch.
    #[track_caller]
    pub fn sum(&self, param: Var<'_, T>) -> Var<'t, T> {
        total(self.uses_of(param).map(|part| part.weighted_sum(None)))
    }

    // ANCHOR: variance
    /// Σ_n g_n²
    #[track_caller]
    pub fn sum_squares(&self, param: Var<'_, T>) -> Var<'t, T> {
        let short = |part: &Part<'t, T>| part.rule.sum_squares(part.input, part.d_output);
        let short = self.only_use(param).and_then(short);
        short.unwrap_or_else(|| self.individual(param).square().sum_axis(0))
    }

    /// (1/N)·Σ_n g_n² − ((1/N)·Σ_n g_n)²: the variance of the individual gradients about their
    /// mean, over N.
    ///
    /// The difference of two numbers that may be alike loses digits. In `f32` a variance far
    /// smaller than the squared mean is mostly rounding, and can come out below 0.
    #[track_caller]
    pub fn variance(&self, param: Var<'_, T>) -> Var<'t, T> {
        let n = T::from_f64(self.count as f64);
        self.sum_squares(param) / n - (self.sum(param) / n).square()
    }

    /// The variances of all elements of all parameters, added up: one number.
    #[track_caller]
    pub fn total_variance(&self) -> Var<'t, T> {
        total(self.params().map(|param| self.variance(param).sum()))
    }
    // ANCHOR_END: variance

    /// ‖g_n‖² for each sample: `[N]`.
    #[track_caller]
    pub fn square_norms(&self, param: Var<'_, T>) -> Var<'t, T> {
        let short = |part: &Part<'t, T>| part.rule.square_norms(part.input, part.d_output);
        let short = self.only_use(param).and_then(short);
        short.unwrap_or_else(|| self.individual(param).square().flatten(1).sum_axis(1))
    }

    /// ‖g_n‖² over all parameters together: `[N]`.
    #[track_caller]
    pub fn total_square_norms(&self) -> Var<'t, T> {
        total(self.params().map(|param| self.square_norms(param)))
    }

    /// g_n·g_m for each pair of samples: `[N, N]`. Above 0 where what is good for one is good for
    /// the other; on the diagonal stand the [`square_norms`](Self::square_norms).
    #[track_caller]
    pub fn dot_products(&self, param: Var<'_, T>) -> Var<'t, T> {
        let short = |part: &Part<'t, T>| part.rule.dot_products(part.input, part.d_output);
        let written = || {
            let rows = self.individual(param).flatten(1);
            rows.matmul_nt(rows)
        };
        self.only_use(param).and_then(short).unwrap_or_else(written)
    }

    /// g_n·g_m over all parameters together: `[N, N]`.
    #[track_caller]
    pub fn total_dot_products(&self) -> Var<'t, T> {
        total(self.params().map(|param| self.dot_products(param)))
    }

    // ANCHOR: clipping
    /// For each sample the factor that brings its gradient, over all parameters together, down to
    /// a norm of `bound`: min(1, bound/‖g_n‖), of shape `[N]`. It is NaN for a sample whose
    /// gradient has NaN in it, and 1 for all if the bound is infinite.
    ///
    /// # Panics
    /// If the bound is not above 0.
    #[track_caller]
    pub fn clipping(&self, bound: T) -> Var<'t, T> {
        assert!(bound > T::ZERO, "norms cannot be brought down to {bound}");
        let norms = self.total_square_norms().sqrt();
        if bound == T::INFINITY {
            return norms.tape().constant(Tensor::ones([self.count]));
        }
        norms.maximum(norms.tape().constant(Tensor::scalar(bound))).divided_into(bound)
    }

    /// Σ_n f_n·g_n for these factors f, of shape `[N]`. There is no second backward pass: a layer's
    /// gradient is linear in that of its output, so the factors go there.
    #[track_caller]
    pub fn weighted_sum(&self, param: Var<'_, T>, factors: Var<'t, T>) -> Var<'t, T> {
        total(self.uses_of(param).map(|part| part.weighted_sum(Some(factors))))
    }
    // ANCHOR_END: clipping

    /// Each parameter once, in the order of their first use.
    fn params(&self) -> impl Iterator<Item = Var<'t, T>> {
        let first = |(i, part): &(usize, &Part<'t, T>)| {
            self.parts[..*i].iter().all(|earlier| earlier.param.index() != part.param.index())
        };
        self.parts.iter().enumerate().filter(first).map(|(_, part)| part.param)
    }

    /// The uses of a parameter, one at least.
    #[track_caller]
    fn uses_of(&self, param: Var<'_, T>) -> impl Iterator<Item = &Part<'t, T>> {
        let used = move |part: &&Part<'t, T>| part.param.index() == param.index();
        if !self.parts.iter().any(|part| used(&part)) {
            panic!("{param:?} has no recorded use: write its layer with the recorder");
        }
        self.parts.iter().filter(used)
    }

    /// Its use, if there is only one: the square of a sum of two is not the sum of their squares.
    #[track_caller]
    fn only_use(&self, param: Var<'_, T>) -> Option<&Part<'t, T>> {
        let mut uses = self.uses_of(param);
        let first = uses.next();
        if uses.next().is_some() { None } else { first }
    }
}

impl<T: Scalar> fmt::Debug for Samples<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Samples: {}, of {} parameters", self.count, self.params().count())
    }
}

/// The sum of at least one.
fn total<'t, T: Scalar>(terms: impl Iterator<Item = Var<'t, T>>) -> Var<'t, T> {
    terms.reduce(|a, b| a + b).expect("there is one at least")
}
