//! 5.4 by a backward pass that begins at the gradient, with v as what arrives there.

use exercises::chapter5::Function;
use longhand::{Tape, Tensor};

pub fn hessian_product(f: Function, x: &Tensor<f64>, v: &Tensor<f64>) -> Tensor<f64> {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let first = f(leaf).backward_pass().create_graph(&[leaf]);
    let gradient = first[0].expect("f depends on x");
    let found = tape.backward_pass().root(gradient, v.clone()).with_respect_to(&[leaf]);
    found[0].clone().unwrap_or_else(|| Tensor::zeros(x.shape()))
}
