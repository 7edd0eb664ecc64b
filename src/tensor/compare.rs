//! Comparing tensors: exactly, nearly, element by element (chapters 1 and 3).

use super::Tensor;
use crate::Scalar;

impl<T: Scalar> Tensor<T> {
    /// 1 where `keep` holds, else 0.
    pub fn mask(&self, keep: impl Fn(T) -> bool + Sync) -> Self {
        self.map(|x| if keep(x) { T::ONE } else { T::ZERO })
    }

    /// 1 where this element is greater than the other, else 0; shapes broadcast to one.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    #[must_use]
    pub fn gt(&self, other: &Self) -> Self {
        self.zip(other, |x, y| if x > y { T::ONE } else { T::ZERO })
    }

    /// 1 where this element is less than the other, else 0; shapes broadcast to one.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    #[must_use]
    pub fn lt(&self, other: &Self) -> Self {
        other.gt(self)
    }

    /// 1 where the two elements are equal, else 0; shapes broadcast to one.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    #[must_use]
    pub fn equal(&self, other: &Self) -> Self {
        self.zip(other, |x, y| if x == y { T::ONE } else { T::ZERO })
    }

    /// The largest |x − y| over all elements; NaN if any difference is, 0 if there are none.
    ///
    /// # Panics
    /// If the shapes differ: nothing broadcasts here.
    #[track_caller]
    #[must_use]
    pub fn max_abs_diff(&self, other: &Self) -> T {
        self.assert_same_shape(other, "max_abs_diff");
        if self.len() == 0 {
            return T::ZERO;
        }
        self.zip(other, |x, y| if x == y { T::ZERO } else { (x - y).abs() }).max()
    }

    /// Whether |x − y| ≤ atol + rtol·|y| for every element, as `torch.allclose` has it.
    /// False where either is NaN.
    ///
    /// # Panics
    /// If the shapes differ: nothing broadcasts here.
    #[track_caller]
    #[must_use]
    pub fn allclose(&self, other: &Self, rtol: f64, atol: f64) -> bool {
        self.assert_same_shape(other, "allclose");
        self.data().iter().zip(other.data()).all(|(&x, &y)| {
            x == y || {
                let (x, y) = (x.to_f64(), y.to_f64());
                (x - y).abs() <= atol + rtol * y.abs() && y.is_finite()
            }
        })
    }

    /// [`allclose`](Self::allclose) as the book's checks ask for it: rtol 10⁻³, atol 10⁻⁵.
    ///
    /// # Panics
    /// If the shapes differ: nothing broadcasts here.
    #[track_caller]
    #[must_use]
    pub fn near(&self, other: &Self) -> bool {
        self.allclose(other, 1e-3, 1e-5)
    }

    /// Whether every bit agrees: −0 differs from 0, and a NaN equals itself.
    #[must_use]
    pub fn same_bits(&self, other: &Self) -> bool {
        let bits = |x: T| x.to_f64().to_bits();
        self.shape == other.shape
            && self.data().iter().zip(other.data()).all(|(&x, &y)| bits(x) == bits(y))
    }

    #[track_caller]
    fn assert_same_shape(&self, other: &Self, what: &str) {
        if self.shape != other.shape {
            panic!("{what} of shapes {} and {}: they must be equal", self.shape, other.shape);
        }
    }
}
