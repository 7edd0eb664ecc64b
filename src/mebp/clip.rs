//! Clipping gradients by their common norm: with all of them at hand, or in two passes (chapter 7).

use super::backward::Arrivals;
use super::{back, must_be_ready};
use crate::layers::{Layer, Sequential, preserve_state};
use crate::optim::Optimizer;
use crate::param::ParamId;
use crate::tape::Var;
use crate::tensor::isa;
use crate::{Param, Scalar, Tensor};

/// Σ g² of every gradient, by parameter. They can be entered in any order: the sum is taken in
/// the order of the parameters' identities, and so has the same bits whatever the way.
#[derive(Default)]
struct Squares(Vec<(ParamId, f64)>);

impl Squares {
    fn enter<T: Scalar>(&mut self, param: &Param<T>) {
        if let Some(gradient) = param.grad() {
            self.0.push((param.id(), squares(gradient)));
        }
    }

    fn norm(mut self) -> f64 {
        self.0.sort_unstable_by_key(|&(id, _)| id);
        self.0.iter().map(|&(_, squares)| squares).sum::<f64>().sqrt()
    }
}

/// Σ g², in double precision and without a copy: element i goes to sum i mod 8, and the eight
/// sums are added up.
fn squares<T: Scalar>(gradient: &Tensor<T>) -> f64 {
    let mut lanes = [0.0; 8];
    isa::vectorize(
        #[inline(always)]
        || {
            for run in gradient.data().chunks(lanes.len()) {
                for (lane, &g) in lanes.iter_mut().zip(run) {
                    *lane += g.to_f64() * g.to_f64();
                }
            }
        },
    );
    lanes.iter().sum()
}

/// What a gradient is multiplied by so that the norm of all is at most `max_norm`, as in
/// `torch.nn.utils.clip_grad_norm_`. If the norm is NaN so is this: every gradient shows that one
/// of them is broken. (`f64::min` would take the 1, and clip nothing.)
fn factor<T: Scalar>(max_norm: f64, norm: f64) -> T {
    let ratio = max_norm / (norm + 1e-6);
    T::from_f64(if ratio > 1.0 { 1.0 } else { ratio })
}

#[track_caller]
fn check_limit(max_norm: f64) {
    if max_norm.is_nan() || max_norm < 0.0 {
        panic!("clipping to a norm of {max_norm}; expected 0 or more");
    }
}

fn scale<T: Scalar>(param: &mut Param<T>, factor: T) {
    if let Some(mut gradient) = param.take_grad() {
        gradient *= factor;
        param.set_grad(gradient);
    }
}

/// √Σ g² over the gradients of all these parameters, in double precision.
pub fn global_norm<'p, T: Scalar>(params: impl IntoIterator<Item = &'p Param<T>>) -> f64 {
    let mut squares = Squares::default();
    params.into_iter().for_each(|param| squares.enter(param));
    squares.norm()
}

/// The ordinary way: with all gradients at hand, shrinks them so that the norm of all together is
/// at most `max_norm`. Gives the norm that it found.
///
/// If an element is NaN the norm is NaN, and so is every gradient afterwards. An infinite one
/// becomes NaN, and all others 0.
///
/// # Panics
/// If `max_norm` is negative or NaN. So do [`per_layer_clipped`] and [`backward_clipped`].
#[track_caller]
pub fn clip<T: Scalar>(mut params: Vec<&mut Param<T>>, max_norm: f64) -> f64 {
    check_limit(max_norm);
    let norm = global_norm(params.iter().map(|param| &**param));
    let factor = factor(max_norm, norm);
    params.iter_mut().for_each(|param| scale(param, factor));
    norm
}

// ANCHOR: two_passes
/// The same with one layer's gradients at a time, in two passes. The first only measures: it
/// adds up the squares of each gradient and lets it go. The second computes the gradients once
/// more, shrinks them and steps. Gives the norm. (LOMO clips in two passes too: K. Lv and others,
/// "Full Parameter Fine-tuning for Large Language Models with Limited Resources", 2023.)
///
/// `pass` goes forward through the net and gives dL/d(output). It is called twice, since a
/// forward pass can be gone back through only once. The first call leaves no trace: running
/// statistics move once, and dropout draws one mask ([`preserve_state`]).
///
/// ```
/// use longhand::layers::{Layer, Linear, Loss, Mse};
/// use longhand::optim::Sgd;
/// use longhand::{Rng, Tensor, mebp, sequential};
/// let mut net = sequential![Linear::<f64>::new(3, 1, &mut Rng::new(0))];
/// let (x, y) = (Tensor::ones([8, 3]), Tensor::full([8, 1], 100.0));
/// let mut loss = Mse::mean();
/// let norm = mebp::per_layer_clipped(&mut net, &mut Sgd::new(0.1), 1.0, |net| {
///     loss.forward(&net.forward(&x), &y);
///     loss.backward()
/// });
/// assert!(norm > 100.0);
/// ```
///
/// # Panics
/// If the two calls of `pass` do not give the same bits, as when it draws at random itself: then
/// the norm would not be that of the gradients. Or if a gradient of an earlier pass is waiting: see
/// [`ready`](super::ready).
#[track_caller]
pub fn per_layer_clipped<T: Scalar>(
    net: &mut Sequential<T>,
    optimizer: &mut (impl Optimizer<T> + ?Sized),
    max_norm: f64,
    mut pass: impl FnMut(&mut Sequential<T>) -> Tensor<T>,
) -> f64 {
    check_limit(max_norm);
    must_be_ready(&net.params());
    let mut squares = Squares::default();
    let d_output = preserve_state(net, |net| {
        let d_output = pass(net);
        back(net, d_output.clone(), true, &mut |params| {
            for param in params {
                squares.enter(param);
                param.zero_grad();
            }
        });
        d_output
    });
    let norm = squares.norm();
    let again = pass(net);
    if !again.same_bits(&d_output) {
        panic!("the second forward pass differs from the first: does it draw at random?");
    }
    drop(d_output);
    back(net, again, true, &mut |params| {
        for param in params {
            scale(param, factor(max_norm, norm));
            optimizer.step_param(param);
            param.zero_grad();
        }
    });
    norm
}
// ANCHOR_END: two_passes

/// The same on the tape, with one parameter's gradient at a time. It goes forward once, and the
/// first pass retains its graph: all activations are held until the second begins.
///
/// # Panics
/// As [`backward`](super::backward()).
#[track_caller]
pub fn backward_clipped<'p, T: Scalar>(
    loss: Var<'_, T>,
    params: impl IntoIterator<Item = &'p mut Param<T>>,
    optimizer: &mut (impl Optimizer<T> + ?Sized),
    max_norm: f64,
) -> f64 {
    check_limit(max_norm);
    let mut arrivals = Arrivals::new(params);
    let mut squares = Squares::default();
    arrivals.each(loss.backward_pass().retain_graph(), |param| squares.enter(param));
    let norm = squares.norm();
    arrivals.each(loss.backward_pass(), |param| {
        scale(param, factor(max_norm, norm));
        optimizer.step_param(param);
    });
    norm
}
