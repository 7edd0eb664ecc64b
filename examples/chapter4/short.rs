//! A run that is short enough to be made in a page of the book: the net that reads, on few digits.

use crate::digits::{build, epoch};
use crate::trial::score;
use longhand::data::Dataset;
use longhand::layers::{Layer, Sequential};
use longhand::optim::Sgd;
use longhand::report::grouped;
use longhand::{Rng, Tensor};

/// Digits to learn from, and others to see what has been learnt.
const LEARN: usize = 1_280;
pub const DIGITS: usize = 1_500;

// ANCHOR: short
/// The net, its rule and its digits, somewhere between two epochs.
pub struct ShortRun {
    pub net: Sequential,
    sgd: Sgd,
    rng: Rng,
    parts: [Dataset; 2],
    mean_std: [f32; 2],
    done: usize,
}

impl ShortRun {
    pub const EPOCHS: usize = 10;

    pub fn new(digits: &Dataset) -> Self {
        let mut rng = Rng::new(4);
        let net = build(&mut rng);
        let mut parts = [digits.rows(0..LEARN), digits.rows(LEARN..DIGITS)];
        let [mean, std] = [parts[0].images.mean(), parts[0].images.std()];
        parts.iter_mut().for_each(|part| part.normalize(mean, std));
        Self { net, sgd: Sgd::new(0.0).momentum(0.9), rng, parts, mean_std: [mean, std], done: 0 }
    }

    /// One epoch more, at a rate that falls evenly to 0. Gives the loss of each batch.
    pub fn epoch(&mut self) -> Vec<f32> {
        self.sgd.lr = 0.05 * (1.0 - self.done as f64 / Self::EPOCHS as f64);
        self.done += 1;
        epoch(&mut self.net, &mut self.sgd, &self.parts[0], &mut self.rng, "a short run")
    }

    /// How many in a hundred of the other digits are read.
    pub fn accuracy(&self) -> f64 {
        score(&self.net, &self.parts[1]).accuracy()
    }

    /// A number that any other bit in any weight would change (FNV-1a).
    pub fn hash(&self) -> u64 {
        let weights = self.net.params().into_iter().flat_map(|param| param.value.data());
        let bytes = weights.flat_map(|weight| weight.to_bits().to_le_bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}
// ANCHOR_END: short

impl ShortRun {
    /// Other pixels, seen through the same eyes.
    #[allow(dead_code)] // the page wants it, for digits that are drawn there
    pub fn normalized(&self, pixels: Tensor) -> Tensor {
        let [mean, std] = self.mean_std;
        (pixels - mean) / std
    }
}

/// Makes the run, and says what the page will say.
pub fn train(digits: &Dataset) {
    let mut run = ShortRun::new(digits);
    println!(
        "{} digits to learn from, {} others, {} epochs\n",
        grouped(LEARN),
        DIGITS - LEARN,
        ShortRun::EPOCHS
    );
    for number in 1..=ShortRun::EPOCHS {
        let mean = Tensor::vector(&run.epoch()).mean();
        if number == 1 || number % 5 == 0 {
            let right = run.accuracy();
            println!("epoch {number:>2}: training loss {mean:.4}, others read {right:.2} %");
        }
    }
    println!("\nhash of the weights: {:016x}", run.hash());
}
