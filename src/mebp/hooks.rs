//! By hand, parameter by parameter: a hook steps each gradient as it arrives (chapter 7).

use super::must_be_ready;
use crate::layers::{Layer, Sequential};
use crate::optim::Optimizer;
use crate::{Param, Scalar};
use std::sync::{Arc, Mutex, PoisonError};

// ANCHOR: hooks
/// From now on a backward pass trains: as soon as a parameter's gradient arrives, the optimizer
/// steps it and the gradient is let go.
///
/// The optimizer is shared by all parameters of the net, and with the caller, who may want to
/// change its step size. [`remove_hooks`] makes the net an ordinary one again.
///
/// ```
/// use longhand::layers::{Layer, Linear};
/// use longhand::optim::Sgd;
/// use longhand::{Rng, Tensor, mebp, sequential};
/// use std::sync::{Arc, Mutex};
///
/// let mut net = sequential![Linear::<f32>::new(3, 1, &mut Rng::new(0))];
/// let sgd = Arc::new(Mutex::new(Sgd::new(0.5)));
/// mebp::set_hooks(&mut net, &sgd);
/// let before = net.params()[1].value.item();
/// net.forward(&Tensor::ones([1, 3]));
/// net.backward_params(&Tensor::ones([1, 1]));
/// assert_eq!(net.params()[1].value.item(), before - 0.5);
///
/// sgd.lock().unwrap().lr *= 0.1;
/// mebp::remove_hooks(&mut net);
/// ```
///
/// # Panics
/// If a gradient of an earlier pass is waiting: see [`ready`](super::ready).
#[track_caller]
pub fn set_hooks<T, O>(net: &mut Sequential<T>, optimizer: &Arc<Mutex<O>>)
where
    T: Scalar,
    O: Optimizer<T> + Send + ?Sized + 'static,
{
    must_be_ready(&net.params());
    for param in net.params_mut() {
        let optimizer = Arc::clone(optimizer);
        param.set_hook(move |param: &mut Param<T>| {
            optimizer.lock().unwrap_or_else(PoisonError::into_inner).step_param(param);
            param.zero_grad();
        });
    }
}

/// Takes the hooks off again: gradients wait in their parameters, as usual.
pub fn remove_hooks<T: Scalar>(net: &mut Sequential<T>) {
    net.params_mut().into_iter().for_each(Param::remove_hook);
}
// ANCHOR_END: hooks
