//! The convolution layer: the same few weights at every place of the image (chapter 6).

use super::{Function, Layer, saved, take_saved};
use crate::tensor::Window;
use crate::{Param, Rng, Scalar, Tensor, init};

/// y = W ⋆ x + b: `[n, c, h, w]` gives `[n, o, oh, ow]`, with W of shape `[o, c, kh, kw]` and b of
/// shape `[o]`.
///
/// ```
/// use longhand::layers::{Conv2d, Layer};
/// use longhand::tensor::Window;
/// use longhand::{Rng, Tensor};
/// let mut layer = Conv2d::<f32>::new(1, 20, Window::new([5, 5]), &mut Rng::new(0));
/// assert_eq!(layer.forward(&Tensor::zeros([64, 1, 28, 28])).shape(), [64, 20, 24, 24]);
/// ```
#[derive(Debug)]
pub struct Conv2d<T: Scalar = f32> {
    /// W, `[outputs, inputs, kernel height, kernel width]`.
    pub weight: Param<T>,
    /// b, `[outputs]`, if the layer has one.
    pub bias: Option<Param<T>>,
    window: Window,
    saved: Option<Saved<T>>,
}

/// What `forward` saves for `backward`.
#[derive(Debug)]
struct Saved<T: Scalar> {
    input: Tensor<T>,
    /// A clone: it shares the parameter's memory until one of the two is written to.
    weight: Tensor<T>,
}

impl<T: Scalar> Conv2d<T> {
    /// A layer with PyTorch's initial values: weight and bias uniform on ±1/√(inputs·kh·kw).
    pub fn new(inputs: usize, outputs: usize, window: Window, rng: &mut Rng) -> Self {
        let (weight, fan_in) = fresh(inputs, outputs, window, rng);
        let bias = init::torch_default([outputs], fan_in, rng);
        Self::from_parts(weight, Some(bias), window)
    }

    /// A layer without a bias.
    pub fn without_bias(inputs: usize, outputs: usize, window: Window, rng: &mut Rng) -> Self {
        Self::from_parts(fresh(inputs, outputs, window, rng).0, None, window)
    }

    /// A layer with these parameters.
    ///
    /// # Panics
    /// If the weight is not `[outputs, inputs, kh, kw]` with the window's kernel, or the bias does
    /// not have one element per output.
    #[track_caller]
    pub fn from_parts(weight: Tensor<T>, bias: Option<Tensor<T>>, window: Window) -> Self {
        let shape = weight.shape();
        if shape.rank() != 4 || shape[2..] != window.kernel {
            let [kh, kw] = window.kernel;
            panic!("Conv2d: the weight must be [outputs, inputs, {kh}, {kw}], not {shape}");
        }
        if let Some(bias) = bias.as_ref().filter(|bias| bias.shape() != [shape[0]]) {
            let (outputs, found) = (shape[0], bias.shape());
            panic!("Conv2d: weight {shape} wants a bias of shape [{outputs}], not {found}");
        }
        Self {
            weight: Param::new("weight", weight),
            bias: bias.map(|bias| Param::new("bias", bias)),
            window,
            saved: None,
        }
    }

    /// The window that the layer slides over its input.
    pub fn window(&self) -> Window {
        self.window
    }
}

fn fresh<T: Scalar>(
    inputs: usize,
    outputs: usize,
    window: Window,
    rng: &mut Rng,
) -> (Tensor<T>, usize) {
    let [kh, kw] = window.kernel;
    let fan_in = inputs * kh * kw;
    (init::torch_default([outputs, inputs, kh, kw], fan_in, rng), fan_in)
}

// ANCHOR: conv2d
// y_noq = Σ_p W_op·X_npq + b_o, where X_npq is the pixel that element p of the window sees from
// place q. So with g = dL/dy:
//
//   dL/dW_op  = Σ_nq g_noq·X_npq   d_weight   every place has its say
//   dL/db_o   = Σ_nq g_noq         d_bias     the bias joins every place
//   dL/dX_npq = Σ_o g_noq·W_op     d_input    and a pixel adds up all X that show it
impl<T: Scalar> Layer<T> for Conv2d<T> {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [n, c, h, w] → output [n, o, oh, ow]
        let bias = self.bias.as_ref().map(|bias| &bias.value);
        input.conv2d(&self.weight.value, bias, self.window)
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let output = self.predict(input);
        self.saved = Some(Saved { input: input.clone(), weight: self.weight.value.clone() });
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [n, o, oh, ow] → d_input [n, c, h, w]
        let Saved { input, weight } = saved(&self.saved, "Conv2d");
        let size = [input.shape()[2], input.shape()[3]];
        let d_input = d_output.conv2d_input(weight, self.window, size);
        self.backward_params(d_output);
        d_input
    }

    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        // d_weight [o, c, kh, kw], d_bias [o]
        let Saved { input, .. } = take_saved(&mut self.saved, "Conv2d"); // drops the weight
        self.weight.accumulate(input.conv2d_weight(d_output, self.window));
        if let Some(bias) = &mut self.bias {
            let outputs = bias.value.len();
            bias.accumulate(d_output.sum_to([outputs, 1, 1]).reshape([outputs]));
        }
    }
    // ANCHOR_END: conv2d

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        let (weight, bias, window) = (&self.weight, self.bias.as_ref(), self.window);
        Function::Conv2d { weight, bias, window }
    }

    fn name(&self) -> String {
        "Conv2d".into()
    }

    fn forget(&mut self) {
        self.saved = None;
    }

    fn params(&self) -> Vec<&Param<T>> {
        [&self.weight].into_iter().chain(&self.bias).collect()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        [&mut self.weight].into_iter().chain(&mut self.bias).collect()
    }
}
