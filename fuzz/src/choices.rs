//! Bytes taken as decisions.

use longhand::{Rng, Scalar, Tensor};
use std::ops::RangeInclusive;

/// What is left of the input. When nothing is left, every decision is the first.
#[derive(Debug)]
pub struct Choices<'a>(&'a [u8]);

/// Numbers that are seldom met and often mistreated.
const SPECIAL: [f64; 8] =
    [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-45, f32::MAX as f64, -1.0];

impl<'a> Choices<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes that no decision has taken.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&first, rest)) => {
                self.0 = rest;
                first
            }
            None => 0,
        }
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let mut number = usize::from(self.byte());
        if n > 256 {
            number = number << 8 | usize::from(self.byte());
        }
        number % n
    }

    pub fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// Two of them, as windows have.
    pub fn pair(&mut self, range: RangeInclusive<usize>) -> [usize; 2] {
        [self.within(range.clone()), self.within(range)]
    }

    pub fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Once in `n` times, for what should be seldom; not when nothing is left.
    pub fn seldom(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub fn rng(&mut self) -> Rng {
        Rng::new(u64::from(self.byte()) << 8 | u64::from(self.byte()))
    }

    /// Normal numbers; if the input says so, special ones among them.
    pub fn numbers<T: Scalar>(&mut self, count: usize) -> Vec<T> {
        let (specials, mut rng) = (self.seldom(4), self.rng());
        let number = |_| match specials && rng.below(8) == 0 {
            true => T::from_f64(SPECIAL[rng.below(SPECIAL.len())]),
            false => rng.normal(),
        };
        (0..count).map(number).collect()
    }

    pub fn tensor<T: Scalar>(&mut self, shape: &[usize]) -> Tensor<T> {
        Tensor::new(shape, self.numbers(shape.iter().product()))
    }
}
