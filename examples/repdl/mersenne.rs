//! The Mersenne Twister and what PyTorch draws with it: another library's net begins where that
//! library's generator says (M. Matsumoto, T. Nishimura, ACM TOMACS 8, 1998).

use longhand::Tensor;

/// How many words its state has.
const WORDS: usize = 624;
/// How far apart two words are that make a new one.
const APART: usize = 397;

/// A generator, as `torch.Generator` on a CPU.
pub struct Mersenne {
    words: [u32; WORDS],
    /// How many of these words have been drawn.
    drawn: usize,
}

impl Mersenne {
    /// `torch.manual_seed(seed)`: the lower half of the seed counts.
    pub fn new(seed: u64) -> Self {
        let mut words = [seed as u32; WORDS];
        for i in 1..WORDS {
            let before = words[i - 1];
            words[i] = (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Self { words, drawn: WORDS }
    }

    /// 32 random bits.
    fn draw(&mut self) -> u32 {
        if self.drawn == WORDS {
            self.drawn = 0;
            for i in 0..WORDS {
                let next = self.words[(i + 1) % WORDS];
                let y = self.words[i] & 1 << 31 | next & !(1 << 31);
                let twist = if y % 2 == 1 { 0x9908_b0df } else { 0 };
                self.words[i] = self.words[(i + APART) % WORDS] ^ y >> 1 ^ twist;
            }
        }
        let mut y = self.words[self.drawn];
        self.drawn += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// `torch.empty((), dtype=torch.int64).random_()`: 63 random bits, the upper ones first.
    pub fn integer(&mut self) -> u64 {
        let (upper, lower) = (self.draw(), self.draw());
        (u64::from(upper) << 32 | u64::from(lower)) & !(1 << 63)
    }

    /// `torch.empty(shape).uniform_(-bound, bound)`
    pub fn uniform(&mut self, shape: &[usize], bound: f64) -> Tensor {
        let (from, to) = (-bound as f32, bound as f32);
        let number = |_| {
            let x = (self.draw() % (1 << 24)) as f32 / (1 << 24) as f32;
            x.mul_add(to - from, from)
        };
        let count = shape.iter().product();
        Tensor::new(shape, (0..count).map(number).collect())
    }

    /// `torch.randperm(count)`
    pub fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for i in 0..count - 1 {
            order.swap(i, i + self.draw() as usize % (count - i));
        }
        order
    }
}
