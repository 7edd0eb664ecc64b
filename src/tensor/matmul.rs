//! The product of two matrices, as the rest of the crate asks for it (chapter 1).
//!
//! Three forms, because a backward pass multiplies by transposes and none of them should be
//! copied first: for C = A·B, dA = dC·Bᵀ and dB = Aᵀ·dC.

use super::Tensor;
use super::gemm::{self, Matrix, MatrixMut};
use crate::Scalar;

impl<T: Scalar> Tensor<T> {
    /// A·B: `[m, k]` by `[k, n]` gives `[m, n]`.
    ///
    /// Each element is one chain of fused multiply-adds over k in ascending order, whatever the
    /// shapes, the threads and the instruction set: see [`gemm`].
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let a = Tensor::new([2, 2], vec![1.0_f32, 2.0, 3.0, 4.0]);
    /// let b = Tensor::new([2, 1], vec![10.0, 1.0]);
    /// assert_eq!(a.matmul(&b).data(), [12.0, 34.0]);
    /// ```
    ///
    /// # Panics
    /// If either is not a matrix, or the inner sizes differ.
    #[track_caller]
    #[must_use]
    pub fn matmul(&self, b: &Self) -> Self {
        product("matmul", self, self.matrix("matmul"), b, b.matrix("matmul"))
    }

    /// Aᵀ·B: `[k, m]` and `[k, n]` give `[m, n]`; nothing is transposed in memory.
    ///
    /// # Panics
    /// If either is not a matrix, or their first sizes differ.
    #[track_caller]
    #[must_use]
    pub fn matmul_tn(&self, b: &Self) -> Self {
        product("matmul_tn", self, self.matrix("matmul_tn").t(), b, b.matrix("matmul_tn"))
    }

    /// A·Bᵀ: `[m, k]` and `[n, k]` give `[m, n]`; nothing is transposed in memory.
    ///
    /// # Panics
    /// If either is not a matrix, or their last sizes differ.
    #[track_caller]
    #[must_use]
    pub fn matmul_nt(&self, b: &Self) -> Self {
        product("matmul_nt", self, self.matrix("matmul_nt"), b, b.matrix("matmul_nt").t())
    }

    #[track_caller]
    fn matrix(&self, what: &str) -> Matrix<'_, T> {
        match *self.shape {
            [rows, columns] => Matrix::new(self.data(), rows, columns),
            _ => panic!("{what} wants two matrices, not a tensor of shape {}", self.shape),
        }
    }
}

#[track_caller]
fn product<T: Scalar>(
    what: &str,
    a: &Tensor<T>,
    left: Matrix<T>,
    b: &Tensor<T>,
    right: Matrix<T>,
) -> Tensor<T> {
    let (rows, columns) = (left.rows(), right.cols());
    if left.cols() != right.rows() {
        let (k, other) = (left.cols(), right.rows());
        panic!("{what} of shapes {} and {}: {k} and {other} must be equal", a.shape, b.shape);
    }
    Tensor::build([rows, columns], |out| {
        gemm::matmul(left, right, false, MatrixMut::new(out, rows, columns));
    })
}
