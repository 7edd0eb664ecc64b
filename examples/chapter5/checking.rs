//! What a gradient check says of a net that is right, of a slip, and of a kink.

use longhand::tape::{Var, gradcheck, gradgradcheck};
use longhand::{Rng, Tensor, init};

// ANCHOR: mistake
/// tanh with a slip in its pullback: 1 − y where 1 − y² belongs.
fn wrong_tanh<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
    let value = x.value().tanh();
    x.tape().operation("wrong tanh", [x], value, |[_], y, g| [Some(g * (1.0 - y))])
}
// ANCHOR_END: mistake

pub fn checking() {
    // ANCHOR: checking
    let a = init::normal([3, 4], 0.0, 1.0, &mut Rng::new(5));
    let b = init::normal([4, 2], 0.0, 1.0, &mut Rng::new(6));
    let net = gradcheck([&a, &b], |[a, b]| a.matmul(b).tanh().log_softmax());
    let second = gradgradcheck([&a, &b], |[a, b]| a.matmul(b).tanh().log_softmax());
    let mistake = gradcheck([&Tensor::scalar(0.5)], |[x]| wrong_tanh(x));
    let kink = gradcheck([&Tensor::scalar(0.0)], |[x]| x.relu());
    // ANCHOR_END: checking
    print!("a small net, first derivatives:\n{net}");
    print!("\nits second derivatives:\n{second}");
    print!("\na slip in a pullback, at x = ½:\n{mistake}");
    print!("\nReLU on its kink, at x = 0:\n{kink}");
}
