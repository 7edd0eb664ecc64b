//! Third step: layers have a common form, and a list of them knows the order (chapter 4).

use super::own::Lin;
use super::remember::{Mse, Relu};
use crate::by_hand::{Gradients, Net};
use crate::{Scalar, Tensor};

// ANCHOR: module
/// What all layers can do.
trait Module<T: Scalar> {
    /// The output; remembers what `backward` will need.
    fn forward(&mut self, inp: &Tensor<T>) -> Tensor<T>;

    /// dL/d(input) from dL/d(output); keeps the gradients of its own parameters.
    fn backward(&mut self, d_out: &Tensor<T>) -> Tensor<T>;

    /// Takes out the gradients that it has kept, in the order of its parameters.
    fn take_gradients(&mut self) -> Vec<Tensor<T>> {
        Vec::new()
    }
}

impl<T: Scalar> Module<T> for Lin<T> {
    fn forward(&mut self, inp: &Tensor<T>) -> Tensor<T> {
        Lin::forward(self, inp)
    }

    fn backward(&mut self, d_out: &Tensor<T>) -> Tensor<T> {
        Lin::backward(self, d_out)
    }

    fn take_gradients(&mut self) -> Vec<Tensor<T>> {
        [self.d_w.take(), self.d_b.take()].into_iter().flatten().collect()
    }
}

impl<T: Scalar> Module<T> for Relu<T> {
    fn forward(&mut self, inp: &Tensor<T>) -> Tensor<T> {
        Relu::forward(self, inp)
    }

    fn backward(&mut self, d_out: &Tensor<T>) -> Tensor<T> {
        Relu::backward(self, d_out)
    }
}
// ANCHOR_END: module

// ANCHOR: chain
/// Modules one after another; itself a module.
struct Chain<T: Scalar>(Vec<Box<dyn Module<T>>>);

impl<T: Scalar> Module<T> for Chain<T> {
    fn forward(&mut self, inp: &Tensor<T>) -> Tensor<T> {
        self.0.iter_mut().fold(inp.clone(), |x, module| module.forward(&x))
    }

    fn backward(&mut self, d_out: &Tensor<T>) -> Tensor<T> {
        self.0.iter_mut().rev().fold(d_out.clone(), |d, module| module.backward(&d))
    }

    fn take_gradients(&mut self) -> Vec<Tensor<T>> {
        self.0.iter_mut().flat_map(|module| module.take_gradients()).collect()
    }
}
// ANCHOR_END: chain

// ANCHOR: net
/// The loss and the five gradients, by a chain.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn forward_and_backward<T: Scalar>(
    net: &Net<T>,
    inp: &Tensor<T>,
    target: &Tensor<T>,
) -> (T, Gradients<T>) {
    // inp [n, inputs], target [n]
    let (lin1, lin2) = (Lin::new(&net.w1, &net.b1), Lin::new(&net.w2, &net.b2));
    let mut chain = Chain(vec![Box::new(lin1), Box::new(Relu { inp: None }), Box::new(lin2)]);
    let mut mse = Mse { seen: None };

    let loss = mse.forward(&chain.forward(inp), target);
    let input = chain.backward(&mse.backward());

    let gradients: [Tensor<T>; 4] = chain.take_gradients().try_into().expect("two of each layer");
    let [w1, b1, w2, b2] = gradients;
    (loss, Gradients { w1, b1, w2, b2, input })
}
// ANCHOR_END: net
