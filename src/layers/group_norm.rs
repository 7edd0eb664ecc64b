//! Group normalisation: the channels of each sample, some at a time, get mean 0 and variance 1,
//! then a spread and a mean that each channel learns (chapter 10).

use super::{Function, Layer, take_saved};
use crate::tensor::Shape;
use crate::tensor::channels::Channels;
use crate::{Param, Scalar, Tensor};

/// y = (x − μ)/√(v + ε)·w + b with μ and v over a group of channels of one sample: Y. Wu and K. He,
/// "Group Normalization" (2018).
///
/// Unlike [`BatchNorm`](super::BatchNorm) it looks at no other sample. So training and evaluation
/// are the same, there are no running statistics, a batch of one is nothing special, and a sample
/// has a gradient of its own. With one group it is layer normalisation over all axes but the first,
/// with as many groups as channels instance normalisation.
///
/// ```
/// use longhand::layers::{GroupNorm, Layer};
/// use longhand::{Rng, Tensor, init};
/// let mut norm = GroupNorm::<f64>::new(2, 6);
/// let x = init::normal([8, 6, 5, 5], 7.0, 2.0, &mut Rng::new(0));
/// let y = norm.forward(&x);
/// assert!(y.mean().abs() < 1e-12 && (y.std() - 1.0).abs() < 1e-2);
/// assert!(norm.forward(&x.rows(3..4)).same_bits(&y.rows(3..4))); // the others do not matter
/// ```
#[derive(Debug)]
pub struct GroupNorm<T: Scalar = f32> {
    /// w, `[channels]`, 1 at first.
    pub weight: Param<T>,
    /// b, `[channels]`, 0 at first.
    pub bias: Param<T>,
    groups: usize,
    eps: T,
    saved: Option<Saved<T>>,
}

/// What `forward` saves for `backward`.
#[derive(Debug)]
struct Saved<T: Scalar> {
    /// x standardised, `[n, c]` or `[n, c, rest]`.
    z: Tensor<T>,
    /// 1/√(v + ε), `[n·groups, 1]`.
    scale: Tensor<T>,
    /// w, `[c]`. It shares the parameter's memory until one of the two is written to.
    weight: Tensor<T>,
}

impl<T: Scalar> GroupNorm<T> {
    /// A layer for this many channels in this many groups, with ε = 10⁻⁵.
    ///
    /// # Panics
    /// If the channels do not make so many groups.
    #[track_caller]
    pub fn new(groups: usize, channels: usize) -> Self {
        if groups == 0 || !channels.is_multiple_of(groups) {
            panic!("GroupNorm: {channels} channels do not make {groups} groups of one size");
        }
        Self {
            weight: Param::new("weight", Tensor::ones([channels])),
            bias: Param::new("bias", Tensor::zeros([channels])),
            groups,
            eps: T::from_f64(1e-5),
            saved: None,
        }
    }

    /// What is added to the variance, so that a group without any is not divided by 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        Self { eps: T::from_f64(eps), ..self }
    }

    /// The input seen by its channels, and by its groups.
    #[track_caller]
    fn views(&self, input: Shape) -> [Channels; 2] {
        let wanted = self.weight.value.len();
        match (Channels::of(input), Channels::of_groups(input, self.groups)) {
            (Some(channels), Some(groups)) if channels.number() == wanted => [channels, groups],
            _ => panic!("GroupNorm wants an input [n, {wanted}, ..], not {input}"),
        }
    }

    /// y, z and s = 1/√(v + ε).
    #[track_caller]
    fn compute(&self, input: &Tensor<T>) -> [Tensor<T>; 3] {
        let [channels, groups] = self.views(input.shape());
        let (x, eps) = (input.reshape(groups.batch), self.eps);
        let mean = groups.mean(&x);
        let scale = groups.mean(&(&x - &mean).square()).map(|v| T::ONE / (v + eps).sqrt());
        let z = ((x - mean) * &scale).reshape(channels.batch);
        let y = &z * channels.column(&self.weight.value) + channels.column(&self.bias.value);
        [y.reshape(input.shape()), z, scale]
    }
}

// ANCHOR: group_norm
// z = (x − μ)·s with s = 1/√(v + ε), and y = z·w + b, so with g = dL/dy and sums over a channel:
//
//   dL/dw = Σ g·z    dL/db = Σ g    dL/dz = g·w
//
// μ and s depend on the m elements of the group and on nothing else. From there on it is what batch
// normalisation has (chapter 6), with the group in the channel's place and h = dL/dz:
//
//   dL/dxᵢ = (hᵢ − Σh/m − zᵢ·Σ(h·z)/m)·s
impl<T: Scalar> Layer<T> for GroupNorm<T> {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, ..] → the same shape
        let [y, ..] = self.compute(input);
        y
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, ..] → the same shape
        let [y, z, scale] = self.compute(input);
        self.saved = Some(Saved { z, scale, weight: self.weight.value.clone() });
        y
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [n, c, ..] → d_input the same; d_weight, d_bias [c]
        let [channels, groups] = self.views(d_output.shape());
        let Saved { z, scale, weight } = take_saved(&mut self.saved, "GroupNorm");
        let g = d_output.reshape(channels.batch);
        let own = self.weight.value.shape();
        let [d_weight, d_bias] =
            [&(&g * &z), &g].map(|x| x.sum_to(channels.statistics).reshape(own));
        let (h, z) =
            ((g * channels.column(&weight)).reshape(groups.batch), z.reshape(groups.batch));
        let (mean_h, mean_hz) = (groups.mean(&h), groups.mean(&(&h * &z)));
        let d_input = (h - mean_h - z * mean_hz) * scale;
        self.weight.accumulate(d_weight);
        self.bias.accumulate(d_bias);
        d_input.reshape(d_output.shape())
    }
    // ANCHOR_END: group_norm

    #[track_caller]
    fn function(&mut self, input: &Tensor<T>) -> Function<'_, T> {
        self.views(input.shape());
        let (groups, eps) = (self.groups, self.eps);
        Function::GroupNorm { weight: &self.weight, bias: &self.bias, groups, eps }
    }

    fn name(&self) -> String {
        "GroupNorm".into()
    }

    fn forget(&mut self) {
        self.saved = None;
    }

    fn params(&self) -> Vec<&Param<T>> {
        vec![&self.weight, &self.bias]
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        vec![&mut self.weight, &mut self.bias]
    }
}
