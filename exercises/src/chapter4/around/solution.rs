//! Our answer to 4.5.

use longhand::layers::Layer;
use longhand::{Param, Tensor};

// ANCHOR: solution
struct Around {
    inner: Box<dyn Layer<f64>>,
}

impl Layer<f64> for Around {
    fn forward(&mut self, input: &Tensor<f64>) -> Tensor<f64> {
        input + self.inner.forward(input)
    }

    fn backward(&mut self, d_output: &Tensor<f64>) -> Tensor<f64> {
        d_output + self.inner.backward(d_output)
    }

    fn predict(&self, input: &Tensor<f64>) -> Tensor<f64> {
        input + self.inner.predict(input)
    }

    fn params(&self) -> Vec<&Param<f64>> {
        self.inner.params()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        self.inner.params_mut()
    }

    fn name(&self) -> String {
        format!("Around({})", self.inner.name())
    }
}

pub fn around(inner: Box<dyn Layer<f64>>) -> Box<dyn Layer<f64>> {
    Box::new(Around { inner })
}
// ANCHOR_END: solution
