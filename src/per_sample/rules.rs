//! How the gradient of a parameter comes apart into those of the samples: one rule for each way
//! in which a layer uses a parameter (chapter 10).

use super::conv::{conv2d_weight_per_sample, conv2d_weight_square_norms};
use crate::tape::Var;
use crate::tensor::Window;
use crate::{Scalar, Tensor};

// ANCHOR: rule
/// What each sample's gradient of a parameter is, from the input of the layer that used it and
/// the gradient of that layer's output.
///
/// Only [`individual`](Rule::individual) must be written; a function of the two is a rule as it
/// stands. The others are shortcuts for where the algebra has one, which need not write down a
/// gradient for each sample. Where they give `None` the individual gradients are used.
pub trait Rule<T: Scalar> {
    /// g_n for each sample n: `[n, ..the parameter's shape]`.
    fn individual<'t>(&self, input: Var<'t, T>, d_output: Var<'t, T>) -> Var<'t, T>;

    /// Σ_n f_n·g_n for factors f of shape `[n]`, or Σ_n g_n without any; of the parameter's shape.
    fn weighted_sum<'t>(
        &self,
        _input: Var<'t, T>,
        _d_output: Var<'t, T>,
        _factors: Option<Var<'t, T>>,
    ) -> Option<Var<'t, T>> {
        None
    }

    /// Σ_n g_n², element by element, of the parameter's shape.
    fn sum_squares<'t>(&self, _input: Var<'t, T>, _d_output: Var<'t, T>) -> Option<Var<'t, T>> {
        None
    }

    /// ‖g_n‖² for each sample: `[n]`.
    fn square_norms<'t>(&self, _input: Var<'t, T>, _d_output: Var<'t, T>) -> Option<Var<'t, T>> {
        None
    }

    /// g_n·g_m for each pair of samples: `[n, n]`.
    fn dot_products<'t>(&self, _input: Var<'t, T>, _d_output: Var<'t, T>) -> Option<Var<'t, T>> {
        None
    }

    /// The mean of x·xᵀ, where x is all that one output of the layer is a weighted sum of, over the
    /// samples and the places: K-FAC's factor of the input. Where it is `None` K-FAC refuses.
    fn input_factor(&self, _input: &Tensor<T>) -> Option<Tensor<T>> {
        None
    }
}
// ANCHOR_END: rule

impl<T, F> Rule<T> for F
where
    T: Scalar,
    F: for<'t> Fn(Var<'t, T>, Var<'t, T>) -> Var<'t, T>,
{
    fn individual<'t>(&self, input: Var<'t, T>, d_output: Var<'t, T>) -> Var<'t, T> {
        self(input, d_output)
    }
}

// ANCHOR: outer
/// The weight of a fully connected layer, y = x·Wᵀ.
///
/// A sample's gradient is an outer product, g_n = δ_n·x_nᵀ, and all that a product of two numbers
/// does can be done to the two first:
///
/// ```text
/// Σ_n g_noi  = Σ_n δ_no·x_ni      δᵀ·x
/// Σ_n g_noi² = Σ_n δ_no²·x_ni²    (δ²)ᵀ·(x²)
/// Σ_oi g_noi² = Σ_o δ_no² · Σ_i x_ni²    ‖δ_n‖²·‖x_n‖²
/// Σ_oi g_noi·g_moi = Σ_o δ_no·δ_mo · Σ_i x_ni·x_mi    (δδᵀ)_nm·(xxᵀ)_nm
/// ```
pub(super) struct OuterProduct;

impl<T: Scalar> Rule<T> for OuterProduct {
    fn individual<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
        // x [n, inputs], d [n, outputs] → [n, outputs, inputs]
        d.unsqueeze(2) * x.unsqueeze(1)
    }

    fn weighted_sum<'t>(
        &self,
        x: Var<'t, T>,
        d: Var<'t, T>,
        factors: Option<Var<'t, T>>,
    ) -> Option<Var<'t, T>> {
        Some(times_each(d, factors).matmul_tn(x))
    }

    fn sum_squares<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Option<Var<'t, T>> {
        Some(d.square().matmul_tn(x.square()))
    }

    fn square_norms<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Option<Var<'t, T>> {
        Some(d.square().sum_axis(1) * x.square().sum_axis(1))
    }

    fn dot_products<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Option<Var<'t, T>> {
        Some(d.matmul_nt(d) * x.matmul_nt(x))
    }

    fn input_factor(&self, x: &Tensor<T>) -> Option<Tensor<T>> {
        Some(x.matmul_tn(x) / T::from_f64(x.shape()[0] as f64))
    }
}
// ANCHOR_END: outer

// ANCHOR: patches
/// The weight of a convolution.
///
/// A sample's gradient is a sum over the places of the window, and the square of a sum is not the
/// sum of the squares. So for Σ_n g_n² the n gradients are written down, `[n, o, c, kh, kw]`. Their
/// sum and their norms are had without them. But where a patch has no more elements than there are
/// places, g_n is no larger than δ_n, which is kept anyway; then it is written down once for all.
pub(super) struct Patches(pub Window);

impl Patches {
    /// c·kh·kw ≤ oh·ow, which is o·c·kh·kw ≤ o·oh·ow.
    fn gradients_are_small<T: Scalar>(&self, x: Var<'_, T>, d: Var<'_, T>) -> bool {
        let [kh, kw] = self.0.kernel;
        x.shape()[1] * kh * kw <= d.shape()[2] * d.shape()[3]
    }
}

impl<T: Scalar> Rule<T> for Patches {
    fn individual<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
        // x [n, c, h, w], d [n, o, oh, ow] → [n, o, c, kh, kw]
        conv2d_weight_per_sample(x, d, self.0)
    }

    fn weighted_sum<'t>(
        &self,
        x: Var<'t, T>,
        d: Var<'t, T>,
        factors: Option<Var<'t, T>>,
    ) -> Option<Var<'t, T>> {
        let large = !self.gradients_are_small(x, d);
        large.then(|| x.conv2d_weight(times_each(d, factors), self.0))
    }

    fn square_norms<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Option<Var<'t, T>> {
        (!self.gradients_are_small(x, d)).then(|| conv2d_weight_square_norms(x, d, self.0))
    }

    fn input_factor(&self, x: &Tensor<T>) -> Option<Tensor<T>> {
        // columns [n, c·kh·kw, oh·ow]; all places of all images side by side
        let columns = x.im2col(self.0).permute(&[1, 0, 2]).flatten(1);
        let places = T::from_f64(columns.shape()[1] as f64);
        Some(columns.matmul_nt(&columns) / places)
    }
}
// ANCHOR_END: patches

/// A bias: one number for each channel, added at every place.
pub(super) struct Shift;

impl<T: Scalar> Rule<T> for Shift {
    fn individual<'t>(&self, _: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
        // d [n, channels, ..] → [n, channels]
        over_places(d)
    }

    fn input_factor(&self, _: &Tensor<T>) -> Option<Tensor<T>> {
        Some(Tensor::ones([1, 1])) // what it is multiplied with is always 1
    }
}

/// The weight of a normalisation: one factor for each channel, the same at every place. The input
/// is what it multiplies.
pub(super) struct Scale;

impl<T: Scalar> Rule<T> for Scale {
    fn individual<'t>(&self, x: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
        // x and d [n, channels, ..] → [n, channels]
        over_places(d * x)
    }
}

/// A parameter of which each sample has a copy: the gradients of the copies are what is wanted.
pub(super) struct Copies;

impl<T: Scalar> Rule<T> for Copies {
    fn individual<'t>(&self, _: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
        // d [n, ..parameter], as it is
        d
    }
}

/// Σ over all axes from the third on.
pub(super) fn over_places<T: Scalar>(x: Var<'_, T>) -> Var<'_, T> {
    if x.shape().rank() > 2 { x.flatten(2).sum_axis(2) } else { x }
}

/// Row n of d `[n, ..]` times factor n. A layer's gradient is linear in that of its output, so its
/// individual gradients are multiplied by the same factors.
fn times_each<'t, T: Scalar>(d: Var<'t, T>, factors: Option<Var<'t, T>>) -> Var<'t, T> {
    let Some(factors) = factors else { return d };
    let mut shape = vec![1; d.shape().rank()];
    shape[0] = factors.shape().count();
    d * factors.reshape(&shape[..])
}
