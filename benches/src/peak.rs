//! What one core can do at most: fused multiply-adds that never leave the registers.
//!
//! No product of matrices can be faster than the loop of [`fma_peak`], so its rate is the measure
//! of how good a product is.

use crate::contest::{Contest, Row};
use crate::matmul::{self, Shape};
use crate::table::rate;
use longhand::report::Table;
use longhand::tensor::gemm::fma_peak;
use longhand::tensor::isa::{self, Isa};

/// How many times each sum of the loop is added to in one run of it.
const LINKS: usize = 100_000;

/// The product of two matrices of 1024 × 1024 on one thread, and beside it the loop: a row for
/// each instruction set with vectors that this processor has.
pub fn contests() -> Vec<Contest> {
    let shape = Shape::square(1024, "NN");
    let mut isas: Vec<Isa> = Isa::supported().filter(|&isa| isa != Isa::Portable).collect();
    isas.reverse();
    isas.into_iter()
        .map(|isa| {
            let product = matmul::ours::<f32>(shape, Some(isa));
            let contest = Contest::ours(isa.name(), product).flops(shape.flops());
            contest.peer("peak", move || {
                run(isa, LINKS);
            })
        })
        .collect()
}

/// The table of these rows: our rate, the loop's, and the one as a part of the other.
pub fn table(rows: &[&Row]) -> String {
    let mut table = Table::new(["1024³, GFLOP/s", "ours", "peak", "of the peak"]);
    for row in rows {
        let (Some(flops), Some(ours), Some(peak), Some(most)) =
            (row.flops, row.time("ours"), row.time("peak"), flops_of_loop(&row.name))
        else {
            continue;
        };
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

/// One run of the loop. Returns how many operations that was.
fn run(isa: Isa, links: usize) -> usize {
    isa::with(isa, || fma_peak::<f32>(links))
}

/// How many operations the loop does in one run, for the instruction set of this name.
fn flops_of_loop(isa: &str) -> Option<f64> {
    let isa = Isa::supported().find(|supported| supported.name() == isa)?;
    Some((LINKS * run(isa, 1)) as f64)
}
