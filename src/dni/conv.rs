//! `ConvSynthesizer`: messages that are images (chapter 9).

use super::Synthesizer;
use super::basic::{linear, zero};
use crate::layers::{Conv2d, Linear};
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
/// let synthesizer = ConvSynthesizer::<f32>::new(20, 5, None, &mut Rng::new(0));
/// let tape = Tape::new();
/// let guess = synthesizer.synthesize(tape.constant(Tensor::ones([8, 20, 4, 4])), None);
/// assert_eq!(guess.shape(), [8, 20, 4, 4]);
/// ```
pub struct ConvSynthesizer<T: Scalar = f32> {
    /// The convolution that the trigger goes through.
    pub input_trigger: Conv2d<T>,
    /// The layer that the context goes through, if there is one.
    pub input_context: Option<Linear<T>>,
    /// The convolution after it.
    pub hidden: Conv2d<T>,
    /// The last one.
    pub output: Conv2d<T>,
    window: Window,
}

impl<T: Scalar> Synthesizer for ConvSynthesizer<T> {
    type Element = T;

    /// # Panics
    /// If it was made with a context and there is none, or a size does not fit.
    #[track_caller]
    fn synthesize<'t>(&self, trigger: Var<'t, T>, context: Option<Var<'t, T>>) -> Var<'t, T> {
        // trigger [batch, channels, height, width] → the same shape
        let mut x = self.conv(&self.input_trigger, trigger);
        if let Some(layer) = &self.input_context {
            let Some(context) = context else {
                panic!("this synthesizer has a context, and is called outside synthesizer_context")
            };
            x = x + linear(layer, context).unsqueeze(-1).unsqueeze(-1);
        }
        x = self.conv(&self.hidden, x.relu());
        self.conv(&self.output, x.relu())
    }
    // ANCHOR_END: conv

    fn params(&self) -> Vec<&Param<T>> {
        let convs = [&self.input_trigger, &self.hidden, &self.output];
        let convs = convs.into_iter().map(|conv| (&conv.weight, &conv.bias));
        let context = self.input_context.iter().map(|layer| (&layer.weight, &layer.bias));
        convs.chain(context).flat_map(|(weight, bias)| [weight].into_iter().chain(bias)).collect()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let convs = [&mut self.input_trigger, &mut self.hidden, &mut self.output];
        let convs = convs.into_iter().map(|conv| (&mut conv.weight, &mut conv.bias));
        let context = self.input_context.iter_mut();
        let context = context.map(|layer| (&mut layer.weight, &mut layer.bias));
        convs.chain(context).flat_map(|(weight, bias)| [weight].into_iter().chain(bias)).collect()
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
        Self { input_trigger, input_context, hidden, output, window }
    }

    #[track_caller]
    fn conv<'t>(&self, layer: &Conv2d<T>, x: Var<'t, T>) -> Var<'t, T> {
        let tape = x.tape();
        let y = x.conv2d(tape.param(&layer.weight), self.window);
        match &layer.bias {
            Some(bias) => y + tape.param(bias).unsqueeze(-1).unsqueeze(-1),
            None => y,
        }
    }
}
