//! Gradients of gradients: what each sample of a batch has to say, and what can be made of it
//! (chapter 10).
//!
//! The gradient of a batch is the sum of its samples' gradients. A [`Recorder`] keeps, while the
//! forward pass is written on a tape, the input and the output of every layer with parameters; a
//! net of [`layers`](crate::layers) is recorded whole. One backward pass then gives the gradient
//! of each output, and input and gradient together know what every single sample has contributed:
//! [`Samples`] gives the individual gradients, their norms, the sum of their squares and their
//! variance.
//!
//! All of it is recorded, so that the variance is a value like any other, and its own gradient
//! comes from the tape:
//!
//! ```
//! use longhand::per_sample::{Recorder, Scaling};
//! use longhand::{Tape, Tensor};
//! // Three samples with two features, one weight for each feature.
//! let tape = Tape::<f64>::new();
//! let x = tape.constant(Tensor::new([3, 2], vec![1.0, 0.0, 0.0, 1.0, 1.0, 1.0]));
//! let weight = tape.leaf(Tensor::new([1, 2], vec![2.0, -1.0]));
//!
//! let recorder = Recorder::new(&tape);
//! let loss = recorder.linear(x, weight, None).square().sum();
//! let samples = recorder.backward_create_graph(loss, Scaling::Share);
//!
//! // The gradient of sample n is 2·(x_n·w)·x_n.
//! assert_eq!(samples.individual(weight).value().data(), [4.0, 0.0, 0.0, -2.0, 2.0, 2.0]);
//! assert_eq!(samples.sum(weight).value().data(), [6.0, 0.0]);
//! assert_eq!(samples.square_norms(weight).value().data(), [16.0, 4.0, 8.0]);
//!
//! // Σg²/3 − (Σg/3)² is 20/3 − 4 and 8/3 − 0, which is 16/3 in all.
//! let variance = samples.total_variance();
//! assert!((variance.value().item() - 16.0 / 3.0).abs() < 1e-14);
//! let [slope] = variance.grad([weight]);
//! assert_eq!(slope.shape(), [1, 2]);
//! ```
//!
//! With the norms each sample's gradient can be cut down to a bound ([`Samples::clipping`]) without
//! being written down. An [`Accountant`] counts what a training by such steps, with noise and with
//! batches drawn by [`poisson_batch`], gives away about a single sample.
//!
//! Second derivatives of the loss itself stand beside it: [`Hessian`] and [`GaussNewton`] are
//! matrices that exist only as products with a vector, [`KroneckerFactors`] (K-FAC and KFLR) two
//! small ones for each layer, and [`Curvature`] is what can be learnt from such products.

mod conv;
mod curvature;
mod eigenvalue;
mod estimates;
mod ggn_diagonal;
mod kfac;
mod layers;
mod net;
mod pass;
mod privacy;
mod recorder;
pub mod reference;
mod rules;
mod samples;
mod solve;
mod vectors;

pub use conv::{
    conv2d_input_per_sample, conv2d_per_sample, conv2d_weight_per_sample,
    conv2d_weight_square_norms,
};
pub use curvature::{Curvature, GaussNewton, Hessian};
pub use eigenvalue::{Eigenvalue, largest_eigenvalue};
pub use estimates::{Estimate, diagonal, diagonal_estimate, trace};
pub use ggn_diagonal::{cross_entropy_root, sampled_cross_entropy_root, squared_error_root};
pub use kfac::{KroneckerBlock, KroneckerFactors};
pub use pass::Scaling;
pub use privacy::{Accountant, poisson_batch};
pub use recorder::Recorder;
pub use rules::Rule;
pub use samples::Samples;
pub use solve::{Solution, conjugate_gradients};
pub use vectors::dot;
