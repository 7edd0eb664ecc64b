//! A shape mistake panics at the caller's line, and says what it met.

use longhand::Tensor;
use longhand::tensor::{Divisor, Shape, Window, einsum, ladder};
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// The file, line and message of this thread's last panic, while one is awaited.
    static SEEN: RefCell<Option<(String, u32, String)>> = const { RefCell::new(None) };
    static AWAITED: RefCell<bool> = const { RefCell::new(false) };
}

/// Runs `f`, which must panic, and gives the panic's file, line and message.
fn panic_of<R>(f: impl FnOnce() -> R) -> (String, u32, String) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !AWAITED.with_borrow(|awaited| *awaited) {
                return before(info);
            }
            let place = info.location().expect("a panic has a place");
            let (payload, text) = (info.payload(), |s: &&str| s.to_string());
            let message = payload.downcast_ref::<String>().cloned();
            let message = message.or(payload.downcast_ref::<&str>().map(text)).unwrap_or_default();
            SEEN.set(Some((place.file().to_string(), place.line(), message)));
        }));
    });
    AWAITED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(|| drop(f())));
    AWAITED.set(false);
    assert!(result.is_err(), "there was no panic");
    SEEN.take().expect("the hook ran")
}

/// Evaluating the expression panics on this very line, with all of these words in its message.
macro_rules! panics {
    ($expression:expr, $($words:literal),+) => {{
        let (file, line, message) = panic_of(|| $expression);
        let what = stringify!($expression);
        assert!(file.ends_with("panics.rs"), "{what} panics in {file}:{line}: {message}");
        assert_eq!(line, line!(), "{what}: {message}");
        $(assert!(message.contains($words), "{what} says {message:?}, not {:?}", $words);)+
    }};
}

fn t<const N: usize>(shape: [usize; N]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn making() {
    panics!(Tensor::new([2, 3], vec![1.0_f32; 5]), "[2, 3]", "6", "5");
    panics!(Tensor::<f32>::zeros([usize::MAX, 2]), "too large");
    panics!(Tensor::<f32>::full([usize::MAX; 2], 1.0), "too large");
    panics!(Tensor::<f32>::zeros([usize::MAX, 2, 0]), "too large");
    panics!(Tensor::<f64>::zeros([usize::MAX / 8]), "too large");
    panics!(Tensor::<f32>::arange(usize::MAX), "too large");
    panics!(Tensor::<f32>::eye(usize::MAX), "too large");
    panics!(Tensor::<f32>::one_hot(&[0, 3], 3), "label 3", "row 1", "3 classes");
    panics!(t([2, 1]).item(), "[2, 1]", "2");
    panics!(Tensor::<f32>::zeros([1; 9]), "9 axes", "8");
    panics!(Shape::from([1; 9]), "9 axes", "8");
}

#[test]
fn indexing() {
    let mut a = t([2, 3]);
    panics!(a[[2, 0]], "[2, 0]", "[2, 3]");
    panics!(a[[0, 3]], "[0, 3]", "[2, 3]");
    panics!(a[[1]], "[1]", "[2, 3]");
    panics!(a[[0, 0, 0]], "[0, 0, 0]", "[2, 3]");
    panics!(a[[0, 3]] = 1.0, "[0, 3]", "[2, 3]");
}

#[test]
fn broadcasting() {
    let (a, b) = (t([2, 3]), t([2]));
    panics!(&a + &b, "[2, 3]", "[2]");
    panics!(a.clone() - &b, "[2, 3]", "[2]");
    panics!(&b * a.clone(), "[2]", "[2, 3]");
    panics!(a.clone() / b.clone(), "[2, 3]", "[2]");
    panics!(a.zip(&b, |x, _| x), "[2, 3]", "[2]");
    panics!(a.maximum(&b), "[2, 3]", "[2]");
    panics!(a.gt(&b), "[2, 3]", "[2]");
    panics!(a.lt(&b), "[2, 3]", "[2]");
    panics!(a.equal(&b), "[2, 3]", "[2]");
    panics!(a.select(&b, &b), "[2, 3]", "[2]");
    let mut c = a.clone();
    panics!(c += &b, "[2]", "[2, 3]");
    panics!(c.update(&t([2, 2, 3]), |x, _| x), "[2, 2, 3]", "[2, 3]");
    panics!(a.expand([3]), "[2, 3]", "[3]");
    panics!(a.expand([3, 3]), "[2, 3]", "[3, 3]");
    panics!(a.sum_to([2]), "[2, 3]", "[2]");
    panics!(a.sum_to([1, 2, 3]), "[2, 3]", "[1, 2, 3]");
    panics!(a.allclose(&t([3]), 0.0, 0.0), "[2, 3]", "[3]");
    panics!(a.near(&t([3])), "[2, 3]", "[3]");
    panics!(a.max_abs_diff(&t([2, 1])), "[2, 3]", "[2, 1]");
}

#[test]
fn reducing() {
    let a = t([2, 3]);
    panics!(a.sum_axis(2), "[2, 3]", "axis 2");
    panics!(a.sum_axis(-3), "[2, 3]", "axis -3");
    panics!(a.sum_axes(&[0, 5]), "[2, 3]", "axis 5");
    panics!(a.mean_axis(2), "[2, 3]", "axis 2");
    panics!(a.max_axis(2), "[2, 3]", "axis 2");
    panics!(a.min_axis(2), "[2, 3]", "axis 2");
    panics!(a.argmax(2), "[2, 3]", "axis 2");
    panics!(t([0, 3]).argmax(0), "[0, 3]", "empty");
    panics!(t([0, 3]).max_axis(0), "[0, 3]", "empty");
    panics!(t([3, 0]).min_axis(1), "[3, 0]", "empty");
    panics!(t([0, 3]).max(), "[0, 3]", "nothing");
    panics!(t([0]).min(), "[0]", "nothing");
    panics!(a.sum_axes(&[0, 0]), "[2, 3]", "axis 0", "twice");
    panics!(a.sum_axes(&[1, -1]), "[2, 3]", "axis -1", "twice");
    panics!(Tensor::scalar(1.0_f32).sum_axis(0), "[]", "axis 0");
}

#[test]
fn arranging() {
    let a = t([2, 3]);
    panics!(a.reshape([4]), "[2, 3]", "6", "[4]", "4");
    panics!(a.flatten(2), "axis 2");
    panics!(a.squeeze(1), "[2, 3]", "size 3");
    panics!(a.squeeze(2), "axis 2");
    panics!(a.unsqueeze(3), "axis 3");
    panics!(t([1; 8]).unsqueeze(0), "9 axes");
    panics!(t([3]).t(), "[3]");
    panics!(a.permute(&[0, 0]), "[0, 0]", "[2, 3]");
    panics!(a.permute(&[0]), "[0]", "[2, 3]");
    panics!(a.rows(1..3), "1..3", "[2, 3]");
    #[allow(clippy::reversed_empty_ranges)]
    let backwards = 2..1;
    panics!(a.slice(1, backwards.clone()), "2..1", "[2, 3]");
    panics!(a.gather_rows(&[0, 2]), "row 2", "[2, 3]");
    panics!(a.scatter_rows(&[0], 2), "[2, 3]", "[0]");
    panics!(a.scatter_rows(&[0, 2], 2), "[2, 3]", "[0, 2]");
    panics!(Tensor::<f32>::concat(&[], 0), "at least one");
    panics!(Tensor::concat(&[&a, &t([2, 2])], 0), "[2, 3]", "[2, 2]");
    panics!(Tensor::concat(&[&a, &t([2])], 0), "[2, 3]", "[2]");
    panics!(Tensor::concat(&[&a, &a], 2), "axis 2");
    panics!(Tensor::stack(&[&a, &t([3, 2])]), "[2, 3]", "[3, 2]");
    panics!(Tensor::stack(&[&t([1; 8])]), "9 axes");
}

#[test]
fn sizes_that_wrap() {
    const MAX: usize = usize::MAX;
    const HALF: usize = MAX / 2 + 1;
    // The square of it does not fit.
    const WIDE: usize = 1 << (usize::BITS / 2 + 8);
    let (a, images, weight) = (t([2, 3]), t([1, 1, 4, 4]), t([1, 1, 1, 1]));
    panics!(a.pad_axis(0, MAX, 1), "[2, 3]", "zeros around axis 0");
    panics!(a.pad_axis(1, HALF / 2, HALF / 2), "too large");
    let one = Window::new([1, 1]);
    let minus_one = one.padding([0, MAX]);
    panics!(minus_one.output([4, 4]), "too large to add up", "4×4");
    panics!(images.conv2d(&weight, None, minus_one), "too large to add up");
    let (pair, wide) = (t([1, 1, 2, 1]), Window::new([2, 1]).dilation([HALF, 1]));
    panics!(images.conv2d(&pair, None, wide), "does not fit", "4×4");
    let (pair, wide) = (t([1, 1, 3, 1]), Window::new([3, 1]).dilation([HALF, 1]));
    panics!(images.conv2d(&pair, None, wide), "too large to add up", "4×4");
    let vast = one.padding([WIDE, WIDE]);
    panics!(images.conv2d(&weight, None, vast), "[1, 1, 4, 4]", "too much padding");
    let far = one.stride([WIDE, WIDE]);
    panics!(t([1, 1, 1, 1]).conv2d_input(&weight, far, [WIDE, WIDE]), "too much padding");
    panics!(t([1, 1, 16]).col2im(Window::new([0, 1]), [4, 4]), "at least 1");
    panics!(t([1, 1, 16]).col2im(one, [MAX, MAX]), "[1, 1, 16]");
    panics!(images.avg_pool2d_adjoint(one, Divisor::Window, [MAX, MAX]), "[1, 1, 4, 4]");
    panics!(images.avg_pool2d_adjoint(far, Divisor::Window, [4 * WIDE, 4 * WIDE]), "32 bits");
    panics!(images.max_pool2d(minus_one), "too large to add up");
}

#[test]
fn multiplying() {
    let (a, b) = (t([2, 3]), t([2, 3]));
    panics!(a.matmul(&b), "matmul", "[2, 3]", "3 and 2");
    panics!(a.matmul_tn(&t([3, 2])), "matmul_tn", "[2, 3]", "[3, 2]", "2 and 3");
    panics!(a.matmul_nt(&t([3, 2])), "matmul_nt", "[2, 3]", "[3, 2]", "3 and 2");
    panics!(a.matmul(&t([3])), "matmul", "[3]");
    for (name, rung) in ladder::rungs::<f32>().into_iter().filter(|(name, _)| *name != "engine") {
        let (_, _, message) = panic_of(|| rung(&a, &b));
        assert!(message.contains("[2, 3] and [2, 3]"), "{name}: {message}");
    }
    panics!(ladder::three_loops(&a, &b), "[2, 3] and [2, 3]");
    panics!(ladder::row_times_column(&a, &b), "[2, 3] and [2, 3]");
    panics!(ladder::row_times_matrix(&a, &b), "[2, 3] and [2, 3]");
    panics!(ladder::by_einsum(&a, &b), "[2, 3] and [2, 3]");
    panics!(ladder::loop_order(&a, &b), "[2, 3] and [2, 3]");
    panics!(ladder::blocked(&a, &t([3])), "[2, 3] and [3]");
}

#[test]
fn einsums() {
    let (a, b) = (t([2, 3]), t([2, 3]));
    panics!(einsum("ij,kl", &[&a]), "2 operands are named, 1 given");
    panics!(einsum("i>j", &[&a]), "`>` is not a letter");
    panics!(einsum("ij->ij", &[&a, &b]), "1 operands are named, 2 given");
    panics!(einsum("->", &[] as &[&Tensor]), "1 operands are named, 0 given");
    panics!(einsum("ijk->i", &[&a]), "`ijk`", "[2, 3]");
    panics!(einsum("ik,kj->ij", &[&a, &b]), "index k is both 3 and 2", "[2, 3], [2, 3]");
    panics!(einsum("ii->i", &[&a]), "index i is both 2 and 3");
    panics!(einsum("ij->k", &[&a]), "no operand has the index k");
    panics!(einsum("ij->ii", &[&a]), "the result names i twice");
    panics!(einsum("i1->i", &[&a]), "`1` is not a letter");
    panics!(einsum("i,j->i,j", &[&t([2]), &t([2])]), "the result cannot have a comma");
    panics!(einsum("ij->i->j", &[&a]), "`-`");
    panics!(einsum("é->é", &[&a]), "`é` is not a letter");
    panics!(einsum("abcde,fghij->abcdefghij", &[&t([1; 5]), &t([1; 5])]), "more than 8 axes");
}
