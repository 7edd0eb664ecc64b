//! What an answer gave, as something that can be compared and printed.

use longhand::{Scalar, Tensor};
use std::fmt;

/// The outcome of one computation.
#[derive(Clone, Debug)]
pub enum Value {
    /// Numbers in row-major order with their shape, `[]` for a single one; an f32 as the f64 that
    /// it is.
    Numbers(Vec<usize>, Vec<f64>),
    /// Anything else, as text.
    Words(String),
    /// It panicked: with what message, and where.
    Panic(String, String),
}

/// How far two numbers may be apart and still count as equal.
#[derive(Clone, Copy, Debug)]
pub enum Within {
    /// Not at all: −0 is not 0, and a NaN is itself.
    Bits,
    /// By this, or by this share of the largest number there. Two NaN are equal.
    Share(f64),
}

impl Value {
    /// Whether this counts as `expected`.
    pub fn agrees(&self, expected: &Value, within: Within) -> bool {
        match (self, expected) {
            (Value::Numbers(shape, ours), Value::Numbers(other, theirs)) => {
                shape == other && within.apart(ours, theirs).next().is_none()
            }
            (Value::Words(ours), Value::Words(theirs)) => ours == theirs,
            (Value::Panic(ours, _), Value::Panic(theirs, _)) => ours == theirs,
            _ => false,
        }
    }

    /// The numbers, if it is some.
    pub fn numbers(&self) -> Option<(&[usize], &[f64])> {
        match self {
            Value::Numbers(shape, data) => Some((shape, data)),
            _ => None,
        }
    }

    /// The largest distance from other numbers of the same shape.
    pub fn distance(&self, other: &Value) -> f64 {
        let (Some((_, ours)), Some((_, theirs))) = (self.numbers(), other.numbers()) else {
            return 0.0;
        };
        ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
}

impl Within {
    /// The places at which two lines of numbers differ by more than this.
    pub fn apart(self, ours: &[f64], theirs: &[f64]) -> impl Iterator<Item = usize> {
        let sizes = theirs.iter().map(|x| x.abs()).filter(|size| size.is_finite());
        let largest = sizes.fold(1.0_f64, f64::max);
        let equal = move |a: f64, b: f64| match self {
            Within::Bits => a.to_bits() == b.to_bits(),
            Within::Share(_) if a.is_nan() => b.is_nan(),
            Within::Share(share) => a == b || (a - b).abs() <= share * largest,
        };
        let apart = move |(place, (&a, &b)): (usize, (&f64, &f64))| (!equal(a, b)).then_some(place);
        ours.iter().zip(theirs).enumerate().filter_map(apart)
    }
}

/// What can be recorded.
pub trait Observed {
    /// It as a value.
    fn value(&self) -> Value;
}

impl<T: Scalar> Observed for Tensor<T> {
    fn value(&self) -> Value {
        Value::Numbers(self.shape().to_vec(), self.data().iter().map(|x| x.to_f64()).collect())
    }
}

macro_rules! numbers {
    ($($kind:ty)*) => {$(
        impl Observed for $kind {
            fn value(&self) -> Value {
                Value::Numbers(Vec::new(), vec![*self as f64])
            }
        }

        impl Observed for [$kind] {
            fn value(&self) -> Value {
                Value::Numbers(vec![self.len()], self.iter().map(|&x| x as f64).collect())
            }
        }
    )*};
}

numbers!(f32 f64 usize);

impl<const N: usize> Observed for [[usize; N]] {
    fn value(&self) -> Value {
        Value::Numbers(vec![self.len(), N], self.as_flattened().iter().map(|&x| x as f64).collect())
    }
}

impl<X, const N: usize> Observed for [X; N]
where
    [X]: Observed,
{
    fn value(&self) -> Value {
        self[..].value()
    }
}

impl<X> Observed for Vec<X>
where
    [X]: Observed,
{
    fn value(&self) -> Value {
        self[..].value()
    }
}

impl<X: Observed> Observed for Option<X> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Words("None".into()), X::value)
    }
}

impl Observed for str {
    fn value(&self) -> Value {
        Value::Words(self.into())
    }
}

impl Observed for Value {
    fn value(&self) -> Value {
        self.clone()
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Numbers(shape, data) => block(f, shape, data),
            Value::Words(words) => f.write_str(words),
            Value::Panic(message, place) => write!(f, "a panic at {place}: {message}"),
        }
    }
}

/// Numbers in brackets, a pair for each axis.
fn block(f: &mut fmt::Formatter<'_>, shape: &[usize], data: &[f64]) -> fmt::Result {
    let Some((&size, inner)) = shape.split_first() else {
        return write!(f, "{}", data.first().unwrap_or(&f64::NAN));
    };
    let each: usize = inner.iter().product();
    f.write_str("[")?;
    for i in 0..size {
        f.write_str(if i > 0 { ", " } else { "" })?;
        block(f, inner, &data[i * each..(i + 1) * each])?;
    }
    f.write_str("]")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else a mistake that gives a NaN would never be known again.
    #[test]
    fn a_nan_is_a_nan_and_no_number_is() {
        let apart = |a: f64, b: f64| Within::Share(1e-12).apart(&[a], &[b]).next().is_some();
        assert!(!apart(f64::NAN, f64::NAN) && !apart(2.0, 2.0));
        assert!(apart(f64::NAN, 2.0) && apart(2.0, f64::NAN) && apart(2.0, 3.0));
    }
}
