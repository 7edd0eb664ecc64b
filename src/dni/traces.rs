//! BP(λ) without going back in time: a synthesizer that remembers what its guesses depended on
//! (chapter 9).

use crate::{Param, Scalar, Tensor};

// ANCHOR: derivation
// A recurrent net has the states h₀, h₁, …, h_T, each with a loss of its own; write
//
//   l_t = ∂L_t/∂h_t      J_t = ∂h_t/∂h_{t−1}      G_t = W·[h_t, 1], the guess of dL_{>t}/dh_t
//
// What G_t should have been is known a step later, as far as G_{t+1} can be trusted. The error is
//
//   δ_t = J_{t+1}ᵀ (l_{t+1} + G_{t+1}) − G_t                        G_T = 0: nothing follows
//
// BP(λ) teaches G_t the sum of these errors, each step later by λ times as much as the one before
//
//   Gλ_t − G_t = δ_t + λ J_{t+1}ᵀ δ_{t+1} + λ² J_{t+1}ᵀ J_{t+2}ᵀ δ_{t+2} + …
//
// That needs the future. But in the sum over all t of (∂G_t/∂W)ᵀ (Gλ_t − G_t) each δ_k stands with
// everything before it, and what it stands with can be carried along:
//
//   Σ_t (∂G_t/∂W)ᵀ (Gλ_t − G_t) = Σ_k e_kᵀ δ_k        e_k = ∂G_k/∂W + λ J_k e_{k−1}
//
// e is called an eligibility trace. It has a number for each pair of a state's element and a
// weight: d·d·(d + 1) of them for each sample, and that is the price.
// ANCHOR_END: derivation

// ANCHOR: traced
/// A linear synthesizer that learns by accumulate BP(λ): Pemberton and Costa, "BP(λ): Online
/// Learning via Synthetic Gradients" (2024). Weights and bias start at zero, as theirs do.
#[derive(Debug)]
pub struct TracedSynthesizer<T: Scalar = f32> {
    /// `[d, d + 1]`: the guess for a state h is W·[h, 1].
    pub weight: Param<T>,
    lambda: T,
    /// The guess for the latest state, and each sample's trace `[d, d·(d + 1)]`.
    guess: Tensor<T>,
    traces: Vec<Tensor<T>>,
}

impl<T: Scalar> TracedSynthesizer<T> {
    /// For states of `d` elements; λ from 0 to 1.
    ///
    /// # Panics
    /// If λ is not in that range.
    #[track_caller]
    pub fn new(d: usize, lambda: T) -> Self {
        assert!((T::ZERO..=T::ONE).contains(&lambda), "λ = {lambda}: expected 0 to 1");
        let weight = Param::new("weight", Tensor::zeros([d, d + 1]));
        Self { weight, lambda, guess: Tensor::zeros([0, d]), traces: Vec::new() }
    }

    /// The guesses `[batch, d]` for states `[batch, d]`.
    #[track_caller]
    #[must_use]
    pub fn guess(&self, h: &Tensor<T>) -> Tensor<T> {
        let ones = Tensor::ones([h.shape()[0], 1]);
        Tensor::concat(&[h, &ones], 1).matmul_nt(&self.weight.value)
    }

    /// Begins a sequence in these states.
    #[track_caller]
    pub fn begin(&mut self, h: &Tensor<T>) {
        self.guess = self.guess(h);
        self.traces = (0..h.shape()[0]).map(|sample| slopes(h, sample)).collect();
    }

    /// The next states `h`, how they depend on those before them, `jacobian[sample, i, j] = ∂hᵢ/∂hⱼ`,
    /// and the gradient of their loss. Adds −(2/batch)·eᵀδ to the weight's gradient, with which a
    /// step of descent lessens the squared error. `last` says that nothing follows.
    ///
    /// # Panics
    /// If there are not as many samples as the sequence [began](Self::begin) with.
    #[track_caller]
    pub fn learn(&mut self, h: &Tensor<T>, jacobian: &Tensor<T>, l: &Tensor<T>, last: bool) {
        // h and l [batch, d], jacobian [batch, d, d]
        let [batch, d] = [0, 1].map(|axis| h.shape()[axis]);
        let begun = self.traces.len();
        assert!(begun == batch && batch > 0, "{batch} samples in a sequence begun with {begun}");
        let guess = self.guess(h);
        let arriving = if last { l.clone() } else { l + &guess };
        let mut sum = Tensor::zeros([1, d * (d + 1)]);
        for (sample, trace) in self.traces.iter_mut().enumerate() {
            let j = jacobian.rows(sample..sample + 1).reshape([d, d]);
            let [arriving, before] =
                [&arriving, &self.guess].map(|all| all.rows(sample..sample + 1));
            sum = sum + (arriving.matmul(&j) - before).matmul(trace); // δᵀ e
            *trace = j.matmul(trace) * self.lambda + slopes(h, sample);
        }
        let scale = T::from_f64(-2.0 / batch as f64);
        self.weight.accumulate(sum.reshape([d, d + 1]) * scale);
        self.guess = guess;
    }
}

/// ∂G/∂W `[d, d·(d + 1)]` for one sample: row i holds [h, 1] where row i of the weight lies.
fn slopes<T: Scalar>(h: &Tensor<T>, sample: usize) -> Tensor<T> {
    let d = h.shape()[1];
    let row: Vec<T> = h.data()[sample * d..][..d].iter().copied().chain([T::ONE]).collect();
    let mut slopes = vec![T::ZERO; d * d * (d + 1)];
    for i in 0..d {
        slopes[i * d * (d + 1) + i * (d + 1)..][..d + 1].copy_from_slice(&row);
    }
    Tensor::new([d, d * (d + 1)], slopes)
}
// ANCHOR_END: traced
