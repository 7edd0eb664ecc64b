//! `ConvSynthesizer`: messages that are images (chapter 9).

use super::Synthesizer;
use super::basic::{linear, wanted, zero};
use crate::layers::{Conv2d, Layer, Linear};
use crate::record::Record;
use crate::tape::Var;
use crate::tensor::Window;
use crate::{Param, Rng, Scalar};

// ANCHOR: conv
/// A synthesizer of convolutions that keep an image's size: one for the trigger, one hidden, one
/// for the output, whose weights start at zero. The context is added to every pixel.
///
/// ```
/// use longhand::dni::{ConvSynthesizer, Synthesizer};
/// use longhand::{Rng, Tape, Tensor};
/// let mut synthesizer = ConvSynthesizer::<f32>::new(20, 5, None, &mut Rng::new(0));
/// let tape = Tape::new();
/// let guess = synthesizer.synthesize(tape.constant(Tensor::ones([8, 20, 4, 4])), None);
/// assert_eq!(guess.shape(), [8, 20, 4, 4]);
/// ```
#[derive(Debug)]
pub struct ConvSynthesizer<T: Scalar = f32> {
    /// The convolution that the trigger goes through.
    pub input_trigger: Conv2d<T>,
    /// The layer that the context goes through, if there is one.
    pub input_context: Option<Linear<T>>,
    /// The convolution after them.
    pub hidden: Conv2d<T>,
    /// The last convolution, whose weights start at zero.
    pub output: Conv2d<T>,
}

impl<T: Scalar> Synthesizer for ConvSynthesizer<T> {
    type Element = T;

    /// # Panics
    /// If it was made with a context and there is none, or a size does not fit.
    #[track_caller]
    fn synthesize<'t>(&mut self, trigger: Var<'t, T>, context: Option<Var<'t, T>>) -> Var<'t, T> {
        // trigger [batch, channels, height, width] → the same shape
        let mut x = self.input_trigger.record(trigger);
        if let Some(layer) = &mut self.input_context {
            x = x + linear(layer, wanted(context)).unsqueeze(-1).unsqueeze(-1);
        }
        x = self.hidden.record(x.relu());
        self.output.record(x.relu())
    }
    // ANCHOR_END: conv

    fn params(&self) -> Vec<&Param<T>> {
        let Self { input_trigger, hidden, output, input_context } = self;
        let convs = [input_trigger, hidden, output].map(|conv| conv.params());
        convs
            .into_iter()
            .chain(input_context.iter().map(|layer| layer.params()))
            .flatten()
            .collect()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let Self { input_trigger, hidden, output, input_context } = self;
        let convs = [input_trigger, hidden, output].map(|conv| conv.params_mut());
        let context = input_context.iter_mut().map(|layer| layer.params_mut());
        convs.into_iter().chain(context).flatten().collect()
    }
}

impl<T: Scalar> ConvSynthesizer<T> {
    /// A synthesizer of images with this many channels, by square windows of this odd size.
    ///
    /// # Panics
    /// If the size is even: no padding would then keep an image as large as it is.
    #[track_caller]
    pub fn new(
        channels: usize,
        kernel: usize,
        context_dim: impl Into<Option<usize>>,
        rng: &mut Rng,
    ) -> Self {
        if kernel.is_multiple_of(2) {
            panic!("a window of {kernel}×{kernel} has no middle: its size must be odd");
        }
        let window = Window::new([kernel; 2]).padding([kernel / 2; 2]);
        let mut conv = || Conv2d::new(channels, channels, window, rng);
        let (input_trigger, hidden, mut output) = (conv(), conv(), conv());
        zero(&mut output.weight);
        let input_context = context_dim.into().map(|inputs| Linear::new(inputs, channels, rng));
        Self { input_trigger, input_context, hidden, output }
    }
}
