//! The strongest products of matrices that others have, called as this crate's own is: the same
//! memory, the same strides.
//!
//! OpenBLAS is no Rust. It is looked for while the comparison runs, so that nobody needs it to
//! build: `pip install scipy-openblas32`, or name a library of that kind in `OPENBLAS`.

use crate::matmul::{Number, Operands, Shape};
use faer::{Accum, MatMut, MatRef, Par};
use libloading::Library;
use longhand::Scalar;
use std::env;
use std::ffi::{CStr, c_char};
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// What is particular about an element type at each of them.
pub trait Rivals: Sized + faer::traits::ComplexField {
    /// The name of OpenBLAS's product, as scipy's build of it has them.
    const OPENBLAS: &'static CStr;

    /// nano-gemm's product of m×k by k×n, chosen beforehand.
    fn nano_gemm(m: usize, n: usize, k: usize) -> nano_gemm::Plan<Self>;
}

impl Rivals for f32 {
    const OPENBLAS: &'static CStr = c"scipy_cblas_sgemm";
    fn nano_gemm(m: usize, n: usize, k: usize) -> nano_gemm::Plan<f32> {
        nano_gemm::Plan::new_f32(m, n, k)
    }
}

impl Rivals for f64 {
    const OPENBLAS: &'static CStr = c"scipy_cblas_dgemm";
    fn nano_gemm(m: usize, n: usize, k: usize) -> nano_gemm::Plan<f64> {
        nano_gemm::Plan::new_f64(m, n, k)
    }
}

/// CBLAS's gemm: order, two transpositions, m, n, k, α, A, its stride, B, its stride, β, C, its
/// stride.
type Gemm<T> = unsafe extern "C" fn(
    i32,
    i32,
    i32,
    i32,
    i32,
    i32,
    T,
    *const T,
    i32,
    *const T,
    i32,
    T,
    *mut T,
    i32,
);
const ROW_MAJOR: i32 = 101;
const AS_IT_LIES: i32 = 111;
const TRANSPOSED: i32 = 112;

/// The library, if there is one.
fn openblas() -> Option<&'static Library> {
    static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
    let load = || {
        let path = env::var_os("OPENBLAS").map(PathBuf::from).or_else(|| {
            let ask = "import scipy_openblas32 as o; print(o.get_lib_dir(), end='')";
            let answer = Command::new("python3").args(["-c", ask]).output().ok()?;
            let folder = String::from_utf8(answer.stdout).ok().filter(|text| !text.is_empty())?;
            Some(PathBuf::from(folder).join("libscipy_openblas.so"))
        })?;
        // SAFETY: loading runs what the library does at its start: OpenBLAS looks at the processor
        // and makes its threads.
        unsafe { Library::new(path) }.ok()
    };
    LIBRARY.get_or_init(load).as_ref()
}

/// The kernels that OpenBLAS chose for this processor, or what to do to have it take part.
pub fn openblas_kernels() -> Result<String, &'static str> {
    let library = openblas().ok_or(
        "no OpenBLAS: its column is left out (pip install scipy-openblas32, or OPENBLAS=library)",
    )?;
    // SAFETY: that is the function's type in OpenBLAS, and it returns a string that stays.
    unsafe {
        let name = library
            .get::<unsafe extern "C" fn() -> *const c_char>(b"scipy_openblas_get_corename\0")
            .map_err(|_| "an OpenBLAS that is not scipy's: its column is left out")?;
        Ok(CStr::from_ptr(name()).to_string_lossy().into_owned())
    }
}

impl<T: Number> Operands<T> {
    /// The product of the crate gemm.
    pub(crate) fn gemm(&self, threads: usize) -> impl FnMut(&mut [T]) + use<T> {
        let (Shape { m, k, n, .. }, strides) = (self.shape, self.shape.strides());
        let [ar, ac, br, bc] = strides.map(|stride| stride as isize);
        let (a, b) = (self.a.clone(), self.b.clone());
        let (zero, one) = (<T as Scalar>::ZERO, <T as Scalar>::ONE);
        let parallelism = match threads {
            1 => gemm::Parallelism::None,
            _ => gemm::Parallelism::Rayon(threads),
        };
        // SAFETY: the strides are those of a, b and c, which have the sizes of the shape.
        move |c| unsafe {
            debug_assert_eq!(c.len(), m * n);
            let (a, b) = (black_box(a.as_ptr()), black_box(b.as_ptr()));
            let (c, no) = (c.as_mut_ptr(), false);
            gemm::gemm(
                m,
                n,
                k,
                c,
                1,
                n as isize,
                no,
                a,
                ac,
                ar,
                b,
                bc,
                br,
                zero,
                one,
                no,
                no,
                no,
                parallelism,
            );
        }
    }

    /// faer's product.
    pub(crate) fn faer(&self, threads: usize) -> impl FnMut(&mut [T]) + use<T> {
        let (Shape { m, k, n, .. }, strides) = (self.shape, self.shape.strides());
        let [ar, ac, br, bc] = strides.map(|stride| stride as isize);
        let (a, b) = (self.a.clone(), self.b.clone());
        let parallel = if threads == 1 { Par::Seq } else { Par::rayon(threads) };
        move |c| {
            debug_assert_eq!(c.len(), m * n);
            let (a, b) = (black_box(a.as_ptr()), black_box(b.as_ptr()));
            // SAFETY: the strides are those of a, b and c, which have the sizes of the shape.
            let (a, b, c) = unsafe {
                (
                    MatRef::from_raw_parts(a, m, k, ar, ac),
                    MatRef::from_raw_parts(b, k, n, br, bc),
                    MatMut::from_raw_parts_mut(c.as_mut_ptr(), m, n, n as isize, 1),
                )
            };
            let one = <T as Scalar>::ONE;
            faer::linalg::matmul::matmul(c, Accum::Replace, a, b, one, parallel);
        }
    }

    /// nano-gemm's product, whose kernel was chosen beforehand. It wants C's columns in one run
    /// each, and so computes Cᵀ = BᵀAᵀ.
    pub(crate) fn nano_gemm(&self) -> impl FnMut(&mut [T]) + use<T> {
        let (Shape { m, k, n, .. }, strides) = (self.shape, self.shape.strides());
        let [ar, ac, br, bc] = strides.map(|stride| stride as isize);
        let (a, b) = (self.a.clone(), self.b.clone());
        let (zero, one) = (<T as Scalar>::ZERO, <T as Scalar>::ONE);
        let plan = T::nano_gemm(n, m, k);
        move |c| {
            debug_assert_eq!(c.len(), m * n);
            let (a, b) = (black_box(a.as_ptr()), black_box(b.as_ptr()));
            let (c, stride, no) = (c.as_mut_ptr(), n as isize, false);
            // SAFETY: the strides are those of a, b and c, which have the sizes of the shape.
            unsafe {
                plan.execute_unchecked(
                    n, m, k, c, 1, stride, b, bc, br, a, ac, ar, zero, one, no, no,
                );
            }
        }
    }

    /// OpenBLAS's product, if there is an OpenBLAS.
    pub(crate) fn openblas(&self) -> Option<impl FnMut(&mut [T]) + use<T>> {
        // SAFETY: that is the type of the function of this name in OpenBLAS.
        let gemm = unsafe { openblas()?.get::<Gemm<T>>(T::OPENBLAS.to_bytes_with_nul()) };
        let gemm = *gemm.ok()?;
        let Shape { left, right, .. } = self.shape;
        let [m, k, n] = [self.shape.m, self.shape.k, self.shape.n].map(|size| size as i32);
        let (a_lies, a_stride) = if left { (TRANSPOSED, m) } else { (AS_IT_LIES, k) };
        let (b_lies, b_stride) = if right { (TRANSPOSED, k) } else { (AS_IT_LIES, n) };
        let (a, b) = (self.a.clone(), self.b.clone());
        let (zero, one) = (<T as Scalar>::ZERO, <T as Scalar>::ONE);
        Some(move |c: &mut [T]| {
            debug_assert_eq!(c.len(), (m * n) as usize);
            let (a, b) = (black_box(a.as_ptr()), black_box(b.as_ptr()));
            let c = c.as_mut_ptr();
            // SAFETY: the strides are those of a, b and c, which have the sizes of the shape.
            unsafe {
                gemm(ROW_MAJOR, a_lies, b_lies, m, n, k, one, a, a_stride, b, b_stride, zero, c, n);
            }
        })
    }
}
