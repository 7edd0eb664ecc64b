//! Max and average pooling: the definition, PyTorch, finite differences, the tape.

use super::common::{assert_near, both_roads, check_layer, golden, normal, same_everywhere};
use super::{assert_says, bits, check_twice};
use longhand::layers::{AvgPool2d, Layer, MaxPool2d};
use longhand::tensor::{Divisor, Window, reference};
use longhand::{Rng, Scalar, Tensor};

/// The windows of `tests/golden/chapter6.py`.
fn windows() -> [(&'static str, Window); 5] {
    [
        ("tiling", Window::tiling(2)),
        ("leftover", Window::tiling(2)),
        ("overlap", Window::new([3, 3]).stride([2, 2]).padding([1, 1])),
        ("oblong", Window::new([2, 3]).stride([1, 2]).padding([1, 0])),
        ("dilated", Window::new([2, 3]).stride([2, 1]).padding([1, 1]).dilation([2, 3])),
    ]
}

#[track_caller]
fn positions_agree(case: &str, ours: &[u32], theirs: &str) {
    let theirs = golden(&format!("chapter6/{theirs}"));
    let theirs: Vec<u32> = theirs.data().iter().map(|&at| at as u32).collect();
    assert_eq!(ours, theirs, "{case}");
}

/// Asserts that both hold the same numbers, a NaN being as good as any other.
#[track_caller]
fn equal(case: &str, ours: &Tensor<f64>, theirs: &Tensor<f64>) {
    assert_eq!(ours.shape(), theirs.shape(), "{case}");
    let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
    assert!(ours.data().iter().zip(theirs.data()).all(same), "{case}: {ours} and {theirs}");
}

/// `F.max_pool2d(x, kernel, stride, padding, dilation, return_indices=True)`
#[test]
fn maxima_ties_and_gradients_are_those_of_pytorch() {
    for (case, window) in windows() {
        let get = |name: &str| golden(&format!("chapter6/max_pool2d/{case}/{name}"));
        let (y, maxima) = get("x").max_pool2d(window);
        equal(case, &y, &get("y"));
        positions_agree(case, maxima.positions(), &format!("max_pool2d/{case}/positions"));
        let mut layer = MaxPool2d::new(window);
        equal(case, &layer.forward(&get("x")), &get("y"));
        assert_near(case, &layer.backward(&get("up")), &get("d_x"), 1e-12);
    }
}

/// `F.max_pool2d(x, 2)` and `F.max_pool2d(x, 3, 1, 1)` of NaN, ±∞, ±0 and 1
#[test]
fn what_is_not_a_number_wins_as_in_pytorch() {
    let x = golden("chapter6/not_numbers/x");
    let wide = Window::new([3, 3]).padding([1, 1]);
    for (window, values, positions) in
        [(Window::tiling(2), "y", "positions"), (wide, "wide", "wide_positions")]
    {
        let (y, maxima) = x.max_pool2d(window);
        equal(values, &y, &golden(&format!("chapter6/not_numbers/{values}")));
        positions_agree(values, maxima.positions(), &format!("not_numbers/{positions}"));
    }
}

/// `F.avg_pool2d(x, kernel, stride, padding, count_include_pad=…)`
#[test]
fn means_and_gradients_are_those_of_pytorch() {
    for (name, window) in windows().into_iter().filter(|(name, _)| *name != "dilated") {
        for (divisor, mut layer) in [
            ("window", AvgPool2d::new(window)),
            ("image", AvgPool2d::new(window).without_padding()),
        ] {
            let case = format!("{name}_{divisor}");
            let get = |name: &str| golden(&format!("chapter6/avg_pool2d/{case}/{name}"));
            assert_near(&case, &layer.forward(&get("x")), &get("y"), 1e-12);
            assert_near(&case, &layer.backward(&get("up")), &get("d_x"), 1e-12);
        }
    }
}

/// Windows of many kinds on images of many sizes, those with loops of their own among them.
fn many() -> Vec<(Window, [usize; 2])> {
    let rng = &mut Rng::new(1);
    let pair = |rng: &mut Rng, low, high| [(); 2].map(|()| low + rng.below(high - low));
    let mut cases = vec![
        (Window::tiling(2), [24, 24]),
        (Window::tiling(2), [8, 8]),
        (Window::tiling(2), [2, 2]),
        (Window::tiling(2), [6, 38]),
        (Window::tiling(2), [7, 8]),
        (Window::tiling(2), [8, 9]),
        (Window::tiling(1), [3, 4]),
        (Window::tiling(3), [9, 9]),
    ];
    while cases.len() < 60 {
        let kernel = pair(rng, 1, 5);
        let padding = kernel.map(|size| rng.below(size / 2 + 1));
        let window = Window { kernel, padding, stride: pair(rng, 1, 4), dilation: pair(rng, 1, 3) };
        let size: [usize; 2] = pair(rng, 5, 14);
        let fits = (0..2).all(|axis| {
            let reach = window.dilation[axis] * (kernel[axis] - 1) + 1;
            size[axis] >= reach
        });
        if fits {
            cases.push((window, size));
        }
    }
    cases
}

fn agrees_with_its_definition<T: Scalar>() {
    for (seed, (window, [h, w])) in many().into_iter().enumerate() {
        let case = format!("{window:?} on {h}×{w}");
        // Whole numbers, so that there are ties; some are −0, some NaN.
        let x = normal::<T>(&[3, 2, h, w], seed as u64).map(|x| match x.to_f64() {
            x if x > 2.0 => T::NAN,
            x => T::from_f64(x.round()),
        });
        let (values, maxima) = x.max_pool2d(window);
        let (plain, plain_maxima) = reference::max_pool2d(&x, window);
        assert!(values.same_bits(&plain), "{case}");
        assert_eq!(maxima.positions(), plain_maxima.positions(), "{case}");
        assert!(maxima.gather(&x).same_bits(&values), "{case}");

        // The gradient by the definition of an adjoint, in the stated order.
        let g = normal::<T>(&values.shape(), 1000 + seed as u64)
            .map(|g| if g < T::ZERO { -T::ZERO } else { g });
        let mut d_x = Tensor::zeros(x.shape());
        let pooled = values.len() / 6;
        for (i, (&g, &at)) in g.data().iter().zip(maxima.positions()).enumerate() {
            d_x.data_mut()[i / pooled * h * w + at as usize] += g;
        }
        assert!(maxima.scatter(&g).same_bits(&d_x), "{case}");

        let x = normal::<T>(&[3, 2, h, w], 2000 + seed as u64);
        for divisor in [Divisor::Window, Divisor::Image] {
            let means = x.avg_pool2d(window, divisor);
            assert!(means.same_bits(&reference::avg_pool2d(&x, window, divisor)), "{case}");
            let spread = g.avg_pool2d_adjoint(window, divisor, [h, w]);
            assert!(spread.same_bits(&spread_reference(&g, window, divisor, [h, w])), "{case}");
        }
    }
}

/// Place by place, row-major: g/n is added to each element of the window.
fn spread_reference<T: Scalar>(
    g: &Tensor<T>,
    window: Window,
    divisor: Divisor,
    [h, w]: [usize; 2],
) -> Tensor<T> {
    let [n, c, oh, ow] = *g.shape() else { panic!("four axes") };
    let mut d_x = Tensor::zeros([n, c, h, w]);
    let inside = |axis: usize, place: usize, size: usize| -> Vec<usize> {
        let taps = (0..window.kernel[axis]).map(|tap| {
            (place * window.stride[axis] + tap * window.dilation[axis]) as isize
                - window.padding[axis] as isize
        });
        taps.filter(|&at| at >= 0 && at < size as isize).map(|at| at as usize).collect()
    };
    for (i, &g) in g.data().iter().enumerate() {
        let (plane, y, x) = (i / (oh * ow), i / ow % oh, i % ow);
        let (rows, columns) = (inside(0, y, h), inside(1, x, w));
        let count = match divisor {
            Divisor::Window => window.kernel[0] * window.kernel[1],
            Divisor::Image => rows.len() * columns.len(),
        };
        for row in rows {
            for &column in &columns {
                let at = (plane * h + row) * w + column;
                d_x.data_mut()[at] += g / T::from_f64(count as f64);
            }
        }
    }
    d_x
}

#[test]
fn fast_pooling_is_its_definition_bit_for_bit() {
    agrees_with_its_definition::<f32>();
    agrees_with_its_definition::<f64>();
}

/// An image in which no two elements are near each other: finite differences cross no tie.
fn distinct(shape: &[usize], seed: u64) -> Tensor<f64> {
    let count = shape.iter().product();
    let order = Rng::new(seed).permutation(count);
    Tensor::new(shape, order.into_iter().map(|x| x as f64 / 10.0 - 2.0).collect())
}

#[test]
fn derivatives_of_both_orders() {
    for (case, window) in windows() {
        let x = distinct(&[2, 2, 5, 7], 2);
        // Something curved behind it, so that the second derivative is not 0 everywhere.
        check_twice(case, [&x], |[x]| x.max_pool2d(window).tanh());
        check_twice(case, [&x], |[x]| (x * x).max_pool2d(window).max_pool2d(Window::new([1, 2])));
        check_layer(&mut MaxPool2d::new(window), &x);
        let x = normal(&[2, 2, 5, 7], 3);
        for divisor in [Divisor::Window, Divisor::Image] {
            check_twice(case, [&x], |[x]| x.avg_pool2d_over(window, divisor).tanh());
        }
        check_layer(&mut AvgPool2d::new(window), &x);
        check_layer(&mut AvgPool2d::new(window).without_padding(), &x);
    }
    let g = normal(&[1, 2, 2, 3], 4);
    check_twice("adjoint", [&g], |[g]| {
        g.avg_pool2d_adjoint(Window::tiling(2), Divisor::Window, [5, 6]).tanh()
    });
}

#[test]
fn by_hand_is_by_tape_bit_for_bit() {
    for (_, window) in windows() {
        let x = normal::<f32>(&[3, 2, 9, 8], 5).map(f32::round);
        both_roads(&mut MaxPool2d::new(window), &x);
        let x = normal::<f32>(&[3, 2, 9, 8], 6);
        both_roads(&mut AvgPool2d::new(window), &x);
        both_roads(&mut AvgPool2d::new(window).without_padding(), &x);
    }
}

#[test]
fn same_bits_on_any_threads_and_instructions() {
    // Several pieces of work, and for 2×2 rows that are no multiple of a register.
    for (window, size) in [
        (Window::tiling(2), [24, 24]),
        (Window::tiling(2), [8, 8]),
        (Window::new([3, 3]).stride([2, 2]).padding([1, 1]), [23, 24]),
    ] {
        let x = normal::<f32>(&[40, 8, size[0], size[1]], 7).map(|x| (4.0 * x).round());
        let [oh, ow] = window.output(size);
        let g = normal::<f32>(&[40, 8, oh, ow], 8);
        same_everywhere(|| {
            let (y, maxima) = x.max_pool2d(window);
            let mean = x.avg_pool2d(window, Divisor::Image);
            let back = g.avg_pool2d_adjoint(window, Divisor::Image, size);
            let all = [&y, &maxima.scatter(&g), &maxima.gather(&x), &mean, &back];
            (bits(&all), maxima.positions().to_vec())
        });
    }
}

#[test]
fn mistakes_are_told() {
    let x = Tensor::<f32>::zeros([1, 1, 4, 4]);
    let padded = Window::new([3, 3]).padding([2, 1]);
    assert_says(|| x.max_pool2d(padded), &["max_pool2d", "padding 2", "half the kernel, 3"]);
    assert_says(|| x.avg_pool2d(padded, Divisor::Window), &["avg_pool2d", "padding 2"]);
    assert_says(|| x.max_pool2d(Window::new([5, 5])), &["does not fit", "4×4"]);
    assert_says(|| x.reshape([4, 4]).max_pool2d(Window::tiling(2)), &["[n, c, h, w]", "[4, 4]"]);
    // Two taps three apart, either side of an image of one column.
    let around = Window::new([1, 2]).padding([0, 1]).dilation([1, 2]);
    let column = Tensor::<f32>::zeros([1, 1, 4, 1]);
    assert_says(|| column.max_pool2d(around), &["holds nothing of an image of 4×1"]);

    let (y, maxima) = x.max_pool2d(Window::tiling(2));
    assert_says(|| maxima.scatter(&x), &["[1, 1, 2, 2]", "[1, 1, 4, 4]"]);
    assert_says(|| maxima.gather(&y), &["[1, 1, 4, 4]", "[1, 1, 2, 2]"]);
    assert_says(
        || y.avg_pool2d_adjoint(Window::tiling(2), Divisor::Window, [7, 4]),
        &["7×4", "[1, 1, 3, 2]", "[1, 1, 2, 2]"],
    );
    let mut layer = MaxPool2d::new(Window::tiling(2));
    assert_says(|| layer.backward(&y), &["MaxPool2d", "without a forward"]);
}

#[test]
fn no_images_are_no_work() {
    let x = Tensor::<f32>::zeros([0, 3, 4, 4]);
    let (y, maxima) = x.max_pool2d(Window::tiling(2));
    assert_eq!(y.shape(), [0, 3, 2, 2]);
    assert_eq!(maxima.scatter(&y).shape(), [0, 3, 4, 4]);
    assert_eq!(x.avg_pool2d(Window::tiling(2), Divisor::Window).shape(), [0, 3, 2, 2]);
}
