//! Layers that are written on the tape and recorded in one step (chapter 10).

use super::pass::MIXES;
use super::recorder::Recorder;
use super::rules::{OuterProduct, Patches, Scale, Shift};
use crate::Scalar;
use crate::layers::Statistics;
use crate::tape::Var;
use crate::tensor::{Shape, Window};

impl<'t, T: Scalar> Recorder<'t, T> {
    // ANCHOR: layers
    /// A fully connected layer: x `[n, inputs]`, weight `[outputs, inputs]`, bias `[outputs]`.
    #[track_caller]
    pub fn linear(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Option<Var<'t, T>>,
    ) -> Var<'t, T> {
        let y = match bias {
            Some(bias) => x.linear(weight, bias),
            None => x.matmul_nt(weight),
        };
        self.record_use(weight, x, y, OuterProduct);
        if let Some(bias) = bias {
            self.record_use(bias, y, y, Shift);
        }
        y
    }

    /// A convolution: x `[n, c, h, w]`, weight `[o, c, kh, kw]`, bias `[o]`.
    #[track_caller]
    pub fn conv2d(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Option<Var<'t, T>>,
        window: Window,
    ) -> Var<'t, T> {
        let mut y = x.conv2d(weight, window);
        if let Some(bias) = bias {
            y = y + bias.reshape([bias.shape().count(), 1, 1]);
        }
        self.record_use(weight, x, y, Patches(window));
        if let Some(bias) = bias {
            self.record_use(bias, y, y, Shift);
        }
        y
    }
    // ANCHOR_END: layers

    /// A batch normalisation over all axes but the second, with the statistics of evaluation:
    /// y = (x − mean)/√(var + eps)·weight + bias.
    ///
    /// # Panics
    /// If the statistics are to be those of the batch, or the shapes do not fit.
    #[track_caller]
    pub fn batch_norm(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Var<'t, T>,
        statistics: Statistics<T>,
        eps: T,
    ) -> Var<'t, T> {
        let Statistics::Given { mean, var } = statistics else {
            panic!("batch normalisation: {MIXES}");
        };
        let each_channel = each_channel(x.shape());
        let [mean, var] = [mean, var].map(|values| values.reshape(each_channel));
        let scale = (var + eps).map(|var| T::ONE / var.sqrt());
        let normalized = (x - self.tape.constant(mean)) * self.tape.constant(scale);
        self.scale_and_shift(normalized, weight, bias)
    }

    /// A group normalisation, which keeps the samples apart in training too: x `[n, c, ..]`, weight
    /// and bias `[c]`.
    ///
    /// # Panics
    /// If the channels do not make so many groups, or the shapes do not fit.
    #[track_caller]
    pub fn group_norm(
        &self,
        x: Var<'t, T>,
        weight: Var<'t, T>,
        bias: Var<'t, T>,
        groups: usize,
        eps: T,
    ) -> Var<'t, T> {
        self.scale_and_shift(x.standardise_groups(groups, eps), weight, bias)
    }

    /// z·w + b for each channel: z `[n, c, ..]`, weight and bias `[c]`.
    #[track_caller]
    fn scale_and_shift(&self, z: Var<'t, T>, weight: Var<'t, T>, bias: Var<'t, T>) -> Var<'t, T> {
        let each_channel = each_channel(z.shape());
        let y = z * weight.reshape(each_channel) + bias.reshape(each_channel);
        self.record_use(weight, z, y, Scale);
        self.record_use(bias, y, y, Shift);
        y
    }
}

/// `[c, 1, ..]`: the shape in which one number for each channel broadcasts to an input `[n, c,
/// ..]`.
fn each_channel(input: Shape) -> Shape {
    input.iter().enumerate().skip(1).map(|(axis, &size)| if axis == 1 { size } else { 1 }).collect()
}
