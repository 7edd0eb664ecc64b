//! What one core can do at most: fused multiply-adds that never leave the registers.
//!
//! Twelve sums grow side by side, so that none waits for itself. Nothing is loaded and nothing
//! stored. No product of matrices can be faster than this loop, so its rate is the measure of
//! how good a product is.

use crate::contest::{Contest, Row};
use crate::matmul::{self, Shape};
use crate::table::rate;
use longhand::report::Table;
use longhand::tensor::isa::Isa;

/// Rounds of the loop in one run of it.
const TIMES: usize = 100_000;
/// Independent sums.
const SUMS: usize = 12;

/// The product of two matrices of 1024 × 1024 on one thread, and beside it the loop: a row for
/// each instruction set that has a loop and that this processor has.
pub fn contests() -> Vec<Contest> {
    let shape = Shape::square(1024, "NN");
    let supported = [Isa::Avx512, Isa::Avx2].into_iter().filter(|isa| isa.is_supported());
    supported
        .filter_map(|isa| {
            let product = matmul::ours::<f32>(shape, Some(isa));
            let contest = Contest::ours(isa.name(), product).flops(shape.flops());
            Some(contest.peer("peak", fma_loop(isa)?))
        })
        .collect()
}

/// The table of these rows: our rate, the loop's, and the one as a part of the other.
pub fn table(rows: &[&Row]) -> String {
    let mut table = Table::new(["1024³, GFLOP/s", "ours", "peak", "of the peak"]);
    for row in rows {
        let (Some(flops), Some(ours), Some(peak)) = (row.flops, row.time("ours"), row.time("peak"))
        else {
            continue;
        };
        let most = flops_of_loop(&row.name);
        let part = row.gain("peak").unwrap_or(f64::NAN) * flops / most;
        let cells = [
            row.name.clone(),
            rate(flops / ours),
            rate(most / peak),
            format!("{:.0} %", 100.0 * part),
        ];
        table.push(cells);
    }
    table.to_string()
}

/// How many operations the loop does in one run.
fn flops_of_loop(isa: &str) -> f64 {
    let lanes = if isa == Isa::Avx512.name() { 16 } else { 8 };
    (TIMES * SUMS * lanes * 2) as f64
}

/// The loop for an instruction set that this processor has.
#[cfg(target_arch = "x86_64")]
fn fma_loop(isa: Isa) -> Option<fn()> {
    match isa {
        // SAFETY: the caller asks only for what the processor has.
        Isa::Avx512 => Some(|| unsafe { x86::avx512() }),
        // SAFETY: as above.
        Isa::Avx2 => Some(|| unsafe { x86::avx2() }),
        _ => None,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn fma_loop(_: Isa) -> Option<fn()> {
    None
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{SUMS, TIMES};
    use std::arch::x86_64::*;
    use std::hint::black_box;

    #[target_feature(enable = "avx512f")]
    pub fn avx512() {
        let (x, y) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(0.001)));
        let mut sums = [y; SUMS];
        for _ in 0..TIMES {
            for sum in &mut sums {
                *sum = _mm512_fmadd_ps(*sum, x, y);
            }
        }
        black_box(sums);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn avx2() {
        let (x, y) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(0.001)));
        let mut sums = [y; SUMS];
        for _ in 0..TIMES {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(*sum, x, y);
            }
        }
        black_box(sums);
    }
}
