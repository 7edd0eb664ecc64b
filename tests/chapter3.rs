//! Chapter 3: the backward pass by hand.

mod common;

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
