//! The Mersenne Twister, so that a seed of PyTorch's means the same here (chapter 8).
//!
//! Matsumoto and Nishimura, "Mersenne Twister" (1998), in its 32-bit form MT19937: 624 words, each
//! new one made from three old ones; the words that come out are scrambled copies. It is large
//! and slow beside [`Rng`](super::Rng), and nothing here uses it but to repeat what others have
//! computed from a seed.

const WORDS: usize = 624;

/// PyTorch's random numbers on the CPU after `torch.manual_seed(seed)`.
///
/// ```
/// use longhand::rng::Mersenne;
/// // The generator of C++, std::mt19937, begins with the seed 5489 and these words.
/// let mut words = Mersenne::new(5489);
/// assert_eq!([words.next_u32(), words.next_u32()], [3_499_211_612, 581_869_302]);
/// ```
#[derive(Clone, Debug)]
pub struct Mersenne {
    words: [u32; WORDS],
    next: usize,
}

impl Mersenne {
    /// The stream of `seed`.
    pub fn new(seed: u32) -> Self {
        let mut words = [seed; WORDS];
        for i in 1..WORDS {
            let before = words[i - 1] ^ (words[i - 1] >> 30);
            words[i] = before.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Self { words, next: WORDS }
    }

    /// The next 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.next == WORDS {
            self.turn();
        }
        let mut x = self.words[self.next];
        self.next += 1;
        x ^= x >> 11;
        x ^= (x << 7) & 0x9d2c_5680;
        x ^= (x << 15) & 0xefc6_0000;
        x ^ (x >> 18)
    }

    /// Makes 624 new words.
    fn turn(&mut self) {
        let words = &mut self.words;
        for i in 0..WORDS {
            let joined = (words[i] & 0x8000_0000) | (words[(i + 1) % WORDS] & 0x7fff_ffff);
            let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            words[i] = words[(i + 397) % WORDS] ^ (joined >> 1) ^ twist;
        }
        self.next = 0;
    }

    // ANCHOR: fill_uniform
    /// Fills `values` as PyTorch's `tensor.uniform_(lo, hi)` does, bit for bit: 24 random bits
    /// give a number below 1, and one fused multiplication and addition brings it to the range.
    pub fn fill_uniform(&mut self, values: &mut [f32], lo: f32, hi: f32) {
        for value in values {
            let unit = (self.next_u32() & 0x00ff_ffff) as f32 / (1 << 24) as f32;
            *value = unit.mul_add(hi - lo, lo);
        }
    }
    // ANCHOR_END: fill_uniform
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_thousandth_word_is_that_of_the_cpp_standard() {
        let mut words = Mersenne::new(5489);
        let last = (0..10_000).map(|_| words.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }
}
