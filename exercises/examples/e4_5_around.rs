// ANCHOR: statement
//! ### Exercise 4.5 · A way around a layer · 40 minutes
//!
//! In very deep nets the gradient has to come back through many layers. Kaiming He and others gave
//! it a way around them (2015): y = x + inner(x), where `inner` is any layer whose output has the
//! shape of its input, such as a whole chain. What it does is called a *residual block*. Write it as
//! a layer: there, back, and its parameters, which are those of the layer inside. (A layer for daily
//! use would hand on `set_mode` and `forget`, too.)
//!
//! ```text
//! inner(x) = 2x, x = 3, d_output = 10  →  y = 9, d_input = 30
//! ```
// ANCHOR_END: statement

use exercises::chapter4;
use longhand::layers::Layer;
use longhand::{Param, Tensor};
use std::process::ExitCode;

// ANCHOR: stub
/// y = x + inner(x)
struct Around {
    inner: Box<dyn Layer<f64>>,
}

impl Layer<f64> for Around {
    fn forward(&mut self, input: &Tensor<f64>) -> Tensor<f64> {
        todo!()
    }

    fn backward(&mut self, d_output: &Tensor<f64>) -> Tensor<f64> {
        todo!()
    }

    fn predict(&self, input: &Tensor<f64>) -> Tensor<f64> {
        todo!()
    }

    fn params(&self) -> Vec<&Param<f64>> {
        todo!()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        todo!()
    }

    fn name(&self) -> String {
        format!("Around({})", self.inner.name())
    }
}

fn around(inner: Box<dyn Layer<f64>>) -> Box<dyn Layer<f64>> {
    Box::new(Around { inner })
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter4::AROUND.run(around)
}
