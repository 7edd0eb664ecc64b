//! What Adam does to parameters whose gradients are noise and nothing else.

use longhand::Rng;
use longhand::by_hand::steps::{Moments, adam as step};
use longhand::report::{Table, grouped};

/// The root of the mean square.
fn size(x: &[f64]) -> f64 {
    (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt()
}

/// How far 500 such parameters move in a step, and how far they have come, in units of the rate.
pub fn adam(rng: &mut Rng) {
    let (mut w, mut kept, mut g) = (vec![0.0; 500], Moments::default(), vec![0.0; 500]);
    let mut table = Table::new(["steps", "a step", "distance", "√steps"]);
    for steps in 1..=4000_u32 {
        let before = w.clone();
        rng.fill_normal(&mut g, 0.0, 1.0);
        step(&mut w, &mut kept, &g, 1.0);
        if [1, 10, 100, 1000, 4000].contains(&steps) {
            let moved: Vec<f64> = w.iter().zip(&before).map(|(w, before)| w - before).collect();
            let root = f64::from(steps).sqrt();
            let numbers = [size(&moved), size(&w), root].map(|x| format!("{x:.2}"));
            table.push([grouped(steps as usize)].into_iter().chain(numbers));
        }
    }
    print!("{table}");
}
