//! Chapter 4's valley: where a rule goes in it at the rate that the reader has set.

use crate::downhill::{RULES, Valley, path, worst_of_last_ten};
use crate::give;

/// The path of rule 0, 1 or 2: x, y and the loss of each place, and at the end the largest loss of
/// the last ten steps.
#[unsafe(no_mangle)]
pub extern "C" fn valley(rule: usize, turned: bool, rate: f64) -> usize {
    let valley = Valley { turned };
    let visited = path(valley, RULES[rule].1, rate);
    let place = |&[x, y]: &[f64; 2]| [x, y, valley.loss([x, y])].map(|x| x as f32);
    let mut numbers: Vec<f32> = visited.iter().flat_map(place).collect();
    numbers.push(worst_of_last_ten(valley, &visited) as f32);
    give(numbers)
}
