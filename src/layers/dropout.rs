//! Dropout: a net that must do without any one of its features (chapter 6).

use super::{Function, Layer, Mode, take_saved};
use crate::tensor::Shape;
use crate::tensor::dropout::check_probability;
use crate::{Rng, Scalar, Tensor};

/// In training, each element becomes 0 with chance p and is divided by 1 − p otherwise; in
/// evaluation, nothing changes. Any shape.
///
/// The division keeps each element's mean what it was, so that evaluation needs no correction.
/// (N. Srivastava and others, "Dropout", 2014, divide there instead; this is the *inverted* form.)
///
/// ```
/// use longhand::layers::{Dropout, Layer, Mode};
/// use longhand::{Rng, Tensor};
/// let mut dropout = Dropout::<f32>::new(0.5, &mut Rng::new(0));
/// let x = Tensor::ones([100]);
/// assert!(dropout.forward(&x).data().iter().all(|&y| y == 0.0 || y == 2.0));
/// dropout.set_mode(Mode::Eval);
/// assert_eq!(dropout.forward(&x), x);
/// ```
#[derive(Debug)]
pub struct Dropout<T: Scalar = f32> {
    p: f64,
    rng: Rng,
    mode: Mode,
    /// The mask; inside it nothing where the input was passed on as it is.
    mask: Option<Option<Tensor<T>>>,
}

impl<T: Scalar> Dropout<T> {
    /// Drops with chance `p`. The layer draws from a fork of `rng`, so that no other layer's
    /// numbers depend on how much it draws.
    ///
    /// # Panics
    /// Unless 0 ≤ p < 1.
    #[track_caller]
    pub fn new(p: f64, rng: &mut Rng) -> Self {
        check_probability(p);
        Self { p, rng: rng.fork(), mode: Mode::Train, mask: None }
    }

    /// The next mask; none where the input is passed on as it is.
    fn draw(&mut self, shape: Shape) -> Option<Tensor<T>> {
        let drops = self.mode == Mode::Train && self.p > 0.0;
        drops.then(|| Tensor::dropout_mask(shape, self.p, &mut self.rng))
    }
}

// ANCHOR: dropout
// y = x·mask with a mask that does not depend on x, so dL/dx = g·mask.
impl<T: Scalar> Layer<T> for Dropout<T> {
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // any shape → the same shape
        input.clone()
    }

    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let mask = self.draw(input.shape());
        let output = mask.as_ref().map_or(input.clone(), |mask| input * mask);
        self.mask = Some(mask);
        output
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // the output's shape → the same shape
        let mask = take_saved(&mut self.mask, "Dropout");
        mask.map_or(d_output.clone(), |mask| d_output * mask)
    }
    // ANCHOR_END: dropout

    fn function(&mut self, input: &Tensor<T>) -> Function<'_, T> {
        self.draw(input.shape()).map_or(Function::Identity, |mask| Function::Dropout { mask })
    }

    fn rngs_mut(&mut self) -> Vec<&mut Rng> {
        vec![&mut self.rng]
    }

    fn name(&self) -> String {
        "Dropout".into()
    }

    fn forget(&mut self) {
        self.mask = None;
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}
