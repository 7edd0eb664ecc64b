//! The engine against its references: products, convolutions and pooling of any size and layout, under
//! every instruction set, on several threads, NaN and infinities among the numbers, bit for bit.

use crate::choices::Choices;
use crate::count::Count;
use longhand::tensor::gemm::{self, Im2col, Matrix, MatrixMut};
use longhand::tensor::isa::{self, Isa};
use longhand::tensor::{Divisor, Window, reference, threads};
use longhand::{Scalar, Tensor};

static COMPARED: Count = Count::new("results compared with their reference");

/// A product takes at most so many multiplications, a convolution too: the references are slow.
const MOST: usize = 200_000;
/// A tensor has at most so many elements: they are shared out by 2¹⁵, so that these are three pieces.
const LARGEST: usize = 80_000;

pub fn check(data: &[u8]) {
    let mut choices = Choices::new(data);
    match choices.flip() {
        false => of_type::<f32>(&mut choices),
        true => of_type::<f64>(&mut choices),
    }
}

fn of_type<T: Scalar>(choices: &mut Choices) {
    match choices.below(6) {
        0 | 1 => product::<T>(choices),
        2 => columns::<T>(choices),
        3 => convolution::<T>(choices),
        4 => pooling::<T>(choices),
        _ => whole_tensors::<T>(choices),
    }
}

/// The same number, all NaNs being one.
fn same<T: Scalar>(a: T, b: T) -> bool {
    let (a, b) = (a.to_f64(), b.to_f64());
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn assert_same<T: Scalar>(what: &str, found: &[T], expected: &[T]) {
    COMPARED.one_more();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        assert!(same(found, expected), "{what}, element {i}: {found:?}, not {expected:?}");
    }
}

/// Runs `f` under every instruction set, on a number of threads, and holds its tensors to `expected`.
fn everywhere<T: Scalar>(
    what: &str,
    choices: &mut Choices,
    expected: &[Tensor<T>],
    f: impl Fn() -> Vec<Tensor<T>>,
) {
    let count = choices.pick(&[1, 2, 3, 5]);
    for isa in Isa::supported() {
        let found = isa::with(isa, || threads::with(count, &f));
        assert_eq!(found.len(), expected.len());
        for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
            let what = format!("{what}, tensor {number}, {isa}, {count} threads");
            assert_eq!(found.shape(), expected.shape(), "{what}");
            assert_same(&what, found.data(), expected.data());
        }
    }
}

/// Sizes of a product: some long, some short, none of them too much for the reference.
fn sizes(choices: &mut Choices) -> [usize; 3] {
    let most = [0, 1, 3, 9, 40, 150, 700];
    let mut sizes = [0; 3].map(|_| {
        let most = choices.pick(&most);
        choices.within(0..=most)
    });
    while sizes.iter().product::<usize>() > MOST {
        let largest = sizes.iter_mut().max().expect("three");
        *largest /= 2;
    }
    sizes
}

/// A matrix in some layout, on memory that is exactly as long as it must be.
struct Operand<T> {
    data: Vec<T>,
    rows: usize,
    cols: usize,
    strides: [usize; 2],
}

impl<T: Scalar> Operand<T> {
    fn choose(choices: &mut Choices, rows: usize, cols: usize) -> Self {
        let gap = choices.below(4);
        let strides = match choices.below(5) {
            0 => [cols, 1],
            1 => [1, rows],
            2 => [cols + gap, 1],
            3 => [1, rows + gap],
            _ => [cols * 2 + gap, 2],
        };
        let length = match rows * cols {
            0 => 0,
            _ => (rows - 1) * strides[0] + (cols - 1) * strides[1] + 1,
        };
        Self { data: choices.numbers(length), rows, cols, strides }
    }

    fn view(&self) -> Matrix<'_, T> {
        Matrix::strided(&self.data, self.rows, self.cols, self.strides[0], self.strides[1])
    }
}

fn product<T: Scalar>(choices: &mut Choices) {
    let [m, k, n] = sizes(choices);
    let (a, b) = (Operand::<T>::choose(choices, m, k), Operand::<T>::choose(choices, k, n));
    let stride = n + choices.below(3);
    let accumulate = choices.flip();
    let length = if m * n == 0 { 0 } else { (m - 1) * stride + n };
    let before: Vec<T> = choices.numbers(length);
    let mut expected = before.clone();
    let c = MatrixMut::strided(&mut expected, m, n, stride);
    gemm::reference(a.view(), b.view(), accumulate, c);
    let expected = [Tensor::vector(&expected)];
    let what = format!("{m}×{k}×{n} of {}, {:?} by {:?}", T::NAME, a.strides, b.strides);
    everywhere(&what, choices, &expected, || {
        let mut c = before.clone();
        let view = MatrixMut::strided(&mut c, m, n, stride);
        gemm::matmul(a.view(), b.view(), accumulate, view);
        vec![Tensor::vector(&c)]
    });
}

/// A product with the columns of an image that are never written down.
fn columns<T: Scalar>(choices: &mut Choices) {
    let (down, across) = (choices.within(1..=9), choices.within(1..=60));
    let (rows, others) = (choices.within(1..=30), choices.within(1..=30));
    let strides = [choices.within(1..=70), choices.within(1..=3)];
    let places = down * across;
    let (mut rng, last) = (choices.rng(), choices.below(200));
    let begins: Vec<usize> = (0..rows).map(|_| rng.below(last + 1)).collect();
    let length = (down - 1) * strides[0] + (across - 1) * strides[1] + last + 1;
    let image: Vec<T> = choices.numbers(length);
    let columns = Im2col::new(&image, &begins, [down, across], strides);
    let mut written = vec![T::ZERO; rows * places];
    for (i, to) in written.iter_mut().enumerate() {
        *to = columns.at(i / places, i % places);
    }
    let left = Operand::<T>::choose(choices, others, rows);
    let accumulate = choices.flip();
    let before: Vec<T> = choices.numbers(others * places);
    let mut expected = before.clone();
    let c = MatrixMut::new(&mut expected, others, places);
    gemm::reference(left.view(), Matrix::new(&written, rows, places), accumulate, c);
    let expected = [Tensor::vector(&expected)];
    let what = format!("{others}×{rows} by columns of {down}×{across}, strides {strides:?}");
    everywhere(&what, choices, &expected, || {
        let mut c = before.clone();
        let view = MatrixMut::new(&mut c, others, places);
        gemm::matmul_im2col(left.view(), columns, accumulate, view);
        vec![Tensor::vector(&c)]
    });
}

/// An image, a window that fits it, and how many places that has.
fn window(choices: &mut Choices, most_padding: impl Fn(usize) -> usize) -> ([usize; 2], Window) {
    let wide = choices.seldom(8);
    let kernel = choices.pair(1..=5);
    let dilation = choices.pair(1..=3);
    let padding = [0, 1].map(|axis| choices.within(0..=most_padding(kernel[axis])));
    let stride = choices.pair(1..=4);
    let more = choices.pair(0..=if wide { 60 } else { 12 });
    let size = [0, 1].map(|axis| {
        let reach = dilation[axis] * (kernel[axis] - 1) + 1;
        (reach + more[axis]).saturating_sub(2 * padding[axis]).max(1)
    });
    (size, Window { kernel, stride, padding, dilation })
}

fn convolution<T: Scalar>(choices: &mut Choices) {
    let ([h, w], window) = window(choices, |kernel| kernel + 1);
    let [down, across] = window.output([h, w]);
    let [kh, kw] = window.kernel;
    let (mut n, mut c, mut o) =
        (choices.within(0..=5), choices.within(1..=8), choices.within(1..=9));
    while n * c * o * kh * kw * down * across > MOST && n * c * o > 1 {
        (n, c, o) = (n.div_ceil(2), c.div_ceil(2), o.div_ceil(2));
    }
    let x: Tensor<T> = choices.tensor(&[n, c, h, w]);
    let weight: Tensor<T> = choices.tensor(&[o, c, kh, kw]);
    let y: Tensor<T> = choices.tensor(&[n, o, down, across]);
    let expected = [
        reference::conv2d(&x, &weight, window),
        reference::conv2d_input(&y, &weight, window, [h, w]),
        reference::conv2d_weight(&x, &y, window),
    ];
    let what = format!("{} by {} of {}, {window:?}", x.shape(), weight.shape(), T::NAME);
    everywhere(&what, choices, &expected, || {
        vec![
            x.conv2d(&weight, None, window),
            y.conv2d_input(&weight, window, [h, w]),
            x.conv2d_weight(&y, window),
        ]
    });
}

fn pooling<T: Scalar>(choices: &mut Choices) {
    let (mut size, mut window) = window(choices, |kernel| kernel / 2);
    if choices.flip() {
        window = Window::tiling(2); // it has loops of its own
        size = size.map(|size| size.max(2));
    }
    // A place that holds nothing of the image is refused.
    for axis in 0..2 {
        size[axis] = size[axis].max(window.dilation[axis]);
    }
    let shape = [choices.within(0..=3), choices.within(1..=3), size[0], size[1]];
    let whole = choices.flip(); // so that there are ties
    let x: Tensor<T> = choices.tensor(&shape);
    let x = if whole { x.map(|x| T::from_f64(x.to_f64().round())) } else { x };
    let (maxima, positions) = reference::max_pool2d(&x, window);
    let what = format!("pooling {} of {}, {window:?}", x.shape(), T::NAME);
    let expected = [
        maxima.clone(),
        reference::avg_pool2d(&x, window, Divisor::Window),
        reference::avg_pool2d(&x, window, Divisor::Image),
    ];
    everywhere(&what, choices, &expected, || {
        let (y, found) = x.max_pool2d(window);
        assert_eq!(found.positions(), positions.positions(), "{what}");
        assert!(found.gather(&x).data().iter().zip(y.data()).all(|(&a, &b)| same(a, b)), "{what}");
        vec![y, x.avg_pool2d(window, Divisor::Window), x.avg_pool2d(window, Divisor::Image)]
    });
    // The adjoints have no reference of their own: that of one thread without vector instructions.
    let g: Tensor<T> = choices.tensor(&maxima.shape());
    let adjoints = || {
        let mut all = vec![positions.scatter(&g)];
        for divisor in [Divisor::Window, Divisor::Image] {
            all.push(g.avg_pool2d_adjoint(window, divisor, size));
        }
        all
    };
    let expected = isa::with(Isa::Portable, || threads::with(1, adjoints));
    everywhere(&what, choices, &expected, adjoints);
}

/// What has no reference but itself on one thread without vector instructions.
fn whole_tensors<T: Scalar>(choices: &mut Choices) {
    let rank = choices.within(1..=3);
    let mut shape: Vec<usize> = (0..rank).map(|_| choices.within(1..=40)).collect();
    if choices.seldom(6) {
        shape.insert(0, 70); // so much that it is cut into pieces
    }
    // All that is computed of it, under every instruction set, should not take seconds.
    while shape.iter().product::<usize>() > LARGEST {
        *shape.iter_mut().max().expect("one at least") /= 2;
    }
    let x: Tensor<T> = choices.tensor(&shape);
    let row: Tensor<T> = choices.tensor(&shape[rank - 1..][..1]);
    let row = if shape.last() == Some(&row.len()) { row } else { Tensor::scalar(T::ONE) };
    let turned: Vec<usize> = (0..x.rank()).rev().collect();
    let f = || {
        let mut all = vec![x.exp(), x.ln(), x.tanh(), &x + &row, &x / &row, x.log_softmax()];
        all.extend([x.sum(), x.mean(), x.var(), x.max(), x.min()].map(Tensor::scalar));
        for axis in 0..x.rank() as isize {
            all.extend([x.sum_axis(axis), x.max_axis(axis), x.log_sum_exp(axis)]);
        }
        all.push(x.permute(&turned));
        all
    };
    let expected = isa::with(Isa::Portable, || threads::with(1, f));
    everywhere(&format!("a tensor {:?}", x.shape()), choices, &expected, f);
    let reference = [reference::log_softmax(&x)];
    everywhere("log softmax", choices, &reference, || vec![x.log_softmax()]);
}
