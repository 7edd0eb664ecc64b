//! Chapter 8's made-up gradients: what tempering keeps of signal and noise, with as many batches
//! and from such a ratio on as the reader has set.

use crate::give;
use longhand::wtb::GradientStats;
use longhand::{Rng, init};

const PARAMETERS: usize = 4_000;

/// For true ratios from 0 to 5, in steps of a quarter, the part of the signal that is kept and the
/// part of the noise's energy. Gradients of a ratio below `whole` are made smaller.
#[unsafe(no_mangle)]
pub extern "C" fn temper(batches: usize, whole: f64) -> usize {
    let rng = &mut Rng::new(88);
    let kept = |step: i32| {
        let signal = f64::from(step) / 4.0 / (batches as f64).sqrt();
        let mut stats = GradientStats::new([PARAMETERS]);
        for _ in 0..batches {
            stats.add(&init::normal([PARAMETERS], signal, 1.0, rng));
        }
        let factor = (stats.snr() / whole).clamp_max(1.0);
        [factor.mean() as f32, factor.square().mean() as f32]
    };
    give((0..=20).flat_map(kept).collect())
}
