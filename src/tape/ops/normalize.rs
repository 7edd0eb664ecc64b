//! Batch normalisation (chapter 6) and group normalisation (chapter 10).
//!
//! μ and v are the mean and the variance of a channel, over all m = n·h·w elements of it in the
//! batch. Both are functions of x, and their derivatives must not be forgotten:
//!
//! ```text
//! z = (x − μ)·s         s = 1/√(v + ε)         y = z·w + b
//!
//! dv/dxᵢ = 2(xᵢ − μ)/m                         (what μ contributes to it cancels)
//! ds/dxᵢ = −½·s³·dv/dxᵢ = −s²·zᵢ/m
//! dzⱼ/dxᵢ = ([i = j] − 1/m)·s + (xⱼ − μ)·ds/dxᵢ = ([i = j] − 1/m − zⱼ·zᵢ/m)·s
//! ```

use crate::tape::list::Var;
use crate::tensor::Shape;
use crate::tensor::channels::Channels;
use crate::{Scalar, Tensor};

/// The view of an input of shape `x`; `vectors` must hold one number a channel.
#[track_caller]
fn channels_of(x: Shape, vectors: [Shape; 2]) -> Channels {
    let Some(channels) = Channels::of(x) else {
        panic!("batch_norm wants an input [n, c, ..], not shape {x}");
    };
    let c = channels.number();
    if let Some(vector) = vectors.iter().find(|&&vector| vector != [c]) {
        panic!("batch_norm of {x}: a parameter or statistic of shape {vector}, not [{c}]");
    }
    channels
}

/// Σ over each channel, recorded: `[c]`.
fn sum<'t, T: Scalar>(channels: &Channels, x: Var<'t, T>) -> Var<'t, T> {
    x.sum_axes(channels.axes)
}

/// One number for each channel, so that it broadcasts to the batch.
fn column<'t, T: Scalar>(channels: &Channels, x: Var<'t, T>) -> Var<'t, T> {
    x.reshape(channels.statistics)
}

/// m, as an element.
fn count<T: Scalar>(channels: &Channels) -> T {
    T::from_f64(channels.count as f64)
}

/// What was found out about a batch.
#[derive(Clone)]
struct Known<T: Scalar> {
    /// What its statistics were taken over.
    channels: Channels,
    /// μ
    mean: Tensor<T>,
    /// s = 1/√(v + ε)
    scale: Tensor<T>,
}

impl<T: Scalar> Known<T> {
    /// Of x, seen so.
    fn of(channels: Channels, x: &Tensor<T>, eps: T) -> Self {
        let mean = channels.mean(x);
        let variance = channels.mean(&(x - &mean).square());
        Self { channels, mean, scale: variance.map(|v| T::ONE / (v + eps).sqrt()) }
    }

    fn bytes(&self) -> usize {
        size_of_val(self.mean.data()) + size_of_val(self.scale.data())
    }

    fn standardise(&self, x: &Tensor<T>) -> Tensor<T> {
        (x - &self.mean) * &self.scale
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    // ANCHOR: batch_norm
    /// (x − μ)/√(v + ε)·w + b, with the mean and the biased variance of each channel over this
    /// batch: over all axes but 1. Shapes `[n, c]`, `[n, c, l]`, `[n, c, h, w]`; weight and bias
    /// `[c]`.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.leaf(Tensor::new([2, 1], vec![3.0, 7.0]));
    /// let (weight, bias) = (tape.leaf(Tensor::ones([1])), tape.leaf(Tensor::zeros([1])));
    /// assert_eq!(x.batch_norm(weight, bias, 0.0).value().data(), [-1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If a channel has fewer than two elements, or weight or bias are not `[c]`.
    #[track_caller]
    pub fn batch_norm(self, weight: Self, bias: Self, eps: T) -> Self {
        // x [n, c, ..], weight and bias [c] → y of x's shape
        //   dL/dw = Σ g·z    dL/db = Σ g
        //   dL/dx = (g − Σg/m − z·Σ(g·z)/m)·w·s
        let channels = channels_of(self.shape(), [weight.shape(), bias.shape()]);
        if channels.count <= 1 {
            panic!("batch_norm of shape {}: one element has no variance", self.shape());
        }
        let x = self.reshape(channels.batch);
        let (known, value) = {
            let x = x.read();
            let known = Known::of(channels, &x, eps);
            let column = |p: Self| p.read().reshape(channels.statistics);
            let value = known.standardise(&x) * column(weight) + column(bias);
            (known, value)
        };
        let (inputs, bytes) = ([x, weight, bias], known.bytes());
        let y = self.tape.operation("batch norm", inputs, value, move |[x, w, b], _, g| {
            let z = x.standardised(&known);
            let (d_w, d_b) = (sum(&channels, g * z), sum(&channels, g));
            let d_x = || {
                let m = count::<T>(&channels);
                let inner = g - column(&channels, d_b) / m - z * (column(&channels, d_w) / m);
                inner * (column(&channels, w) * x.scale(&known))
            };
            [x.grad_if_needed(d_x), w.grad_if_needed(|| d_w), b.grad_if_needed(|| d_b)]
        });
        y.saving(bytes).mixing_samples().reshape(self.shape())
    }

    /// z = (x − μ)·s of a batch whose statistics are known.
    #[track_caller]
    fn standardised(self, known: &Known<T>) -> Self {
        // x [n, c, ..] → z of the same shape
        // dL/dx = (g − Σg/m − z·Σ(g·z)/m)·s
        let (value, known) = (known.standardise(&self.read()), known.clone());
        let bytes = known.bytes();
        let z = self.tape.operation("standardise", [self], value, move |[x], z, g| {
            let (channels, m) = (&known.channels, count::<T>(&known.channels));
            let means = [g, g * z].map(|x| column(channels, sum(channels, x)) / m);
            [Some((g - means[0] - z * means[1]) * x.scale(&known))]
        });
        z.saving(bytes)
    }

    /// s = 1/√(v + ε) of a batch whose statistics are known.
    #[track_caller]
    fn scale(self, known: &Known<T>) -> Self {
        // x [n, c, ..] → s [c] or [c, 1]
        // dL/dx = −z·(g·s²/m)
        let (value, known) = (known.scale.clone(), known.clone());
        let bytes = known.bytes();
        let s = self.tape.operation("scale", [self], value, move |[x], s, g| {
            [Some(-(x.standardised(&known) * (g * s * s / count::<T>(&known.channels))))]
        });
        s.saving(bytes)
    }
    // ANCHOR_END: batch_norm

    // ANCHOR: group_norm
    /// (x − μ)/√(v + ε)·w + b, with the mean and the biased variance of each group of channels of
    /// each sample: x `[n, c, ..]`, weight and bias `[c]`. No sample depends on another.
    ///
    /// # Panics
    /// If the channels do not make so many groups, a group has fewer than two elements, or weight
    /// or bias are not `[c]`.
    #[track_caller]
    pub fn group_norm(self, groups: usize, weight: Self, bias: Self, eps: T) -> Self {
        // x [n, c, ..], weight and bias [c] → y of x's shape
        // made of operations that have pullbacks of their own
        let channels = channels_of(self.shape(), [weight.shape(), bias.shape()]);
        let z = self.standardise_groups(groups, eps).reshape(channels.batch);
        (z * column(&channels, weight) + column(&channels, bias)).reshape(self.shape())
    }

    /// z = (x − μ)·s alone, of x's shape.
    #[track_caller]
    pub(crate) fn standardise_groups(self, groups: usize, eps: T) -> Self {
        let Some(view) = Channels::of_groups(self.shape(), groups) else {
            panic!(
                "group_norm wants an input [n, c, ..] with c in {groups} groups, not shape {}",
                self.shape()
            );
        };
        if view.count <= 1 {
            panic!("group_norm of shape {}: one element has no variance", self.shape());
        }
        let rows = self.reshape(view.batch);
        let known = Known::of(view, &rows.read(), eps);
        rows.standardised(&known).reshape(self.shape())
    }
    // ANCHOR_END: group_norm

    /// Batch normalisation with a mean and a variance that are given, as in evaluation: then each
    /// sample is treated by itself.
    ///
    /// # Panics
    /// If mean, variance, weight or bias are not `[c]`.
    #[track_caller]
    pub fn batch_norm_with(
        self,
        mean: &Tensor<T>,
        variance: &Tensor<T>,
        weight: Self,
        bias: Self,
        eps: T,
    ) -> Self {
        // x [n, c, ..], the others [c] → y of x's shape
        // made of operations that have pullbacks of their own
        channels_of(self.shape(), [mean.shape(), variance.shape()]);
        let channels = channels_of(self.shape(), [weight.shape(), bias.shape()]);
        let constant = |x: Tensor<T>| self.tape.constant(x.reshape(channels.statistics));
        let scale = variance.map(|v| T::ONE / (v + eps).sqrt());
        let z = (self.reshape(channels.batch) - constant(mean.clone())) * constant(scale);
        (z * column(&channels, weight) + column(&channels, bias)).reshape(self.shape())
    }
}
