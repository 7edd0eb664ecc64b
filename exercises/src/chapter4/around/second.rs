//! 4.5 as a chain of one, with the sums made in place.

use longhand::layers::{Layer, Sequential};
use longhand::{Param, Tensor};

struct Around {
    chain: Sequential<f64>,
}

pub fn around(inner: Box<dyn Layer<f64>>) -> Box<dyn Layer<f64>> {
    Box::new(Around { chain: Sequential::new(vec![inner]) })
}

impl Layer<f64> for Around {
    fn forward(&mut self, input: &Tensor<f64>) -> Tensor<f64> {
        let mut output = self.chain.forward(input);
        output += input;
        output
    }

    fn backward(&mut self, d_output: &Tensor<f64>) -> Tensor<f64> {
        let mut d_input = self.chain.backward(d_output);
        d_input += d_output;
        d_input
    }

    fn predict(&self, input: &Tensor<f64>) -> Tensor<f64> {
        let mut output = self.chain.predict(input);
        output += input;
        output
    }

    fn params(&self) -> Vec<&Param<f64>> {
        self.chain.params()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        self.chain.params_mut()
    }

    fn name(&self) -> String {
        "Around".into()
    }
}
