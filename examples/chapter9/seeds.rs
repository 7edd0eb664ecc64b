//! Several runs of one experiment that differ in their seed alone, and what they have in common.

use longhand::tensor::threads;

/// The seeds that are reported.
pub const SEEDS: [u64; 3] = [1, 2, 3];
/// The seed with which settings are chosen.
pub const CHOOSING: u64 = 0;

/// What `run` gives for each of these, in their order; side by side, each on one thread.
pub fn each<S: Copy + Send + Sync, R: Send>(of: &[S], run: impl Fn(S) -> R + Sync) -> Vec<R> {
    let mut runs: Vec<(S, Option<R>)> = of.iter().map(|&which| (which, None)).collect();
    threads::for_each(runs.iter_mut(), |(which, found)| *found = Some(run(*which)));
    runs.into_iter().map(|(_, found)| found.expect("it ran")).collect()
}

/// Of these settings that with which `run` gives the least.
pub fn best<S: Copy + Send + Sync>(settings: &[S], run: impl Fn(S) -> f64 + Sync) -> S {
    let losses = each(settings, |setting| {
        let loss = run(setting);
        if loss.is_nan() { f64::INFINITY } else { loss }
    });
    let order = |&a: &usize, &b: &usize| losses[a].total_cmp(&losses[b]);
    settings[(0..settings.len()).min_by(order).expect("a setting")]
}

/// The least, the mean and the largest at each place of several lists.
pub fn band(lists: &[Vec<f64>]) -> [Vec<f64>; 3] {
    let at = |place: usize| lists.iter().map(move |list| list[place]);
    let count = lists[0].len();
    [
        (0..count).map(|place| at(place).fold(f64::INFINITY, f64::min)).collect(),
        (0..count).map(|place| at(place).sum::<f64>() / lists.len() as f64).collect(),
        (0..count).map(|place| at(place).fold(f64::NEG_INFINITY, f64::max)).collect(),
    ]
}
