//! From functions to layers, in three steps that must not change a bit (chapter 4).
//!
//! In chapter 3 the function that puts a net together has to know everything. Each step takes one
//! piece of that knowledge from it and gives it to those who can best look after it:
//!
//! | step | what moves | to whom |
//! |---|---|---|
//! | [`remember`] | which input belongs to which function | each function remembers its own |
//! | [`own`] | which weights, and where their gradients go | each layer owns its own |
//! | [`chain`] | in which order to go, there and back | a list of layers, which is a layer |
//!
//! Each is the whole net of chapter 3, and gives its five gradients.
//!
//! ```
//! use longhand::by_hand::Net;
//! use longhand::by_hand::refactor::forms;
//! use longhand::{Rng, Tensor};
//! let net = Net::<f32>::new(3, 2, &mut Rng::new(1));
//! let (x, y) = (Tensor::ones([4, 3]), Tensor::zeros([4]));
//! let (loss, gradients) = net.forward_and_backward(&x, &y);
//! for (_, form) in forms() {
//!     let (same_loss, same) = form(&net, &x, &y);
//!     assert!(same_loss == loss && same.w1.same_bits(&gradients.w1));
//! }
//! ```

pub mod chain;
pub mod own;
pub mod remember;

use super::{Gradients, Net};
use crate::{Scalar, Tensor};

/// The net of chapter 3 in one of its forms: the loss of this input and target, and its gradients.
pub type Form<T> = fn(&Net<T>, &Tensor<T>, &Tensor<T>) -> (T, Gradients<T>);

/// The plain function and the three steps, with their names.
pub fn forms<T: Scalar>() -> [(&'static str, Form<T>); 4] {
    [
        ("functions", Net::forward_and_backward),
        ("functions that remember", remember::forward_and_backward),
        ("layers that own", own::forward_and_backward),
        ("a chain of layers", chain::forward_and_backward),
    ]
}
