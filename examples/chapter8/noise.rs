//! The ratio on gradients that are made up, so that one knows what should come out.

use longhand::report::{Figure, LineChart, Table, grouped};
use longhand::wtb::{GradientStats, notebook};
use longhand::{Result, Rng, Tensor, init};

pub fn five_gradients() {
    // ANCHOR: five
    let kinds = [
        ("agree", [0.9, 1.1, 1.0, 0.8, 1.2]),
        ("scatter", [3.0, -2.0, 1.0, -2.5, 1.5]),
        ("never change", [0.5, 0.5, 0.5, 0.5, 0.5]),
        ("are silent", [0.0, 0.0, 0.0, 0.0, 0.0]),
        ("speak up once", [0.0, 0.0, -4.0, 0.0, 0.0]),
    ];
    let mut stats = GradientStats::new([kinds.len()]);
    for batch in 0..5 {
        stats.add(&Tensor::vector(&kinds.map(|(_, gradients)| gradients[batch])));
    }
    // ANCHOR_END: five
    let mut table = Table::new(["gradients that …", "mean", "std", "error", "ratio", "factor"]);
    let (means, variances) = (stats.mean(), stats.variance());
    let (errors, ratios) = (stats.standard_error(), stats.snr());
    for (i, (kind, _)) in kinds.iter().enumerate() {
        let (variance, ratio) = (variances[[i]], ratios[[i]]);
        let ratio_text = if ratio < 1e6 { format!("{ratio:.3}") } else { format!("{ratio:.0e}") };
        let numbers = [means[[i]], variance.sqrt(), errors[[i]]].map(|x| format!("{x:.3}"));
        let factor = format!("{:.3}", ratio.min(1.0));
        table.push([kind.to_string()].into_iter().chain(numbers).chain([ratio_text, factor]));
    }
    print!("{table}");
}

pub fn two_ways() {
    println!("1,000 parameters, ten f32 gradients each, normal around 100:\n");
    let mut table =
        Table::new(["std", "right ratio", "the notebook's sums", "of which NaN", "Welford's rule"]);
    for std in [1.0, 0.1, 0.01, 0.001, 0.0001] {
        let rng = &mut Rng::new(8);
        let gradients: Vec<Tensor> =
            (0..10).map(|_| init::normal([1000], 100.0, std, rng)).collect();
        // ANCHOR: two_ways
        let mut stats = GradientStats::new([1000]);
        let (mut grad, mut grad2) = (Tensor::zeros([1000]), Tensor::zeros([1000]));
        for g in &gradients {
            stats.add(g);
            notebook::acc_grad(&mut grad, g);
            notebook::acc_grad2(&mut grad2, g);
        }
        let theirs = notebook::compute_snr(&grad, &grad2, gradients.len());
        // ANCHOR_END: two_ways
        let lost = theirs.data().iter().filter(|s| s.is_nan()).count();
        table.push([
            format!("{std}"),
            shown(median(two_passes(&gradients).data())),
            shown(median(theirs.cast().data())),
            format!("{lost}"),
            shown(median(stats.snr().data())),
        ]);
    }
    print!("{}", table.right(0));
}

/// A ratio in whole numbers, or as a power of ten where it only says that the error was 0.
fn shown(ratio: f64) -> String {
    if ratio < 1e8 { grouped(ratio.round() as usize) } else { format!("{ratio:.0e}") }
}

/// The ratio in `f64` from the differences to the mean, which must be known first.
fn two_passes(gradients: &[Tensor]) -> Tensor<f64> {
    let b = gradients.len() as f64;
    let sum = |terms: &mut dyn Iterator<Item = Tensor<f64>>| {
        terms.reduce(|a, b| a + b).expect("ten gradients")
    };
    let mean = sum(&mut gradients.iter().map(Tensor::cast)) / b;
    let squares = sum(&mut gradients.iter().map(|g| (g.cast() - &mean).square()));
    mean.abs() / (squares / b / b).sqrt()
}

/// The middle of the values that are numbers.
fn median(values: &[f64]) -> f64 {
    let mut values: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What is left, on the average, of the signal and of the noise in a gradient that is tempered by
/// the ratio of an epoch before.
pub fn kept() -> Result<()> {
    const PARAMETERS: usize = 50_000;
    let batches = 10;
    println!("{} parameters, {batches} mini-batches, noise of std 1:\n", grouped(PARAMETERS));
    let mut table = Table::new([
        "true ratio",
        "tempered",
        "signal kept",
        "noise energy kept",
        "tempered, B − 1",
    ]);
    let (mut truths, mut signals, mut noises) = (Vec::new(), Vec::new(), Vec::new());
    let rng = &mut Rng::new(88);
    for step in 0..=20 {
        let truth = f64::from(step) / 4.0;
        // ANCHOR: kept
        let signal = truth / f64::from(batches).sqrt(); // so that signal / standard error is `truth`
        let mut stats = GradientStats::new([PARAMETERS]);
        for _ in 0..batches {
            stats.add(&init::normal([PARAMETERS], signal, 1.0, rng));
        }
        let factor = stats.snr().clamp_max(1.0);
        let (signal_kept, noise_kept) = (factor.mean(), factor.square().mean());
        // ANCHOR_END: kept
        let below = |bound: f64| {
            let below = stats.snr().data().iter().filter(|&&s| s < bound).count();
            below as f64 / PARAMETERS as f64
        };
        if [0, 2, 4, 6, 8, 12, 16].contains(&step) {
            let with_b_less_one = below((f64::from(batches) / f64::from(batches - 1)).sqrt());
            let kept = [below(1.0), signal_kept, noise_kept, with_b_less_one];
            let kept = kept.map(|part| format!("{part:.3}"));
            table.push([format!("{truth:.1}")].into_iter().chain(kept));
        }
        truths.push(truth);
        signals.push(signal_kept);
        noises.push(noise_kept);
    }
    print!("{table}");
    let chart = LineChart::new("What tempering leaves of a gradient")
        .x("true ratio of signal to standard error")
        .y("part that is kept")
        .line("signal", &truths, &signals)
        .line("noise energy", &truths, &noises)
        .y_range(0.0, 1.0);
    println!("\nfigure: {}", chart.save_figure("chapter8-kept")?);
    Ok(())
}

/// How far f·ḡ is from the true mean, for two ways to choose f from the same gradients as ḡ.
pub fn curves() {
    const PARAMETERS: usize = 50_000;
    let batches = 10;
    println!(
        "{} parameters, {batches} mini-batches; squared distance from the truth,\n\
         that of the mean itself being 1\n",
        grouped(PARAMETERS)
    );
    let mut table =
        Table::new(["true ratio", "min(1, s)", "s²/(1 + s²)", "best factor", "distance with it"]);
    let rng = &mut Rng::new(888);
    for truth in [0.0, 0.5, 1.0, 2.0, 4.0, 8.0] {
        let signal = truth / f64::from(batches).sqrt();
        let mut stats = GradientStats::new([PARAMETERS]);
        for _ in 0..batches {
            stats.add(&init::normal([PARAMETERS], signal, 1.0, rng));
        }
        // ANCHOR: curves
        let distance = |curve: fn(f64) -> f64| {
            let used = stats.mean() * stats.snr().map(curve);
            (used - signal).square().mean() * f64::from(batches)
        };
        let capped = distance(|s| s.min(1.0));
        let smooth = distance(|s| s * s / (1.0 + s * s));
        // ANCHOR_END: curves
        let best = truth * truth / (1.0 + truth * truth);
        let cells = [capped, smooth, best, best].map(|value| format!("{value:.3}"));
        table.push([format!("{truth}")].into_iter().chain(cells));
    }
    print!("{}", table.right(0));
}
