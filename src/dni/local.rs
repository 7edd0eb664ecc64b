//! A loss of a layer's own, so that it waits for nobody, and no gradient has to be guessed
//! (chapter 9).

use super::Manager;
use crate::layers::{Layer, Sequential};
use crate::record::Record;
use crate::tape::Var;
use crate::{Param, Scalar};

// ANCHOR: derivation
// A small classifier reads the labels off a layer's output h, and the layer learns from that
// classifier's cross-entropy instead of the net's. With its scores z and p = softmax(z):
//
//   L = −(1/B) Σ_b ln p_b[y_b]
//   dL/dz_b = (p_b − e_b)/B             e_b the one-hot row of the label y_b
//   dL/dh_b = (p_b − e_b)·V/B           for a classifier z = h·Vᵀ + c of one matrix
//
// So what the layer is told is a function of h_b and y_b, as the guess of a synthesizer with
// labels is. But it is the gradient of something, and nobody has to bring a true one, ever.
// ANCHOR_END: derivation

// ANCHOR: local
/// A classifier with a loss of its own between two parts of a net, through which no gradient comes
/// back. Belilovsky, Eickenberg and Oyallon, "Decoupled Greedy Learning of CNNs" (2020).
///
/// ```
/// use longhand::dni::{LocalLoss, Manager};
/// use longhand::layers::{Layer, Linear, Relu};
/// use longhand::record::Record;
/// use longhand::{Rng, Tape, Tensor, sequential};
/// let rng = &mut Rng::new(1);
/// let mut below = Linear::<f32>::new(4, 8, rng);
/// let mut local = LocalLoss::new(sequential![Relu::new(), Linear::new(8, 3, rng)]);
/// let tape = Tape::new();
/// let dni = Manager::new(&tape);
/// let h = below.record(tape.constant(Tensor::ones([2, 4])));
/// let labels = tape.constant(Tensor::one_hot(&[0, 2], 3));
/// let h = dni.synthesizer_context(labels, || local.forward(&dni, h));
/// assert!(dni.gradient(&below.weight).is_some() && !h.needs_grad());
/// ```
#[derive(Debug)]
pub struct LocalLoss<T: Scalar = f32> {
    /// Gives the scores for a layer's output.
    pub classifier: Sequential<T>,
}

impl<T: Scalar> LocalLoss<T> {
    /// In training: goes back from the classifier's loss, the mean over the batch, and gives a copy
    /// of `h` without a history. In evaluation: `h`. The context must be the labels, one-hot.
    ///
    /// # Panics
    /// If there is no context, or it does not have the shape of the scores.
    #[track_caller]
    pub fn forward<'t>(&mut self, dni: &Manager<'t, T>, h: Var<'t, T>) -> Var<'t, T> {
        // h [batch, ..] → the same shape
        dni.in_training(h, || {
            let Some(labels) = dni.context() else {
                panic!("a local loss needs the labels: call it inside synthesizer_context")
            };
            let copy = h.detach();
            let scores = self.classifier.record(h);
            let (shape, wanted) = (labels.shape(), scores.shape());
            if shape != wanted {
                panic!("labels of shape {shape} for scores of shape {wanted}: one-hot is wanted");
            }
            let batch = T::from_f64(wanted[0] as f64);
            dni.backward(-(labels * scores.log_softmax()).sum() / batch);
            copy
        })
    }
    // ANCHOR_END: local

    /// With this classifier, from a layer's output to scores.
    pub fn new(classifier: Sequential<T>) -> Self {
        Self { classifier }
    }

    /// The classifier's parameters.
    pub fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        self.classifier.params_mut()
    }
}
