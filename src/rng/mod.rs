//! A seeded random number generator: one seed, the same numbers everywhere. Chapter 2 uses it.
//!
//! **xoshiro256++** (David Blackman and Sebastiano Vigna, "Scrambled linear pseudorandom number
//! generators", 2019) keeps 256 bits of state. A step mixes them with shifts, rotations and
//! exclusive or, which only ever *adds* bits without carry; the output then adds two of the words
//! as numbers, with carry, which hides that structure. It repeats after 2²⁵⁶ − 1 steps.
//!
//! **SplitMix64** (Steele, Lea and Flood, 2014) makes the 256 bits from a seed of 64: it counts up
//! in steps of 2⁶⁴/φ and scrambles each count. Seeds 0 and 1 then start as far apart as any two.
//!
//! Neither resists an adversary: this is for experiments, not for secrets.

use crate::Scalar;

mod mersenne;
mod normal;

pub use mersenne::Mersenne;

/// SplitMix64's stride, 2⁶⁴/φ to the nearest odd number.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64's scrambler: one to one, and every bit of `x` moves about half the bits of the
/// result.
fn scramble(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A seeded stream of random numbers.
///
/// Equal seeds give equal streams. Every number takes exactly one step of the generator (only
/// [`below`](Rng::below) takes more, about once in 2⁶⁴/n calls), whatever its type: a net of f32
/// starts from the same weights as one of f64, rounded.
///
/// ```
/// use longhand::Rng;
///
/// let mut rng = Rng::new(42);
/// assert_eq!(rng.uniform::<f64>(), Rng::new(42).uniform::<f64>());
/// let mut order = rng.permutation(5);
/// order.sort();
/// assert_eq!(order, [0, 1, 2, 3, 4]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        // The four counts differ, so the words do: they cannot all be zero.
        let state = [1, 2, 3, 4].map(|i: u64| scramble(seed.wrapping_add(STRIDE.wrapping_mul(i))));
        Self { state }
    }

    /// The 256 bits that decide all that follows: save them to go on later from here.
    ///
    /// ```
    /// use longhand::Rng;
    /// let mut rng = Rng::new(1);
    /// let mut later = Rng::from_state(rng.state()).expect("not all zero");
    /// assert_eq!(rng.next_u64(), later.next_u64());
    /// ```
    pub fn state(&self) -> [u64; 4] {
        self.state
    }

    /// The stream that goes on from `state`; `None` for four zeros, from which no step leads away.
    pub fn from_state(state: [u64; 4]) -> Option<Self> {
        (state != [0; 4]).then_some(Self { state })
    }

    /// A new stream, independent of this one and of its other forks.
    ///
    /// Give one to each worker, or to each dropout layer: then what one of them draws does not
    /// depend on how much another drew. The new state is four numbers of this stream, scrambled.
    /// That two streams of n numbers overlap has a chance of about n in 2²⁵⁵: never.
    ///
    /// ```
    /// use longhand::Rng;
    /// let mut rng = Rng::new(7);
    /// let (mut dropout, mut shuffle) = (rng.fork(), rng.fork());
    /// assert_ne!(dropout.next_u64(), shuffle.next_u64());
    /// ```
    pub fn fork(&mut self) -> Self {
        let mut state = [(); 4].map(|()| scramble(self.next_u64()));
        state[0] |= 1; // not all zero
        Self { state }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let output = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        output
    }

    /// A number from 0 up to but not including 1: one of the 2²⁴ (f32) or 2⁵³ (f64) multiples of
    /// ½ [`Scalar::EPSILON`] there, each as likely as the next. The f32 is the f64, cut off.
    ///
    /// ```
    /// use longhand::Rng;
    /// let x: f32 = Rng::new(3).uniform();
    /// assert!((0.0..1.0).contains(&x));
    /// ```
    #[inline]
    pub fn uniform<T: Scalar>(&mut self) -> T {
        let digits = self.next_u64() >> (64 - T::DIGITS);
        T::from_f64(digits as f64 * (0.5 * T::EPSILON.to_f64()))
    }

    /// A number from `lo` up to but not including `hi`, evenly: `lo` + (`hi` − `lo`)·[`uniform`].
    ///
    /// [`uniform`]: Rng::uniform
    ///
    /// # Panics
    /// Unless `lo` < `hi` and `hi` − `lo` is finite.
    ///
    /// ```
    /// use longhand::Rng;
    /// let angle = Rng::new(3).uniform_in(-180.0_f32, 180.0);
    /// assert!((-180.0..180.0).contains(&angle));
    /// ```
    #[inline]
    #[track_caller]
    pub fn uniform_in<T: Scalar>(&mut self, lo: T, hi: T) -> T {
        check_range(lo, hi);
        self.uniform_between(lo, hi)
    }

    #[inline]
    fn uniform_between<T: Scalar>(&mut self, lo: T, hi: T) -> T {
        let x = lo + (hi - lo) * self.uniform();
        // The sum may have been rounded up to hi.
        Scalar::minimum(x, hi.next_down())
    }

    /// A whole number below `n`, each equally likely.
    ///
    /// The high half of the 128-bit product of `n` and 64 random bits is below `n` and nearly even:
    /// 2⁶⁴ inputs do not divide into `n` equal shares. Lemire's test ("Fast random integer
    /// generation in an interval", 2019) looks at the low half and draws again for the few inputs
    /// that are over.
    ///
    /// # Panics
    /// If `n` is 0: no number is below it.
    ///
    /// ```
    /// use longhand::Rng;
    /// let die = 1 + Rng::new(5).below(6);
    /// assert!((1..=6).contains(&die));
    /// ```
    #[inline]
    #[track_caller]
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "below(0): there is no number below 0 to draw");
        let n = n as u64;
        let mut product = u128::from(self.next_u64()) * u128::from(n);
        if (product as u64) < n {
            let over = n.wrapping_neg() % n; // 2⁶⁴ mod n
            while (product as u64) < over {
                product = u128::from(self.next_u64()) * u128::from(n);
            }
        }
        (product >> 64) as usize
    }

    /// A number from the normal distribution of mean 0 and standard deviation 1.
    ///
    /// One step of the generator a number. The f32 is the f64, rounded.
    ///
    /// ```
    /// use longhand::Rng;
    /// let exact: f64 = Rng::new(9).normal();
    /// let short: f32 = Rng::new(9).normal();
    /// assert_eq!(short, exact as f32);
    /// ```
    #[inline]
    pub fn normal<T: Scalar>(&mut self) -> T {
        T::from_f64(normal::from_bits(self.next_u64()))
    }

    /// Fills `values` with numbers from `lo` up to but not including `hi`, in order.
    ///
    /// # Panics
    /// Unless `lo` < `hi` and `hi` − `lo` is finite.
    ///
    /// ```
    /// use longhand::Rng;
    /// let mut weights = [0.0_f32; 8];
    /// Rng::new(1).fill_uniform(&mut weights, -0.5, 0.5);
    /// assert!(weights.iter().all(|w| (-0.5..0.5).contains(w)));
    /// ```
    #[track_caller]
    pub fn fill_uniform<T: Scalar>(&mut self, values: &mut [T], lo: T, hi: T) {
        check_range(lo, hi);
        for value in values {
            *value = self.uniform_between(lo, hi);
        }
    }

    /// Fills `values` with normal numbers, in order: `mean` + `std`·[`normal`](Rng::normal),
    /// computed in f64 and rounded once to `T`.
    ///
    /// ```
    /// use longhand::Rng;
    /// let mut weights = vec![0.0_f32; 1000];
    /// Rng::new(1).fill_normal(&mut weights, 5.0, 0.1);
    /// let mean = weights.iter().sum::<f32>() / 1000.0;
    /// assert!((mean - 5.0).abs() < 0.02);
    /// ```
    pub fn fill_normal<T: Scalar>(&mut self, values: &mut [T], mean: T, std: T) {
        let (mean, std) = (mean.to_f64(), std.to_f64());
        for value in values {
            *value = T::from_f64(mean + std * self.normal::<f64>());
        }
    }

    /// Puts `items` in a random order, each order equally likely.
    ///
    /// Fisher and Yates: for each place from the last to the second, swap in one of the items that
    /// are not yet placed, the one that is there included.
    ///
    /// ```
    /// use longhand::Rng;
    /// let mut cards = ["ace", "king", "queen"];
    /// Rng::new(2).shuffle(&mut cards);
    /// assert!(cards.contains(&"ace"));
    /// ```
    pub fn shuffle<X>(&mut self, items: &mut [X]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// The numbers 0 to `n` − 1 in a random order.
    ///
    /// ```
    /// use longhand::Rng;
    /// let order = Rng::new(2).permutation(60_000);
    /// assert_eq!(order.len(), 60_000);
    /// ```
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        self.shuffle(&mut order);
        order
    }
}

#[track_caller]
fn check_range<T: Scalar>(lo: T, hi: T) {
    assert!(
        lo < hi && (hi - lo).is_finite(),
        "no uniform numbers from {lo} up to {hi}: expected lo < hi, and hi − lo finite"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_its_reference_values() {
        // From the reference splitmix64.c at prng.di.unimi.it, as frozen in rand_xoshiro's tests.
        let seed = 1_477_776_061_723_855_037;
        let expected =
            [1985237415132408290, 2979275885539914483, 13511426838097143398, 8488337342461049707];
        assert_eq!(Rng::new(seed).state(), expected);
    }
}
