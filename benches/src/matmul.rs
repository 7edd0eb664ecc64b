//! Products of matrices: squares, and the shapes that the chapters' nets multiply.

use crate::contest::Contest;
use crate::rivals::Rivals;
use longhand::tensor::gemm::{HasKernels, Matrix, MatrixMut, matmul};
use longhand::tensor::isa::{self, Isa};
use longhand::{Rng, Scalar};
use std::hint::black_box;
use std::rc::Rc;

/// m×k by k×n, and which of the two factors lies in memory as its transpose.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Rows of the result.
    pub m: usize,
    /// What is summed over.
    pub k: usize,
    /// Columns of the result.
    pub n: usize,
    /// The left factor is a transpose.
    pub left: bool,
    /// The right factor is a transpose.
    pub right: bool,
}

impl Shape {
    /// m×k by k×n; `"TN"` for AᵀB, `"NT"` for ABᵀ, `"TT"` for AᵀBᵀ, `"NN"` for AB.
    pub fn new(m: usize, k: usize, n: usize, layout: &str) -> Self {
        Self { m, k, n, left: layout.starts_with('T'), right: layout.ends_with('T') }
    }

    /// n×n by n×n.
    pub fn square(n: usize, layout: &str) -> Self {
        Self::new(n, n, n, layout)
    }

    /// Multiplications and additions.
    pub fn flops(self) -> f64 {
        2.0 * self.m as f64 * self.k as f64 * self.n as f64
    }

    fn layout(self) -> &'static str {
        match (self.left, self.right) {
            (true, true) => "TT",
            (true, false) => "TN",
            (false, true) => "NT",
            (false, false) => "NN",
        }
    }

    fn name(self) -> String {
        let Self { m, k, n, .. } = self;
        match m == k && k == n {
            true => format!("{m}³ {}", self.layout()),
            false => format!("{m}×{k}×{n} {}", self.layout()),
        }
    }

    /// Row and column stride of the left factor, then of the right one.
    pub(crate) fn strides(self) -> [usize; 4] {
        let Self { m, k, n, left, right } = self;
        let [ar, ac] = if left { [1, m] } else { [k, 1] };
        let [br, bc] = if right { [1, k] } else { [n, 1] };
        [ar, ac, br, bc]
    }
}

/// The squares from 64 to 2048 in three layouts, then the chapters' shapes.
pub fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for n in [64, 128, 256, 512, 1024, 2048] {
        shapes.extend(["NN", "TN", "NT"].map(|layout| Shape::square(n, layout)));
    }
    shapes.extend(
        [
            (50_000, 784, 50, "NN"),
            (784, 50_000, 50, "TN"),
            (50_000, 50, 784, "NT"),
            (50_000, 50, 1, "NN"),
            (50, 50_000, 1, "TN"),
            (50_000, 1, 50, "NN"),
            (64, 784, 500, "NN"),
            (64, 500, 784, "NT"),
            (784, 64, 500, "TN"),
            (64, 500, 10, "NN"),
            (6_000, 800, 500, "NN"),
            (500, 6_000, 800, "TN"),
            (6_000, 500, 800, "NT"),
            (20, 25, 36_864, "NN"),
            (50, 500, 4_096, "NN"),
            (50, 4_096, 500, "NT"),
            (500, 50, 4_096, "TN"),
            (5, 784, 10, "NN"),
            (1, 784, 500, "NN"),
        ]
        .map(|(m, k, n, layout)| Shape::new(m, k, n, layout)),
    );
    shapes
}

/// Numbers that all the rivals can multiply.
pub trait Number: Scalar + HasKernels + Rivals {
    /// What PyTorch calls it.
    const DTYPE_NAME: &'static str;
    /// C = A·B by matrixmultiply. A is m×k, B is k×n; the strides are those of A, then of B.
    ///
    /// # Safety
    /// The pointers must be good for such matrices, and C for m·n numbers.
    unsafe fn matrixmultiply(
        size: [usize; 3],
        a: *const Self,
        b: *const Self,
        strides: [isize; 4],
        c: *mut Self,
    );
}

macro_rules! number {
    ($type:ty, $name:literal, $gemm:path) => {
        impl Number for $type {
            const DTYPE_NAME: &'static str = $name;
            unsafe fn matrixmultiply(
                [m, k, n]: [usize; 3],
                a: *const Self,
                b: *const Self,
                [ar, ac, br, bc]: [isize; 4],
                c: *mut Self,
            ) {
                // SAFETY: the caller's promise.
                unsafe { $gemm(m, k, n, 1.0, a, ar, ac, b, br, bc, 0.0, c, n as isize, 1) }
            }
        }
    };
}
number!(f32, "float32", matrixmultiply::sgemm);
number!(f64, "float64", matrixmultiply::dgemm);

/// Two factors and a place for the product.
pub(crate) struct Operands<T> {
    pub(crate) shape: Shape,
    pub(crate) a: Rc<[T]>,
    pub(crate) b: Rc<[T]>,
}

impl<T: Number> Operands<T> {
    pub(crate) fn new(shape: Shape) -> Self {
        let rng = &mut Rng::new(1);
        let mut random = |count: usize| {
            let mut values = vec![<T as Scalar>::ZERO; count];
            rng.fill_uniform(
                &mut values,
                <T as Scalar>::from_f64(-1.0),
                <T as Scalar>::from_f64(1.0),
            );
            Rc::from(values)
        };
        Self { shape, a: random(shape.m * shape.k), b: random(shape.k * shape.n) }
    }

    pub(crate) fn result(&self) -> Vec<T> {
        vec![<T as Scalar>::ZERO; self.shape.m * self.shape.n]
    }

    /// One of the products below as a contest wants it, with a place for what comes out.
    fn work<F: FnMut(&mut [T])>(&self, mut product: F) -> impl FnMut() + use<T, F> {
        let mut c = self.result();
        move || product(&mut c)
    }

    fn ours(&self, isa: Option<Isa>) -> impl FnMut(&mut [T]) + use<T> {
        let (Shape { m, k, n, .. }, [ar, ac, br, bc]) = (self.shape, self.shape.strides());
        let (a, b) = (self.a.clone(), self.b.clone());
        move |c| {
            let mut run = || {
                let (a, b) = (black_box(&*a), black_box(&*b));
                let (a, b) = (Matrix::strided(a, m, k, ar, ac), Matrix::strided(b, k, n, br, bc));
                matmul(a, b, false, MatrixMut::new(c, m, n));
            };
            match isa {
                Some(isa) => isa::with(isa, run),
                None => run(),
            }
        }
    }

    fn matrixmultiply(&self) -> impl FnMut(&mut [T]) + use<T> {
        let Shape { m, k, n, .. } = self.shape;
        let strides = self.shape.strides().map(|stride| stride as isize);
        let (a, b) = (self.a.clone(), self.b.clone());
        // SAFETY: the strides are those of a, b and c, which have the sizes of the shape.
        move |c| unsafe {
            debug_assert_eq!(c.len(), m * n);
            let (a, b) = (black_box(a.as_ptr()), black_box(b.as_ptr()));
            T::matrixmultiply([m, k, n], a, b, strides, c.as_mut_ptr());
        }
    }
}

/// Our product of this shape, on this instruction set or on the one in use.
pub fn ours<T: Number>(shape: Shape, isa: Option<Isa>) -> impl FnMut() + use<T> {
    let operands = Operands::<T>::new(shape);
    operands.work(operands.ours(isa))
}

/// A product of this shape by everybody.
pub fn contest<T: Number>(shape: Shape, threads: usize) -> Contest {
    let Shape { m, k, n, .. } = shape;
    let operands = Operands::<T>::new(shape);
    strongest_of(&operands, threads)
        .peer("matrixm.", operands.work(operands.matrixmultiply()))
        .pytorch(format!("matmul {m} {k} {n} {} {}", shape.layout(), T::DTYPE_NAME))
        .flops(shape.flops())
}

/// A product of this shape by us and by the strongest of the others.
pub fn strongest<T: Number>(shape: Shape, threads: usize) -> Contest {
    strongest_of(&Operands::<T>::new(shape), threads)
}

fn strongest_of<T: Number>(operands: &Operands<T>, threads: usize) -> Contest {
    Contest::ours(operands.shape.name(), operands.work(operands.ours(None)))
        .peer("gemm", operands.work(operands.gemm(threads)))
        .peer("faer", operands.work(operands.faer(threads)))
        .peer_if_any("OpenBLAS", operands.openblas().map(|product| operands.work(product)))
}

/// A product of this shape with AVX2 alone, which OpenBLAS can be told to be content with: see
/// [`avx2_alone`](crate::avx2_alone).
pub fn avx2(shape: Shape) -> Contest {
    let operands = Operands::<f32>::new(shape);
    Contest::ours(shape.name(), operands.work(operands.ours(Some(Isa::Avx2))))
        .peer_if_any("OpenBLAS", operands.openblas().map(|product| operands.work(product)))
        .flops(shape.flops())
}

/// Products so small that the call costs as much as the work. One row does a thousand of them.
pub fn tiny(threads: usize) -> Vec<Contest> {
    let squares = [4, 6, 8, 10, 12, 16].map(|n| Shape::square(n, "NN"));
    let rows = [("NN", 1, 50, 50), ("NT", 1, 50, 50), ("TN", 50, 1, 50)];
    let rows = rows.map(|(layout, m, k, n)| Shape::new(m, k, n, layout));
    squares.into_iter().chain(rows).map(|shape| thousand(shape, threads)).collect()
}

fn thousand(shape: Shape, threads: usize) -> Contest {
    fn times(mut work: impl FnMut() + 'static) -> impl FnMut() + 'static {
        move || (0..1000).for_each(|_| work())
    }
    let Shape { m, k, n, .. } = shape;
    let operands = Operands::<f32>::new(shape);
    Contest::ours(shape.name(), times(operands.work(operands.ours(None))))
        .peer("gemm", times(operands.work(operands.gemm(threads))))
        .peer("faer", times(operands.work(operands.faer(threads))))
        .peer("nano", times(operands.work(operands.nano_gemm())))
        .peer_if_any("OpenBLAS", operands.openblas().map(|product| times(operands.work(product))))
        .pytorch(format!("thousand {m} {k} {n} {} {}", shape.layout(), f32::DTYPE_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::Work;
    use crate::rivals::openblas_kernels;
    use longhand::tensor::gemm::reference;

    fn all_come_to_the_same<T: Number>(shape: Shape) {
        let operands = Operands::<T>::new(shape);
        let (Shape { m, k, n, .. }, [ar, ac, br, bc]) = (shape, shape.strides());
        let a = Matrix::strided(&operands.a, m, k, ar, ac);
        let b = Matrix::strided(&operands.b, k, n, br, bc);
        let mut plain = operands.result();
        reference(a, b, false, MatrixMut::new(&mut plain, m, n));
        // No factor is larger than 1, so a sum of k products is off by k²·ε at most.
        let most = (k * k) as f64 * Scalar::to_f64(<T as Scalar>::EPSILON);
        let try_it = |who: &str, product: &mut dyn FnMut(&mut [T])| {
            let mut c = vec![<T as Scalar>::from_f64(f64::NAN); m * n];
            product(&mut c);
            for (found, plain) in c.iter().zip(&plain) {
                let [found, plain] = [*found, *plain].map(Scalar::to_f64);
                let what = format!("{who}, {} of {}", shape.name(), T::DTYPE_NAME);
                assert!((found - plain).abs() <= most, "{what}: {found}, not {plain}");
            }
        };
        try_it("ours", &mut operands.ours(None));
        for threads in [1, 2] {
            try_it("gemm", &mut operands.gemm(threads));
            try_it("faer", &mut operands.faer(threads));
        }
        try_it("nano-gemm", &mut operands.nano_gemm());
        try_it("matrixmultiply", &mut operands.matrixmultiply());
        if let Some(mut product) = operands.openblas() {
            try_it("OpenBLAS", &mut product);
        }
    }

    #[test]
    fn the_factors_lie_as_they_are_or_transposed_and_all_come_to_the_same() {
        for layout in ["NN", "TN", "NT", "TT"] {
            for [m, k, n] in [[5, 7, 3], [33, 130, 65], [1, 50, 50]] {
                all_come_to_the_same::<f32>(Shape::new(m, k, n, layout));
                all_come_to_the_same::<f64>(Shape::new(m, k, n, layout));
            }
        }
    }

    #[test]
    fn every_row_has_its_rivals_and_a_name_of_its_own() {
        let mut names: Vec<String> = shapes().into_iter().map(Shape::name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        let mut contest = contest::<f32>(Shape::new(2, 3, 4, "TN"), 1);
        let names: Vec<&str> = contest.rivals.iter().map(|rival| rival.name).collect();
        let openblas: &[&str] = if openblas_kernels().is_ok() { &["OpenBLAS"] } else { &[] };
        assert_eq!(names, [&["ours", "gemm", "faer"], openblas, &["matrixm.", "PyTorch"]].concat());
        for rival in &mut contest.rivals {
            if let Work::Ours(work) | Work::Peer(work) = &mut rival.work {
                work();
            }
        }
    }
}
