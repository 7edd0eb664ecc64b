//! Batch normalisation: every channel gets mean 0 and variance 1, then a spread and a mean that
//! it learns (chapter 6).

use super::{Function, Layer, Mode, Statistics, take_saved};
use crate::tensor::Shape;
use crate::tensor::channels::Channels;
use crate::{Param, Scalar, Tensor};

/// Batch normalisation of rows `[n, c]` or of sequences `[n, c, l]`.
pub type BatchNorm1d<T = f32> = BatchNorm<1, T>;

/// Batch normalisation of images `[n, c, h, w]`.
pub type BatchNorm2d<T = f32> = BatchNorm<2, T>;

/// y = (x − μ)/√(v + ε)·w + b for each channel: S. Ioffe and C. Szegedy, "Batch Normalization"
/// (2015). `D` is the number of axes behind the channels.
///
/// In training, μ and v are the mean and the variance of the batch, over all axes but 1, and the
/// running statistics move a little towards them: by `momentum`, 0.1 at first. (The variance
/// divides by the number of elements m; what goes into the running one divides by m − 1, as in
/// PyTorch.) In evaluation, μ and v are the running ones.
///
/// ```
/// use longhand::layers::{BatchNorm2d, Layer};
/// use longhand::{Rng, Tensor, init};
/// let mut norm = BatchNorm2d::<f64>::new(3);
/// let x = init::normal([8, 3, 5, 5], 7.0, 2.0, &mut Rng::new(0));
/// let y = norm.forward(&x);
/// assert!(y.mean().abs() < 1e-12 && (y.std() - 1.0).abs() < 1e-2);
/// assert!((norm.running_mean.mean() - 0.7).abs() < 0.05); // a tenth of the way from 0 to 7
/// ```
#[derive(Debug)]
pub struct BatchNorm<const D: usize, T: Scalar = f32> {
    /// w, `[channels]`, 1 at first.
    pub weight: Param<T>,
    /// b, `[channels]`, 0 at first.
    pub bias: Param<T>,
    /// The mean of each channel over the batches seen, the latest counting most; 0 at first.
    pub running_mean: Tensor<T>,
    /// The variance likewise; 1 at first.
    pub running_var: Tensor<T>,
    momentum: T,
    eps: T,
    mode: Mode,
    saved: Option<Saved<T>>,
}

/// What `forward` saves for `backward`.
#[derive(Debug)]
struct Saved<T: Scalar> {
    /// x standardised, `[n, c]` or `[n, c, rest]`.
    z: Tensor<T>,
    /// 1/√(v + ε), `[c]` or `[c, 1]`.
    scale: Tensor<T>,
    /// w in the shape of `scale`. It shares the parameter's memory until one of the two is written
    /// to.
    weight: Tensor<T>,
    /// The mode of the forward pass.
    mode: Mode,
}

impl<const D: usize, T: Scalar> BatchNorm<D, T> {
    /// A layer for this many channels, with momentum 0.1 and ε = 10⁻⁵.
    pub fn new(channels: usize) -> Self {
        Self {
            weight: Param::new("weight", Tensor::ones([channels])),
            bias: Param::new("bias", Tensor::zeros([channels])),
            running_mean: Tensor::zeros([channels]),
            running_var: Tensor::ones([channels]),
            momentum: T::from_f64(0.1),
            eps: T::from_f64(1e-5),
            mode: Mode::Train,
            saved: None,
        }
    }

    /// The share of a batch's statistics in the running ones.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum: T::from_f64(momentum), ..self }
    }

    /// What is added to the variance, so that a channel without any is not divided by 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        Self { eps: T::from_f64(eps), ..self }
    }

    /// μ and v of a batch; the running ones move towards them.
    #[track_caller]
    fn statistics(&mut self, channels: &Channels, x: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
        let m = channels.count;
        if m < 2 {
            panic!("batch normalisation of {}: one element has no variance", channels.batch);
        }
        let mean = channels.mean(x);
        let variance = channels.mean(&(x - &mean).square());
        let unbiased = T::from_f64(m as f64 / (m as f64 - 1.0));
        let momentum = self.momentum;
        let towards = move |running: T, now: T| running * (T::ONE - momentum) + now * momentum;
        let own = self.running_mean.shape();
        self.running_mean.update(&mean.reshape(own), towards);
        self.running_var.update(&variance.reshape(own), move |r, v| towards(r, v * unbiased));
        (mean, variance)
    }

    /// μ and v in evaluation.
    fn running(&self) -> (Tensor<T>, Tensor<T>) {
        (self.running_mean.clone(), self.running_var.clone())
    }

    /// z = (x − μ)·s and s = 1/√(v + ε).
    fn standardise(
        &self,
        channels: &Channels,
        x: &Tensor<T>,
        (mean, variance): (Tensor<T>, Tensor<T>),
    ) -> (Tensor<T>, Tensor<T>) {
        let eps = self.eps;
        let scale = channels.column(&variance.map(|v| T::ONE / (v + eps).sqrt()));
        ((x - channels.column(&mean)) * &scale, scale)
    }

    /// y = z·w + b
    fn spread(&self, channels: &Channels, z: &Tensor<T>) -> Tensor<T> {
        z * channels.column(&self.weight.value) + channels.column(&self.bias.value)
    }

    #[track_caller]
    fn channels(&self, input: Shape) -> Channels {
        let wanted = self.weight.value.len();
        let takes = input.rank() == D + 2 || (D == 1 && input.rank() == 2);
        match Channels::of(input) {
            Some(channels) if takes && channels.number() == wanted => channels,
            _ => {
                let also = if D == 1 { format!("[n, {wanted}] or ") } else { String::new() };
                let axes = if D == 1 { "l" } else { "h, w" };
                panic!("BatchNorm{D}d wants an input {also}[n, {wanted}, {axes}], not {input}")
            }
        }
    }
}

// ANCHOR: batch_norm
// z = (x − μ)·s with s = 1/√(v + ε), and y = z·w + b, so with g = dL/dy and sums over a channel:
//
//   dL/dw = Σ g·z    dL/db = Σ g
//
// For x, in evaluation, μ and s are numbers like any other: dL/dx = g·w·s. In training both
// depend on every x of the channel. From v = (1/m) Σ (x − μ)² follow dv/dxᵢ = 2(xᵢ − μ)/m (what
// comes through μ adds up to 0) and ds/dxᵢ = −½·s³·dv/dxᵢ = −s²·zᵢ/m, so
//
//   dzⱼ/dxᵢ = ([i = j] − 1/m)·s + (xⱼ − μ)·ds/dxᵢ = ([i = j] − 1/m − zⱼ·zᵢ/m)·s
//   dL/dxᵢ = Σⱼ gⱼ·w·dzⱼ/dxᵢ = (gᵢ − Σg/m − zᵢ·Σ(g·z)/m)·w·s
//
// The two sums are dL/db and dL/dw. What is taken off is g's mean, and as much of z as is in g:
// no gradient asks for what normalising would take back.
impl<const D: usize, T: Scalar> Layer<T> for BatchNorm<D, T> {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, ..] → the same shape
        let channels = self.channels(input.shape());
        let (z, _) = self.standardise(&channels, &input.reshape(channels.batch), self.running());
        self.spread(&channels, &z).reshape(input.shape())
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, ..] → the same shape
        let channels = self.channels(input.shape());
        let x = input.reshape(channels.batch);
        let statistics = match self.mode {
            Mode::Train => self.statistics(&channels, &x),
            Mode::Eval => self.running(),
        };
        let (z, scale) = self.standardise(&channels, &x, statistics);
        let output = self.spread(&channels, &z).reshape(input.shape());
        let weight = channels.column(&self.weight.value);
        self.saved = Some(Saved { z, scale, weight, mode: self.mode });
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [n, c, ..] → d_input the same; d_weight, d_bias [c]
        let channels = self.channels(d_output.shape());
        let Saved { z, scale, weight, mode } = take_saved(&mut self.saved, "BatchNorm");
        let g = d_output.reshape(channels.batch);
        let (d_weight, d_bias) = ((&g * &z).sum_axes(channels.axes), g.sum_axes(channels.axes));
        let d_input = match mode {
            Mode::Train => {
                let means = [&d_bias, &d_weight]
                    .map(|sum| channels.column(sum) / T::from_f64(channels.count as f64));
                let [mean_g, mean_gz] = means;
                (g - mean_g - z * mean_gz) * (weight * scale)
            }
            Mode::Eval => g * weight * scale,
        };
        self.weight.accumulate(d_weight);
        self.bias.accumulate(d_bias);
        d_input.reshape(d_output.shape())
    }
    // ANCHOR_END: batch_norm

    #[track_caller]
    fn function(&mut self, input: &Tensor<T>) -> Function<'_, T> {
        let channels = self.channels(input.shape());
        if self.mode == Mode::Train {
            self.statistics(&channels, &input.reshape(channels.batch));
        }
        let statistics = match self.mode {
            Mode::Train => Statistics::OfBatch,
            Mode::Eval => Statistics::Given { mean: &self.running_mean, var: &self.running_var },
        };
        Function::BatchNorm { weight: &self.weight, bias: &self.bias, statistics, eps: self.eps }
    }

    fn name(&self) -> String {
        format!("BatchNorm{D}d")
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

    fn buffers(&self) -> Vec<(String, &Tensor<T>)> {
        let running = [("running_mean", &self.running_mean), ("running_var", &self.running_var)];
        running.map(|(name, tensor)| (name.into(), tensor)).into()
    }

    fn buffers_mut(&mut self) -> Vec<(String, &mut Tensor<T>)> {
        let (mean, variance) = (&mut self.running_mean, &mut self.running_var);
        vec![("running_mean".into(), mean), ("running_var".into(), variance)]
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}
