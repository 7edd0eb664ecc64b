//! Convolution: the plain loops, the fast path, the layer, the tape, PyTorch, finite differences.

use super::common::{
    assert_near, both_roads, check_layer, golden, golden_path, normal, same_everywhere,
};
use super::{assert_says, check_twice};
use longhand::layers::{Conv2d, Layer};
use longhand::tensor::{Window, reference, threads};
use longhand::{Rng, Scalar, Tape, Tensor};

/// Images, kernels and windows of every kind: `[n, c, h, w]`, outputs, window.
fn cases() -> Vec<([usize; 4], usize, Window)> {
    vec![
        ([1, 1, 1, 1], 1, Window::new([1, 1])),
        ([3, 2, 9, 11], 4, Window::new([3, 5])),
        ([5, 3, 8, 8], 2, Window::new([3, 3]).padding([1, 1])),
        ([9, 1, 13, 10], 7, Window::new([3, 2]).stride([2, 3]).padding([1, 2]).dilation([2, 1])),
        ([2, 3, 40, 41], 20, Window::new([5, 5]).stride([1, 2])),
        ([4, 1, 5, 5], 3, Window::new([5, 5])),
        ([2, 2, 3, 3], 2, Window::new([2, 2]).stride([3, 3]).padding([4, 4])),
        ([2, 2, 6, 24], 3, Window::new([1, 7]).dilation([1, 2]).padding([0, 3])),
        ([0, 2, 4, 4], 3, Window::new([2, 2])),
        // More columns than a block: 300 rows of 150 · 30.
        ([2, 6, 154, 34], 5, Window::new([5, 5])),
        ([6, 20, 12, 12], 50, Window::new([5, 5])),
        ([2, 16, 56, 56], 8, Window::new([3, 3]).padding([1, 1])),
    ]
}

fn inputs<T: Scalar>(image: [usize; 4], outputs: usize, window: Window) -> [Tensor<T>; 3] {
    let [kh, kw] = window.kernel;
    let [down, across] = window.output([image[2], image[3]]);
    [
        normal(&image, 1),
        normal(&[outputs, image[1], kh, kw], 2),
        normal(&[image[0], outputs, down, across], 3),
    ]
}

fn fast_is_reference<T: Scalar>(cases: Vec<([usize; 4], usize, Window)>, products: T) {
    for (image, outputs, window) in cases {
        let inputs = inputs::<T>(image, outputs, window);
        let [x, weight, up] = inputs.map(|tensor| tensor * products.sqrt());
        let size = [image[2], image[3]];
        let fast = [
            x.conv2d(&weight, None, window),
            up.conv2d_input(&weight, window, size),
            x.conv2d_weight(&up, window),
        ];
        let plain = [
            reference::conv2d(&x, &weight, window),
            reference::conv2d_input(&up, &weight, window, size),
            reference::conv2d_weight(&x, &up, window),
        ];
        for ((fast, plain), what) in fast.iter().zip(&plain).zip(["forward", "input", "weight"]) {
            assert!(fast.same_bits(plain), "{what} of {image:?}, {outputs} outputs, {window:?}");
        }
    }
}

#[test]
fn the_fast_path_gives_the_bits_of_the_seven_loops_in_f32() {
    fast_is_reference(cases(), 1_f32);
}

#[test]
fn the_fast_path_gives_the_bits_of_the_seven_loops_in_f64() {
    fast_is_reference(cases(), 1_f64);
}

/// Products too small to be told from 0 keep their sign, and so does a sum of them.
#[test]
fn the_fast_path_gives_their_bits_where_products_underflow() {
    let window = Window::new([4, 4]).stride([4, 4]).padding([1, 1]).dilation([2, 2]);
    let one_place = vec![([1, 8, 7, 7], 6, window)];
    fast_is_reference(one_place.clone(), f32::from_bits(1));
    fast_is_reference(one_place, f64::from_bits(1));
}

#[test]
fn the_same_bits_everywhere() {
    let window = Window::new([3, 3]).stride([1, 2]).padding([1, 0]);
    let mut layer = Conv2d::<f32>::new(3, 7, window, &mut Rng::new(4));
    let x = normal(&[11, 3, 17, 19], 5);
    let up = normal::<f32>(&layer.forward(&x).shape(), 6);
    let run = || {
        let mut layer = Conv2d::from_parts(
            layer.weight.value.clone(),
            layer.bias.as_ref().map(|bias| bias.value.clone()),
            window,
        );
        let y = layer.forward(&x);
        let d_x = layer.backward(&up);
        let grads: Vec<_> = layer.params().iter().map(|p| p.grad().cloned().unwrap()).collect();
        (y, d_x, grads)
    };
    same_everywhere(run);
}

#[test]
fn infinity_times_padding_is_not_a_number_in_both() {
    let x = Tensor::<f32>::ones([1, 1, 2, 2]);
    let weight = Tensor::full([1, 1, 3, 3], f32::INFINITY);
    let window = Window::new([3, 3]).padding([1, 1]);
    let (fast, plain) = (x.conv2d(&weight, None, window), reference::conv2d(&x, &weight, window));
    assert!(fast.data().iter().chain(plain.data()).all(|y| y.is_nan()));
}

#[test]
fn im2col_and_col2im_are_adjoint() {
    for (image, _, window) in cases() {
        let x = normal::<f64>(&image, 1);
        let columns = x.im2col(window);
        let y = normal::<f64>(&columns.shape(), 2);
        let left = (&columns * &y).sum();
        let right = (&x * &y.col2im(window, [image[2], image[3]])).sum();
        assert!((left - right).abs() <= 1e-12 * (1.0 + left.abs()) * 100.0, "{left} and {right}");
    }
}

#[test]
fn a_convolution_is_a_product_with_the_columns() {
    for (image, outputs, window) in cases() {
        let [x, weight, _] = inputs::<f64>(image, outputs, window);
        let (y, columns) = (x.conv2d(&weight, None, window), x.im2col(window));
        let kernels = weight.reshape([outputs, columns.shape()[1]]);
        for n in 0..image[0] {
            let [rows, cols] = [columns.shape()[1], columns.shape()[2]];
            let len = rows * cols;
            let of_n = Tensor::new([rows, cols], columns.data()[n * len..(n + 1) * len].to_vec());
            let y_n = &y.data()[n * outputs * cols..(n + 1) * outputs * cols];
            assert_eq!(kernels.matmul(&of_n).data(), y_n);
        }
    }
}

#[test]
fn pytorch_agrees_on_all_first_and_second_derivatives() {
    for (name, stride, padding, dilation) in [
        ("plain", [1, 1], [0, 0], [1, 1]),
        ("channels", [1, 1], [1, 1], [1, 1]),
        ("strided", [2, 3], [0, 1], [1, 1]),
        ("dilated", [1, 1], [2, 1], [3, 2]),
        ("everything", [2, 1], [2, 1], [2, 3]),
    ] {
        let read = |file: &str| golden(&format!("chapter6/conv2d/{name}/{file}"));
        let [x, weight, up] = ["x", "weight", "up"].map(read);
        let &[_, _, kh, kw] = &*weight.shape() else { unreachable!() };
        let window = Window::new([kh, kw]).stride(stride).padding(padding).dilation(dilation);
        let bias = golden_path(&format!("chapter6/conv2d/{name}/bias"));
        let bias = bias.exists().then(|| read("bias"));

        let mut layer = Conv2d::from_parts(weight.clone(), bias, window);
        assert_near(name, &layer.forward(&x), &read("y"), 1e-12);
        assert_near(name, &layer.backward(&up), &read("d_x"), 1e-12);
        assert_near(name, layer.weight.grad().unwrap(), &read("d_weight"), 1e-11);
        if let Some(bias) = &layer.bias {
            assert_near(name, bias.grad().unwrap(), &read("d_bias"), 1e-12);
        }

        let tape = Tape::new();
        let [x, weight, up] = [x, weight, up].map(|tensor| tape.leaf(tensor));
        let y = x.conv2d(weight, window);
        let first = tape.backward_pass().root(y, up).create_graph(&[x, weight]);
        let [d_x, d_weight] = [first[0].unwrap(), first[1].unwrap()];
        let (v_x, v_weight) = (tape.constant(read("v_x")), tape.constant(read("v_weight")));
        let weighted = (d_x * v_x).sum() + (d_weight * v_weight).sum();
        let second = weighted.grad([x, weight, up]);
        for (second, what) in second.iter().zip(["dd_x", "dd_weight", "dd_up"]) {
            assert_near(&format!("{name}, {what}"), second, &read(what), 1e-11);
        }
    }
}

#[test]
fn by_hand_is_finite_differences_is_the_tape() {
    for (image, outputs, window) in [
        ([2, 2, 4, 5], 3, Window::new([2, 3])),
        ([3, 1, 5, 4], 2, Window::new([3, 2]).stride([2, 1]).padding([1, 1]).dilation([1, 2])),
    ] {
        let x = normal::<f64>(&image, 7);
        let mut layer = Conv2d::<f64>::new(image[1], outputs, window, &mut Rng::new(8));
        check_layer(&mut layer, &x);
        both_roads(&mut layer, &x);
        let mut bare = Conv2d::<f64>::without_bias(image[1], outputs, window, &mut Rng::new(8));
        check_layer(&mut bare, &x);
        let weight = layer.weight.value.clone();
        check_twice("conv2d", [&x, &weight], |[x, weight]| x.conv2d(weight, window));
        let up = normal::<f64>(&layer.forward(&x).shape(), 9);
        let size = [image[2], image[3]];
        check_twice("input", [&up, &weight], |[y, weight]| y.conv2d_input(weight, window, size));
        check_twice("weight", [&x, &up], |[x, y]| x.conv2d_weight(y, window));
    }
}

/// PyTorch's start: weight and bias uniform on ±1/√42, for three channels seen through 2×7.
#[test]
fn a_fresh_layer_fills_its_range() {
    let layer = Conv2d::<f64>::new(3, 400, Window::new([2, 7]), &mut Rng::new(1));
    let bound = 1.0 / 42.0_f64.sqrt();
    for values in [&layer.weight.value, &layer.bias.unwrap().value] {
        let largest = values.data().iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        assert!(0.98 * bound < largest && largest <= bound, "{largest} of {bound}");
    }
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    let x = Tensor::<f32>::zeros([2, 3, 8, 8]);
    let weight = Tensor::zeros([4, 3, 5, 5]);
    let window = Window::new([5, 5]);
    let layer = |shape: &[usize]| Conv2d::<f32>::from_parts(Tensor::zeros(shape), None, window);
    assert_says(|| layer(&[4, 3, 5, 3]), &["[outputs, inputs, 5, 5]", "[4, 3, 5, 3]"]);
    assert_says(|| layer(&[4, 5, 5]), &["[outputs, inputs, 5, 5]", "[4, 5, 5]"]);
    let conv = |x: &Tensor, weight: &Tensor, window| x.conv2d(weight, None, window);
    assert_says(|| conv(&Tensor::zeros([8, 8]), &weight, window), &["[8, 8]", "[4, 3, 5, 5]"]);
    assert_says(
        || conv(&x, &Tensor::zeros([4, 2, 5, 5]), window),
        &["[2, 3, 8, 8]", "[4, 2, 5, 5]", "3 and 2 channels"],
    );
    assert_says(|| conv(&x, &weight, Window::new([3, 3])), &["[4, 3, 5, 5]", "[3, 3]"]);
    assert_says(
        || conv(&Tensor::zeros([2, 3, 4, 8]), &weight, window),
        &["reaches over 5", "does not fit into 4", "4×8"],
    );
    assert_says(|| conv(&x, &weight, window.stride([0, 1])), &["at least 1"]);
    assert_says(
        || conv(&Tensor::zeros([2, 0, 8, 8]), &Tensor::zeros([4, 0, 5, 5]), window),
        &["nothing to convolve"],
    );
    assert_says(
        || x.conv2d(&weight, Some(&Tensor::zeros([3])), window),
        &["[4, 3, 5, 5]", "bias of shape [3]"],
    );
    let up = Tensor::<f32>::zeros([2, 4, 3, 4]);
    assert_says(|| up.conv2d_input(&weight, window, [8, 8]), &["[2, 4, 3, 4]", "[2, 4, 4, 4]"]);
    assert_says(|| x.conv2d_weight(&up, window), &["[2, 4, 3, 4]", "[2, 4, 4, 4]"]);
    let columns = Tensor::<f32>::zeros([2, 75, 16]);
    assert_says(|| columns.col2im(window, [9, 8]), &["[2, 75, 16]", "9×8"]);
    let mut layer = Conv2d::<f32>::new(3, 4, window, &mut Rng::new(1));
    assert_says(|| layer.backward(&Tensor::zeros([2, 4, 4, 4])), &["Conv2d", "without a forward"]);
}

/// Rows of places that are longer than a chain and than a group, images of which many are one group,
/// and numbers of groups that leave some without a partner.
#[test]
fn the_weight_gradient_has_its_order() {
    for [n, h, w] in [[1, 2, 65], [2, 3, 300], [37, 2, 2], [5, 9, 9], [3, 33, 31], [70, 1, 1]] {
        let (x, up) = (normal::<f32>(&[n, 2, h, w], 8), normal::<f32>(&[n, 3, h, w], 9));
        let window = Window::new([3, 3]).padding([1, 1]);
        let plain = reference::conv2d_weight(&x, &up, window);
        for count in [1, 2, 3, 8] {
            let fast = threads::with(count, || x.conv2d_weight(&up, window));
            assert!(fast.same_bits(&plain), "{n} images of {h}×{w} on {count} threads");
        }
    }
}

/// Ten million equal terms, for which every rounding in a row errs to the same side.
#[test]
fn a_long_weight_gradient_loses_next_to_nothing() {
    for (shape, term) in [([4, 1, 512, 512], 0.1_f32), ([40, 1, 500, 500], 0.7)] {
        let (x, up) = (Tensor::full(shape, term), Tensor::ones(shape));
        let found = f64::from(x.conv2d_weight(&up, Window::new([1, 1])).item());
        let right = f64::from(term) * x.len() as f64;
        assert!((found / right - 1.0).abs() < 1e-6, "{found}, not {right}");
    }
}
