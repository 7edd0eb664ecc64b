//! To go forward once more than training does, and leave no trace (chapter 7).

use super::Layer;
use crate::{Rng, Scalar, Tensor};

/// Runs `f` on the layer, and then puts back what a forward pass in training moves on: running
/// statistics and random generators. Parameters and gradients stay as `f` leaves them.
///
/// So who goes forward twice where training goes forward once, to look before the step or to
/// measure a gradient before using it, gives the same bits as who does not.
///
/// ```
/// use longhand::layers::{BatchNorm1d, Dropout, Layer, preserve_state};
/// use longhand::{Rng, Tensor, sequential};
/// let mut net = sequential![BatchNorm1d::<f32>::new(1), Dropout::new(0.5, &mut Rng::new(0))];
/// let x = Tensor::<f32>::arange(8).reshape([8, 1]);
/// let first = preserve_state(&mut net, |net| net.forward(&x));
/// assert_eq!(net.buffers()[0].1.data(), [0.0]);
/// assert_eq!(net.forward(&x), first); // the same mask
/// ```
pub fn preserve_state<T, L, R>(layer: &mut L, f: impl FnOnce(&mut L) -> R) -> R
where
    T: Scalar,
    L: Layer<T> + ?Sized,
{
    let before = PassState::of(layer);
    let restore = Restore { layer, before };
    f(restore.layer)
}

/// Puts the state back when it is dropped, by a panic too.
struct Restore<'l, T: Scalar, L: Layer<T> + ?Sized> {
    layer: &'l mut L,
    before: PassState<T>,
}

impl<T: Scalar, L: Layer<T> + ?Sized> Drop for Restore<'_, T, L> {
    fn drop(&mut self) {
        self.before.put_into(self.layer);
    }
}

/// What a forward pass in training moves on.
#[derive(Debug)]
pub(crate) struct PassState<T: Scalar> {
    /// The layer's buffers, running statistics above all.
    buffers: Vec<Tensor<T>>,
    /// Its random generators.
    rngs: Vec<Rng>,
}

impl<T: Scalar> PassState<T> {
    /// That of the layer now.
    pub(crate) fn of(layer: &mut (impl Layer<T> + ?Sized)) -> Self {
        Self {
            buffers: layer.buffers().into_iter().map(|(_, buffer)| buffer.clone()).collect(),
            rngs: layer.rngs_mut().into_iter().map(|rng| rng.clone()).collect(),
        }
    }

    /// Moves it into the layer that it was taken from.
    pub(crate) fn put_into(&mut self, layer: &mut (impl Layer<T> + ?Sized)) {
        let buffers = layer.buffers_mut().into_iter().zip(self.buffers.drain(..));
        buffers.for_each(|((_, buffer), before)| *buffer = before);
        let rngs = layer.rngs_mut().into_iter().zip(self.rngs.drain(..));
        rngs.for_each(|(rng, before)| *rng = before);
    }
}
