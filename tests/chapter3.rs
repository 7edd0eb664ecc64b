//! Chapter 3: the backward pass by hand.

mod common;
#[allow(dead_code)] // its main, and what only that calls
#[path = "../examples/small_net.rs"]
mod small_net;

use common::{assert_near, golden, normal, numeric_gradient, same_everywhere};
use longhand::by_hand::{Net, lin, lin_grad, mse, mse_grad, relu, relu_grad};
use longhand::data::Mnist;
use longhand::{Rng, Tensor};

/// The net and the batch that PyTorch's figures belong to.
fn frozen() -> (Net<f64>, Tensor<f64>, Tensor<f64>) {
    let [w1, b1, w2, b2] =
        ["w1", "b1", "w2", "b2"].map(|name| golden(&format!("chapter3/net/{name}")));
    let (digits, _) = Mnist::load().unwrap().train.split_at(32);
    let x = (digits.images([784], 256.0) - 0.1304) / 0.3073;
    let y = digits.labels().iter().map(|&label| label.into()).collect();
    (Net { w1, b1, w2, b2 }, x, Tensor::new([32], y))
}

#[test]
fn mse_gradient_of_the_two_checked_by_hand() {
    // 2(ŷ − y)/n with n = 50,000; every other prediction is right and so has no gradient.
    let n = 50_000;
    let (mut output, mut target) = (Tensor::<f64>::zeros([n, 1]), Tensor::<f64>::zeros([n]));
    (output[[0, 0]], target[[0]]) = (1.1683, 5.0);
    (output[[1, 0]], target[[1]]) = (0.6230, 0.0);
    let gradient = mse_grad(&output, &target);
    assert_eq!(gradient.shape(), [n, 1]);
    assert_eq!(format!("{:.4e}", gradient[[0, 0]]), "-1.5327e-4");
    assert_eq!(format!("{:.4e}", gradient[[1, 0]]), "2.4920e-5");
    assert!(gradient.data()[2..].iter().all(|&g| g == 0.0));
}

#[test]
fn relu_lets_nothing_back_at_zero() {
    let inp = Tensor::vector(&[-1.0, 0.0, -0.0, 2.0]);
    let gradient = relu_grad(&inp, &Tensor::vector(&[10.0, 20.0, 30.0, 40.0]));
    assert_eq!(gradient.data(), [0.0, 0.0, 0.0, 40.0]);
}

#[test]
fn a_target_that_would_broadcast_is_refused() {
    let refused = |output: Tensor<f64>, target: Tensor<f64>| {
        let result = std::panic::catch_unwind(|| mse(&output, &target));
        let message = *result.unwrap_err().downcast::<String>().unwrap();
        assert!(message.contains("output [n, 1] and a target [n]"), "{message}");
    };
    refused(Tensor::zeros([4, 1]), Tensor::zeros([4, 1]));
    refused(Tensor::zeros([4, 1]), Tensor::zeros([1]));
    refused(Tensor::zeros([4]), Tensor::zeros([4]));
    refused(Tensor::zeros([4, 2]), Tensor::zeros([4]));
}

#[test]
fn lin_grad_by_finite_differences() {
    let (inp, w, b) =
        (normal::<f64>(&[5, 3], 1), normal::<f64>(&[3, 4], 2), normal::<f64>(&[4], 3));
    let up = normal::<f64>(&[5, 4], 4);
    let (d_inp, d_w, d_b) = lin_grad(&inp, &w, &up);
    let loss = |out: Tensor<f64>| (out * &up).sum();
    assert_near("inp", &d_inp, &numeric_gradient(&inp, |inp| loss(lin(inp, &w, &b))), 1e-9);
    assert_near("w", &d_w, &numeric_gradient(&w, |w| loss(lin(&inp, w, &b))), 1e-9);
    assert_near("b", &d_b, &numeric_gradient(&b, |b| loss(lin(&inp, &w, b))), 1e-9);
}

#[test]
fn relu_and_mse_by_finite_differences() {
    let (x, up, y) = (normal::<f64>(&[6, 1], 5), normal::<f64>(&[6, 1], 6), normal::<f64>(&[6], 7));
    let numeric = numeric_gradient(&x, |x| (relu(x) * &up).sum());
    assert_near("relu", &relu_grad(&x, &up), &numeric, 1e-9);
    let numeric = numeric_gradient(&x, |x| mse(x, &y));
    assert_near("mse", &mse_grad(&x, &y), &numeric, 1e-9);
}

#[test]
fn the_net_agrees_with_pytorch() {
    let (net, x, y) = frozen();
    assert_near("out", &net.forward(&x), &golden("chapter3/net/out"), 1e-10);
    let (loss, gradients) = net.forward_and_backward(&x, &y);
    assert_near("loss", &Tensor::scalar(loss), &golden("chapter3/net/loss"), 1e-10);
    for (name, gradient) in gradients.named() {
        let theirs = golden(&format!("chapter3/net/d_{name}"));
        assert_near(name, gradient, &theirs, 1e-10);
        assert!(theirs.data().iter().any(|&g| g != 0.0), "{name}: all zero proves nothing");
    }
}

#[test]
fn the_net_by_finite_differences() {
    let net = Net::<f64>::new(5, 4, &mut Rng::new(8));
    let (x, y) = (normal::<f64>(&[7, 5], 9), normal::<f64>(&[7], 10));
    let (_, gradients) = net.forward_and_backward(&x, &y);
    let with = |name: &str, value: &Tensor<f64>| {
        let (mut net, mut x, value) = (net.clone(), x.clone(), value.clone());
        match name {
            "w1" => net.w1 = value,
            "b1" => net.b1 = value,
            "w2" => net.w2 = value,
            "b2" => net.b2 = value,
            _ => x = value,
        }
        mse(&net.forward(&x), &y)
    };
    for (name, gradient) in gradients.named() {
        let start = match name {
            "w1" => &net.w1,
            "b1" => &net.b1,
            "w2" => &net.w2,
            "b2" => &net.b2,
            _ => &x,
        };
        assert_near(name, gradient, &numeric_gradient(start, |value| with(name, value)), 1e-8);
    }
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    let net = Net::<f32>::new(784, 50, &mut Rng::new(11));
    let (x, y) = (normal::<f32>(&[333, 784], 12), normal::<f32>(&[333], 13));
    same_everywhere(|| {
        let (loss, gradients) = net.forward_and_backward(&x, &y);
        let bits = |t: &Tensor<f32>| t.data().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        (loss.to_bits(), gradients.named().map(|(_, gradient)| bits(gradient)))
    });
}

#[test]
fn the_small_net_has_the_crates_bits() {
    // In f64, with at most 64 examples: then every sum of the crate goes one by one as well.
    let (x, y) = (normal::<f64>(&[20, 6], 21), normal::<f64>(&[20], 22));
    let net = Net::<f64>::new(6, 5, &mut Rng::new(23));
    let b1 = normal::<f64>(&[5], 24);
    let net = Net { b1, ..net };
    let small = |tensor: &Tensor<f64>| {
        small_net::small_tensor::Tensor::new(&tensor.shape(), tensor.data().to_vec())
    };
    let params = [&net.w1, &net.b1, &net.w2, &net.b2].map(small);
    let target = small(&y.unsqueeze(-1));
    let (loss, gradients) = small_net::net(&params, &small(&x), &target);
    let (expected, theirs) = net.forward_and_backward(&x, &y);
    assert!((loss - expected).abs() < 1e-15 * expected.abs().max(1.0), "{loss} {expected}");
    for (ours, theirs) in gradients.iter().zip([theirs.w1, theirs.b1, theirs.w2, theirs.b2]) {
        assert_eq!(Tensor::new(&*ours.shape, ours.data.clone()), theirs);
    }
    assert!(small_net::check(&params, &small(&x), &target) < 1e-8);
}

#[test]
fn the_small_nets_learn() {
    let (x, y) = small_net::three_examples();
    let start = || vec![small_net::zeros()[0].clone()];
    let losses = |rate: f64| -> Vec<f64> {
        small_net::descend(small_net::one, start(), (&x, &y), rate, 30)
            .iter()
            .map(|p| p.0)
            .collect()
    };
    // The curvature is 2·mean(x²) = 28/3: below a rate of 2/curvature every step goes down.
    for rate in [0.02, 0.1, 0.2, 0.21] {
        // At the bottom only the rounding is left.
        assert!(losses(rate).is_sorted_by(|a, b| *a > b - 1e-12), "rate {rate}");
    }
    assert!(losses(0.22).is_sorted_by(|a, b| a < b));

    let (x, y) = small_net::five_examples();
    let path = small_net::descend(small_net::two, small_net::zeros(), (&x, &y), 0.08, 2000);
    let (_, params) = path.last().unwrap();
    // Least squares, on paper: w = −4.8/10, b = 3.5 − 3w.
    assert!((params[0].data[0] + 0.48).abs() < 1e-9 && (params[1].data[0] - 4.94).abs() < 1e-9);

    let (x, y, params) = small_net::parabola();
    assert!(small_net::check(&params, &x, &y) < 1e-9);
    let path = small_net::descend(small_net::net, params, (&x, &y), 0.1, 3000);
    assert!(path[3000].0 < path[0].0 / 500.0, "{}", path[3000].0);
}
