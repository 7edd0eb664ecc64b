//! Generic code, compiled here once for `f32` and `f64`, so that it need not be compiled again in
//! each of the test programs. Nobody calls it.
//!
//! The compiler makes machine code of a generic function where it is first used with a type: for
//! `Tensor<f64>` that would be in every test anew, because the crate itself uses `f32`. With a
//! light optimisation, as `[profile.test]` has it, a program takes over what a crate below has
//! compiled already. So here each is mentioned, and brings along all that it calls.

#![allow(unused_must_use, clippy::unnecessary_operation)]

use crate::layers::{
    AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, CrossEntropy, Dropout, Flatten, Layer, Linear,
    LogSoftmax, Loss, MaxPool2d, Mse, Nll, Relu, Sequential,
};
use crate::optim::{Adam, Optimizer, Sgd};
use crate::per_sample::{GaussNewton, Hessian, Recorder, Samples, Scaling};
use crate::record::Record;
use crate::tape::{Tape, Var};
use crate::tensor::{Divisor, Tensor, Window, einsum};
use crate::{Rng, Scalar, init, mebp, models};

pub fn compiled_once() {
    tensors::<f32>();
    tensors::<f64>();
    layers::<f32>();
    layers::<f64>();
    tapes::<f32>();
    tapes::<f64>();
    quantities::<f32>();
    quantities::<f64>();
}

fn tensors<T: Scalar>() {
    let window = Window::new([1, 1]);
    let x = init::normal::<T>([1, 1, 1, 1], T::ZERO, T::ONE, &mut Rng::new(1));
    let one: [fn(&Tensor<T>) -> Tensor<T>; 16] = [
        Tensor::abs,
        Tensor::sign,
        Tensor::sqrt,
        Tensor::square,
        Tensor::exp,
        Tensor::ln,
        Tensor::tanh,
        Tensor::sigmoid,
        Tensor::log_softmax,
        Tensor::t,
        Tensor::squeeze_all,
        |x| -x,
        |x| x.clone().reshape([1]),
        |x| x.permute(&[0]),
        |x| x.rows(0..1),
        |x| x * T::ONE,
    ];
    let two: [fn(&Tensor<T>, &Tensor<T>) -> Tensor<T>; 13] = [
        Tensor::matmul,
        Tensor::matmul_tn,
        Tensor::matmul_nt,
        Tensor::maximum,
        Tensor::minimum,
        Tensor::gt,
        Tensor::lt,
        Tensor::equal,
        |a, b| a + b,
        |a, b| a - b,
        |a, b| a * b,
        |a, b| a / b,
        |a, b| einsum("", &[a, b]),
    ];
    let whole: [fn(&Tensor<T>) -> T; 6] =
        [Tensor::sum, Tensor::mean, Tensor::var, Tensor::std, Tensor::max, Tensor::min];
    let along: [fn(&Tensor<T>, isize) -> Tensor<T>; 8] = [
        Tensor::sum_axis,
        Tensor::mean_axis,
        Tensor::max_axis,
        Tensor::min_axis,
        Tensor::log_sum_exp,
        Tensor::flatten,
        Tensor::squeeze,
        Tensor::unsqueeze,
    ];
    std::hint::black_box((&one, &two, &whole, &along));
    x.conv2d(&x, None, window);
    x.conv2d_input(&x, window, [1, 1]);
    x.conv2d_weight(&x, window);
    x.im2col(window).col2im(window, [1, 1]);
    x.max_pool2d(window).1.gather(&x);
    x.avg_pool2d(window, Divisor::Window);
    (x.max_abs_diff(&x), x.same_bits(&x), x.near(&x), format!("{x} {x:?}"), x.argmax(0));
    (x.sum_to([1]), x.expand([1]), x.sum_axes(&[0]), x.slice(0, 0..1), x.pad_axis(0, 1, 1));
    (Tensor::concat(&[&x], 0), Tensor::stack(&[&x]), x.select(&x, &x), x.pick(&[0]));
}

/// A `dyn` type has all methods of its trait.
fn layers<T: Scalar>() {
    let (rng, window) = (&mut Rng::new(1), Window::new([1, 1]));
    let layers: Vec<Box<dyn Layer<T>>> = vec![
        Box::new(Linear::new(1, 1, rng)),
        Box::new(Conv2d::new(1, 1, window, rng)),
        Box::new(Relu::new()),
        Box::new(LogSoftmax::new()),
        Box::new(BatchNorm1d::new(1)),
        Box::new(BatchNorm2d::new(1)),
        Box::new(Dropout::new(0.5, rng)),
        Box::new(MaxPool2d::new(window)),
        Box::new(AvgPool2d::new(window)),
        Box::new(Flatten::new()),
        Box::new(models::lenet(rng, [0.5, 0.5])),
    ];
    let mut optimizers: [Box<dyn Optimizer<T>>; 2] =
        [Box::new(Sgd::new(0.1)), Box::new(Adam::new(0.1))];
    let x = Tensor::ones([1, 1]);
    let mut net = Sequential::new(layers);
    net.record(Tape::new().constant(x.clone()));
    optimizers[0].step(net.params_mut());
    (Nll::mean().forward(&x, &[0]), CrossEntropy::mean().forward(&x, &[0]));
    Mse::mean().forward(&x, &x);
    mebp::per_layer(&mut net, x.clone(), &mut Sgd::new(0.1));
}

fn tapes<'t, T: Scalar>() {
    let one: [fn(Var<'t, T>) -> Var<'t, T>; 15] = [
        Var::exp,
        Var::ln,
        Var::sqrt,
        Var::tanh,
        Var::sigmoid,
        Var::relu,
        Var::abs,
        Var::recip,
        Var::square,
        Var::t,
        Var::log_softmax,
        Var::sum,
        Var::mean,
        Var::detach,
        |x| -x,
    ];
    let two: [fn(Var<'t, T>, Var<'t, T>) -> Var<'t, T>; 12] = [
        Var::matmul,
        Var::matmul_tn,
        Var::matmul_nt,
        Var::maximum,
        Var::minimum,
        Var::where_positive,
        Var::mse,
        Var::mse_sum,
        |a, b| a + b,
        |a, b| a - b,
        |a, b| a * b,
        |a, b| a / b,
    ];
    std::hint::black_box((&one, &two));
    let (tape, window) = (Tape::new(), Window::new([1, 1]));
    let x = tape.leaf(Tensor::<T>::ones([1, 1, 1, 1]));
    (x.conv2d(x, window), x.conv2d_input(x, window, [1, 1]), x.conv2d_weight(x, window));
    (x.max_pool2d(window), x.avg_pool2d(window), x.batch_norm(x, x, T::ONE), x.linear(x, x));
    (x.sum_axis(0), x.mean_axis(0), x.max_axis(0), x.log_sum_exp(0), x.sum_to([1]), x.expand([1]));
    (x.cross_entropy(&[0]), x.nll(&[0]), x.powi(2), x.powf(T::ONE), x.gather_rows(&[0]));
    (x.reshape([1]), x.permute(&[0]), x.slice(0, 0..1), x.pad_axis(0, 0, 1), x.pick(&[0]));
    (x.dropout(0.5, &mut Rng::new(1)), crate::tape::concat(&[x], 0), crate::tape::stack(&[x]));
    (x.backward(), x.grad([x]), x.grad_create_graph([x]));
}

fn quantities<T: Scalar>() {
    let tape = Tape::new();
    let x = tape.leaf(Tensor::<T>::ones([1]));
    let recorder = Recorder::new(&tape);
    let samples: [Samples<'_, T>; 2] =
        [recorder.backward(x, Scaling::Share), recorder.backward_create_graph(x, Scaling::Share)];
    (samples[0].variance(x), samples[0].total_variance(), samples[0].clipping(T::ONE));
    (Hessian::new(x, &[x]).gradient(), GaussNewton::new(x, x, &[x]));
}
