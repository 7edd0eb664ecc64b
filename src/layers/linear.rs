//! The fully connected layer: every output is a weighted sum of every input (chapters 3 and 4).

use super::{Function, Layer, saved, take_saved};
use crate::{Param, Rng, Scalar, Tensor, init};

/// y = x·Wᵀ + b, with W of shape `[outputs, inputs]` and b of shape `[outputs]`.
///
/// ```
/// use longhand::layers::{Layer, Linear};
/// use longhand::{Rng, Tensor};
/// let mut layer = Linear::<f32>::new(784, 10, &mut Rng::new(0));
/// let scores = layer.forward(&Tensor::zeros([64, 784]));
/// assert_eq!(scores.shape(), [64, 10]);
/// ```
#[derive(Debug)]
pub struct Linear<T: Scalar = f32> {
    /// W, `[outputs, inputs]`.
    pub weight: Param<T>,
    /// b, `[outputs]`, if the layer has one.
    pub bias: Option<Param<T>>,
    saved: Option<Saved<T>>,
}

/// What `forward` saves for `backward`.
#[derive(Debug)]
struct Saved<T: Scalar> {
    input: Tensor<T>,
    /// A clone: it shares the parameter's memory until one of the two is written to.
    weight: Tensor<T>,
}

impl<T: Scalar> Linear<T> {
    /// A layer with PyTorch's initial values: weight and bias uniform on ±1/√inputs.
    pub fn new(inputs: usize, outputs: usize, rng: &mut Rng) -> Self {
        let weight = init::torch_default([outputs, inputs], inputs, rng);
        let bias = init::torch_default([outputs], inputs, rng);
        Self::from_parts(weight, Some(bias))
    }

    /// A layer without a bias, its weight uniform on ±1/√inputs.
    pub fn without_bias(inputs: usize, outputs: usize, rng: &mut Rng) -> Self {
        Self::from_parts(init::torch_default([outputs, inputs], inputs, rng), None)
    }

    /// A layer with these parameters.
    ///
    /// # Panics
    /// If the weight is not a matrix, or the bias does not have one element per row of it.
    #[track_caller]
    pub fn from_parts(weight: Tensor<T>, bias: Option<Tensor<T>>) -> Self {
        let shape = weight.shape();
        if shape.rank() != 2 {
            panic!("Linear: the weight must be [outputs, inputs], not {shape}");
        }
        if let Some(bias) = bias.as_ref().filter(|bias| bias.shape() != [shape[0]]) {
            panic!(
                "Linear: weight {shape} wants a bias of shape [{}], not {}",
                shape[0],
                bias.shape()
            );
        }
        Self {
            weight: Param::new("weight", weight),
            bias: bias.map(|bias| Param::new("bias", bias)),
            saved: None,
        }
    }
}

// ANCHOR: linear
// y_bo = Σᵢ x_bi·W_oi + b_o, so with g = dL/dy:
//
//   dL/dW_oi = Σ_b g_bo·x_bi    d_weight = gᵀ·x    each sample's input, weighted by its g
//   dL/db_o  = Σ_b g_bo         d_bias   = Σ_b g   the bias joins every sample
//   dL/dx_bi = Σ_o g_bo·W_oi    d_input  = g·W     what each output passes back, added up
impl<T: Scalar> Layer<T> for Linear<T> {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // input [batch, inputs] → output [batch, outputs]
        let mut output = input.matmul_nt(&self.weight.value);
        if let Some(bias) = &self.bias {
            output += &bias.value;
        }
        output
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let output = self.predict(input);
        self.saved = Some(Saved { input: input.clone(), weight: self.weight.value.clone() });
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // d_output [batch, outputs] → d_input [batch, inputs]
        let d_input = d_output.matmul(&saved(&self.saved, "Linear").weight);
        self.backward_params(d_output);
        d_input
    }

    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        // d_weight [outputs, inputs], d_bias [outputs]
        let Saved { input, .. } = take_saved(&mut self.saved, "Linear"); // drops the weight
        self.weight.accumulate(d_output.matmul_tn(&input));
        if let Some(bias) = &mut self.bias {
            bias.accumulate(d_output.sum_axis(0));
        }
    }
    // ANCHOR_END: linear

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::Linear { weight: &self.weight, bias: self.bias.as_ref() }
    }

    fn name(&self) -> String {
        "Linear".into()
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
