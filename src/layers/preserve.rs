//! To go forward once more than training does, and leave no trace (chapter 7).

use super::Layer;
use crate::{Rng, Scalar, Tensor};
use std::marker::PhantomData;

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
    let buffers = layer.buffers().into_iter().map(|(_, buffer)| buffer.clone()).collect();
    let rngs = layer.rngs_mut().into_iter().map(|rng| rng.clone()).collect();
    let restore = Restore { layer, buffers, rngs, element: PhantomData };
    f(restore.layer)
}

/// Puts the state back when it is dropped, by a panic too.
struct Restore<'l, T: Scalar, L: Layer<T> + ?Sized> {
    layer: &'l mut L,
    buffers: Vec<Tensor<T>>,
    rngs: Vec<Rng>,
    element: PhantomData<T>,
}

impl<T: Scalar, L: Layer<T> + ?Sized> Drop for Restore<'_, T, L> {
    fn drop(&mut self) {
        let buffers = self.layer.buffers_mut().into_iter().zip(self.buffers.drain(..));
        buffers.for_each(|((_, buffer), before)| *buffer = before);
        let rngs = self.layer.rngs_mut().into_iter().zip(self.rngs.drain(..));
        rngs.for_each(|(rng, before)| *rng = before);
    }
}
