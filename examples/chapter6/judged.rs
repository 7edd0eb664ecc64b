//! The trained net, judged: what it takes for what, how sure it is, what a moved digit does to it.

use crate::nets::linear;
use crate::trial::{Parts, Plan, SEEDS, fit, mean, score, scores};
use longhand::data::{Dataset, Mnist, Motion, move_each};
use longhand::layers::{Bin, Calibration, Evaluation, Sequential, temperature};
use longhand::report::{ConfusionMatrix, Figure, ImageGrid, LineChart, Table, spread};
use longhand::{Result, Rng, Tensor};

/// What was taken for what, and the mistakes that it was surest of.
pub fn mistakes(net: &Sequential, mnist: &Mnist, test: &Dataset, found: &Evaluation) -> Result<()> {
    let title = "What it read, and what was written";
    let matrix = ConfusionMatrix::new("What is taken for what", &found.confusion);
    println!("figure: {}", matrix.save_figure("chapter6-confusion")?);
    let scores = scores(net, test);
    let guesses = scores.argmax(-1);
    let margin = |i: usize| scores[[i, guesses[i]]] - scores[[i, test.labels[i]]];
    let mut wrong: Vec<usize> = (0..test.len()).filter(|&i| guesses[i] != test.labels[i]).collect();
    wrong.sort_by(|&a, &b| margin(b).total_cmp(&margin(a)));
    let mut sheet = ImageGrid::new(title, 28, 28).columns(10);
    for &i in wrong.iter().take(30) {
        sheet = sheet.prediction(mnist.test.image(i), guesses[i], test.labels[i]);
    }
    println!("figure: {}", sheet.save_figure("chapter6-mistakes")?);
    Ok(())
}

/// The mean negative log-likelihood, and the expected calibration error in hundredths.
pub fn loss_and_error(scores: &Tensor, labels: &[usize]) -> (f64, f64) {
    let loss = -scores.log_softmax().pick(labels).mean();
    (f64::from(loss), 100.0 * Calibration::of(scores, labels, BINS).error())
}

const BINS: usize = 10;

/// How sure the net is and how often right, before and after its scores are cooled or heated.
pub fn calibration(net: &Sequential, digits: &Parts) -> Result<()> {
    let heat = temperature(&scores(net, &digits.valid), &digits.valid.labels);
    let before = scores(net, &digits.test);
    let after = &before * (1.0 / heat) as f32;
    println!("temperature, chosen by {} other digits: {heat:.3}\n", digits.valid.len());
    let labels = &digits.test.labels;
    let mut table = Table::new(["scores", "test loss", "calibration error, points"]);
    for (name, scores) in [("as they are", &before), ("divided by it", &after)] {
        let (loss, error) = loss_and_error(scores, labels);
        table.push([name.to_string(), format!("{loss:.4}"), format!("{error:.2}")]);
    }
    println!("{table}");

    let mut table = Table::new([
        "sure by %",
        "guesses",
        "mean %",
        "right %",
        "divided: guesses",
        "mean %",
        "right %",
    ]);
    let [first, second] =
        [&before, &after].map(|scores| Calibration::of(scores, labels, BINS).bins);
    for (i, (a, b)) in
        first.iter().zip(&second).enumerate().filter(|(_, (a, b))| a.count + b.count > 0)
    {
        let percent = |part: f64| format!("{:.1}", 100.0 * part);
        table.push([
            format!("{} to {}", 100 * i / BINS, 100 * (i + 1) / BINS),
            a.count.to_string(),
            percent(a.confidence),
            percent(a.accuracy),
            b.count.to_string(),
            percent(b.confidence),
            percent(b.accuracy),
        ]);
    }
    print!("{table}");
    let mut chart = LineChart::new("How often it is right, by how sure it is")
        .x("probability that it gives its guess")
        .y("part of these guesses that is right");
    for (name, bins) in [("as they are", first), ("divided by T", second)] {
        // A few guesses say next to nothing.
        let bins: Vec<Bin> = bins.into_iter().filter(|bin| bin.count >= 5).collect();
        let of = |what: &dyn Fn(&Bin) -> f64| bins.iter().map(what).collect::<Vec<_>>();
        let error = |bin: &Bin| (bin.accuracy * (1.0 - bin.accuracy) / bin.count as f64).sqrt();
        let low = of(&|bin| bin.accuracy - error(bin));
        let high = of(&|bin| bin.accuracy + error(bin));
        let (sure, right) = (of(&|bin| bin.confidence), of(&|bin| bin.accuracy));
        chart = chart.band(name, &sure, &low, &right, &high);
    }
    let chart = chart.line("as it should be", &[0.2, 1.0], &[0.2, 1.0]);
    println!("\nfigure: {}", chart.save_figure("chapter6-calibration")?);
    Ok(())
}

/// The same for chapter 4's net when it knows a thousand digits by heart.
pub fn by_heart(digits: &Parts) {
    let few = digits.train.rows(0..1_000);
    let plan = Plan { rate: 0.1, epochs: 40, motion: None };
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 6];
    for seed in 0..SEEDS {
        let rng = &mut Rng::new(seed);
        let mut net = linear(rng);
        fit(&mut net, &few, plan, rng, |_, _| ());
        let heat = temperature(&scores(&net, &digits.valid), &digits.valid.labels);
        let (before, labels) = (scores(&net, &digits.test), &digits.test.labels);
        let (loss, error) = loss_and_error(&before, labels);
        let after = &before * (1.0 / heat) as f32;
        assert_eq!(before.argmax(-1), after.argmax(-1), "no guess changes");
        let (cooled, left) = loss_and_error(&after, labels);
        let accuracy = score(&net, &digits.test).accuracy();
        let found = [accuracy, heat, loss, cooled, error, left];
        columns.iter_mut().zip(found).for_each(|(column, found)| column.push(found));
    }
    let mut table = Table::new(["a thousand digits by heart", "as they are", "divided by T"]);
    let of = |i: usize, digits| spread(&columns[i], digits);
    table.push(["temperature T".into(), String::new(), of(1, 2)]);
    table.push(["test accuracy %".into(), of(0, 1), "the same".into()]);
    table.push(["test loss".into(), of(2, 3), of(3, 3)]);
    table.push(["calibration error, points".into(), of(4, 2), of(5, 2)]);
    print!("{}", table.right(1).right(2));
}

/// The accuracy of these nets' seeds on digits that are moved by so many pixels, each in one of
/// four directions.
pub fn moved(nets: &[&Sequential], digits: &Dataset, pixels: isize) -> Vec<f64> {
    let directions = [[1, 0], [0, 1], [-1, 0], [0, -1]];
    let mut turn = directions.iter().cycle();
    let images = move_each(&digits.images, digits.images.min(), || {
        let [down, across] = turn.next().expect("it never ends");
        Motion { shift: [pixels * down, pixels * across], degrees: 0.0 }
    });
    let digits = Dataset::new(images, digits.labels.clone());
    nets.iter().map(|net| score(net, &digits).accuracy()).collect()
}

/// The net before digits that are moved further and further.
pub fn moves(net: &Sequential, test: &Dataset) {
    let mut table = Table::new(["moved by", "accuracy %"]);
    for pixels in 0..=6 {
        let right = mean(&moved(&[net], &test.rows(0..2_000), pixels));
        table.push([format!("{pixels} pixels"), format!("{right:.1}")]);
    }
    print!("{}", table.right(0));
}
