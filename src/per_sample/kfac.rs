// ANCHOR: derivation
//! K-FAC and KFLR: the Gauss-Newton matrix as a Kronecker product for each layer (chapter 10).
//!
//! For a fully connected layer y = W·x the Gauss-Newton matrix of W is a sum over the samples n and
//! the columns c of the root S of the loss's Hessian (see
//! [`ggn_diagonal`](super::cross_entropy_root)): with δ_nc the gradient of y_n if column c were the
//! gradient of the net's output, and i, k for the elements of y and j, l for those of x,
//!
//! ```text
//! G_ij,kl = Σ_n Σ_c (δ_nc,i·x_n,j)·(δ_nc,k·x_n,l)
//!         ≈ (Σ_n Σ_c δ_nc,i·δ_nc,k) · (1/N Σ_n x_n,j·x_n,l) = B_ik·A_jl
//! ```
//!
//! The second line puts the product of two means for the mean of a product. That is right if inputs
//! and gradients have nothing to do with each other, and else it is the approximation. It turns a
//! matrix of (outputs·inputs)² numbers into two, of outputs² and inputs², and its product with a
//! matrix V of W's shape into B·V·A. Blocks between different layers are taken as zero.
//!
//! A convolution uses W at each of its places. B is then made of the δ added up over the places, A
//! is the mean over the samples *and* the places: that is the scale of Grosse and Martens, who take
//! the gradients at different places as independent. (BackPACK's A is a sum over the places, as
//! large as ours times their number; its source says so.) A bias is a weight whose input is always
//! 1: A = 1, and nothing is approximated.
//!
//! With the exact root this is KFLR: A. Botev, H. Ritter and D. Barber, "Practical Gauss-Newton
//! Optimisation for Deep Learning" (2017). With a few columns drawn at random it is K-FAC: J.
//! Martens and R. Grosse, "Optimizing Neural Networks with Kronecker-factored Approximate
//! Curvature" (2015), for convolutions R. Grosse and J. Martens (2016).
// ANCHOR_END: derivation

use super::curvature::Curvature;
use super::recorder::Recorder;
use super::rules::over_places;
use crate::tape::{Tape, Var};
use crate::tensor::Shape;
use crate::{Scalar, Tensor};

// ANCHOR: kfac
/// A matrix of one Kronecker product B⊗A for each parameter, and zeros elsewhere.
#[derive(Clone, Debug)]
#[must_use]
pub struct KroneckerFactors<T: Scalar = f32> {
    /// In the order of [`Recorder::params`].
    pub blocks: Vec<KroneckerBlock<T>>,
}

/// B⊗A, for a parameter `[outputs, ..]`.
#[derive(Clone, Debug)]
pub struct KroneckerBlock<T: Scalar = f32> {
    /// The parameter's shape.
    pub shape: Shape,
    /// B, `[outputs, outputs]`.
    pub output: Tensor<T>,
    /// A, of the size of all other axes together.
    pub input: Tensor<T>,
}

impl<'t, T: Scalar> Recorder<'t, T> {
    /// The Gauss-Newton matrix layer by layer as Kronecker products. With the columns of an exact
    /// root ([`cross_entropy_root`](super::cross_entropy_root)) it is KFLR, with columns drawn at
    /// random ([`sampled_cross_entropy_root`](super::sampled_cross_entropy_root)) K-FAC; the cost
    /// is a backward pass for each column. Nothing is freed.
    ///
    /// # Panics
    /// If a parameter has several uses or a rule without an
    /// [`input_factor`](super::Rule::input_factor), a column has another shape than the output, or
    /// an operation before the output [mixes the samples](Var::mixing_samples).
    #[track_caller]
    pub fn kronecker_factors(&self, output: Var<'t, T>, root: &[Tensor<T>]) -> KroneckerFactors<T> {
        let recorded = self.recorded.borrow();
        let mut blocks: Vec<_> = Vec::with_capacity(recorded.len());
        for used in recorded.iter() {
            let uses = recorded.iter().filter(|other| other.param.index() == used.param.index());
            let (1, Some(input)) = (uses.count(), used.rule.input_factor(&used.input.value()))
            else {
                panic!(
                    "{:?}: K-FAC wants a parameter with one use, in a layer that says what the \
                        inputs of one output are",
                    used.param
                );
            };
            let outputs = used.param.shape()[0];
            let (shape, output) = (used.param.shape(), Tensor::zeros([outputs, outputs]));
            blocks.push(KroneckerBlock { shape, output, input });
        }
        for column in root {
            for (block, d_output) in blocks.iter_mut().zip(self.d_outputs(output, column)) {
                // d_output [n, outputs, ..] → [n, outputs]
                let scratch = Tape::new();
                let d = over_places(scratch.constant(d_output)).value();
                block.output += &d.matmul_tn(&d);
            }
        }
        KroneckerFactors { blocks }
    }
}

impl<T: Scalar> Curvature<T> for KroneckerFactors<T> {
    fn shapes(&self) -> Vec<Shape> {
        self.blocks.iter().map(|block| block.shape).collect()
    }

    #[track_caller]
    fn times(&self, vector: &[Tensor<T>]) -> Vec<Tensor<T>> {
        assert!(
            vector.len() == self.blocks.len(),
            "{} tensors for {} blocks",
            vector.len(),
            self.blocks.len()
        );
        let products = self.blocks.iter().zip(vector).map(|(block, v)| {
            assert!(
                v.shape() == block.shape,
                "a vector of shape {} for {}",
                v.shape(),
                block.shape
            );
            let sizes = [block.output.shape()[0], block.input.shape()[0]];
            // B and A are symmetric.
            block.output.matmul(&v.reshape(sizes).matmul(&block.input)).reshape(block.shape)
        });
        products.collect()
    }
}
// ANCHOR_END: kfac
