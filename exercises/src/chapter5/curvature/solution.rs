//! Our answer to 5.4.

use exercises::chapter5::Function;
use longhand::{Tape, Tensor};

// ANCHOR: solution
pub fn hessian_product(f: Function, x: &Tensor<f64>, v: &Tensor<f64>) -> Tensor<f64> {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let [gradient] = f(leaf).grad_create_graph([leaf]);
    let dot = (gradient * tape.constant(v.clone())).sum();
    let [product] = dot.grad([leaf]);
    product
}
// ANCHOR_END: solution
