//! Losses: how wrong a prediction is, as one number. Log-softmax stands here because it is where
//! most of them begin.

use crate::tape::list::Var;
use crate::tensor::labels::check_labels;
use crate::{Scalar, Tensor};
use std::sync::Arc;

impl<'t, T: Scalar> Var<'t, T> {
    // ANCHOR: log_softmax
    /// xᵢ − ln Σⱼ exp(xⱼ) along the last axis.
    #[track_caller]
    pub fn log_softmax(self) -> Self {
        // [.., classes] → the same shape
        // dyᵢ/dxⱼ = [i = j] − exp(yⱼ), so dL/dxⱼ = gⱼ − exp(yⱼ)·Σᵢ gᵢ
        let value = self.read().log_softmax();
        self.log_softmax_with(value)
    }

    /// The same, its value being known.
    #[track_caller]
    fn log_softmax_with(self, value: Tensor<T>) -> Self {
        self.tape.operation("log softmax", [self], value, |[_], y, g| {
            [Some(g - y.exp() * g.sum_axis(-1).unsqueeze(-1))]
        })
    }
    // ANCHOR_END: log_softmax

    /// `−(1/B) Σ_b x_b[label_b]`: the mean negative log-likelihood of B rows of log-probabilities.
    #[track_caller]
    pub fn nll(self, labels: &[usize]) -> Self {
        self.nll_sum(labels) / T::from_f64(labels.len() as f64)
    }

    /// `−Σ_b x_b[label_b]`
    #[track_caller]
    pub fn nll_sum(self, labels: &[usize]) -> Self {
        // [batch, classes], labels [batch] → []
        check_labels("nll", self.shape(), labels);
        -self.pick(labels).sum()
    }

    /// The mean cross-entropy between B rows of scores and their labels:
    /// `−(1/B) Σ_b log softmax(x_b)[label_b]`.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let scores = tape.leaf(Tensor::new([1, 2], vec![0.0, 0.0]));
    /// let loss = scores.cross_entropy(&[1]);
    /// assert_eq!(loss.value().item(), std::f64::consts::LN_2);
    /// assert_eq!(loss.backward()[scores].data(), [0.5, -0.5]);
    /// ```
    #[track_caller]
    pub fn cross_entropy(self, labels: &[usize]) -> Self {
        self.cross_entropy_over(labels, T::from_f64(labels.len() as f64))
    }

    /// The summed cross-entropy, in which each row's gradient is its own.
    #[track_caller]
    pub fn cross_entropy_sum(self, labels: &[usize]) -> Self {
        self.cross_entropy_over(labels, T::ONE)
    }

    // ANCHOR: cross_entropy
    #[track_caller]
    fn cross_entropy_over(self, labels: &[usize], n: T) -> Self {
        // [batch, classes], labels [batch] → []
        // y = −(1/n) Σ_b log p_b[label_b]: dy/dx = (p − one_hot(label)) / n.
        // The pullback saves log p, so as not to compute it twice. That it is a function of x
        // must not be forgotten, or the second derivative would be wrong.
        let classes = check_labels("cross_entropy", self.shape(), labels);
        let (log_p, labels): (_, Arc<[usize]>) = (self.read().log_softmax(), labels.into());
        let value = -log_p.pick(&labels).sum() / n;
        let bytes = size_of_val(log_p.data()) + size_of_val(&*labels);
        let value = Tensor::scalar(value);
        let y = self.tape.operation("cross entropy", [self], value, move |[x], _, g| {
            let p = x.log_softmax_with(log_p.clone()).exp();
            [Some((p - x.tape.constant(Tensor::one_hot(&labels, classes))) / n * g)]
        });
        y.saving(bytes)
    }
    // ANCHOR_END: cross_entropy

    /// The mean of (x − target)² over all elements.
    ///
    /// # Panics
    /// If the shapes differ: a prediction `[n, 1]` and a target `[n]` would be broadcast to n × n
    /// differences.
    #[track_caller]
    pub fn mse(self, target: Self) -> Self {
        let count = self.shape().count();
        self.mse_over(target, T::from_f64(count as f64))
    }

    /// Σ (x − target)² over all elements.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn mse_sum(self, target: Self) -> Self {
        self.mse_over(target, T::ONE)
    }

    #[track_caller]
    fn mse_over(self, target: Self, n: T) -> Self {
        // x and target of one shape → []
        // y = (1/n) Σ (x − t)²: dy/dx = 2(x − t)/n, dy/dt = −dy/dx
        let (predicted, wanted) = (self.shape(), target.shape());
        if predicted != wanted {
            panic!("mse: prediction of shape {predicted} against a target of shape {wanted}");
        }
        let value = (&*self.read() - &*target.read()).square().sum() / n;
        let value = Tensor::scalar(value);
        self.tape.operation("mse", [self, target], value, move |[x, t], _, g| {
            let d = (x - t) * T::from_f64(2.0) / n * g;
            [x.grad_if_needed(|| d), t.grad_if_needed(|| -d)]
        })
    }
}
