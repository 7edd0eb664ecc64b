//! Small batches and wrong labels, where most of a gradient is noise: a fair comparison.

use longhand::data::{Dataset, Digits, Mnist};
use longhand::layers::{Layer, Linear, LogSoftmax, Loss, Nll, Relu, evaluate};
use longhand::optim::{Optimizer, Sgd};
use longhand::report::Table;
use longhand::tensor::threads;
use longhand::wtb::{Tempered, TemperedMean};
use longhand::{Param, Result, Rng, sequential};

const IMAGES: usize = 4000;
const BATCH: usize = 20;
const EPOCHS: usize = 8;
const SEEDS: u64 = 3;
const RATES: [f64; 4] = [0.02, 0.05, 0.1, 0.2];

/// How the gradient of a mini-batch becomes a step.
#[derive(Clone, Copy)]
enum Rule {
    Plain,
    Tempered,
    /// One factor for all parameters: the mean of theirs.
    OneFactor,
    /// One step for ten mini-batches, as in 2018.
    Mean,
}

const RULES: [(Rule, &str); 4] = [
    (Rule::Plain, "plain"),
    (Rule::Tempered, "tempered"),
    (Rule::OneFactor, "one factor"),
    (Rule::Mean, "2018, n = 10"),
];

pub fn step_sizes(mnist: &Mnist) -> Result<()> {
    println!(
        "784-64-10, {IMAGES} images in batches of {BATCH}, {EPOCHS} epochs, mean of {SEEDS} seeds:\n\
         loss and accuracy on the test set, whose labels are right"
    );
    let (digits, _) = mnist.train.split_at(IMAGES);
    let test = ready(&mnist.test);
    for (noise, title) in [(0.0, "no label redrawn"), (0.3, "three training labels in ten redrawn")]
    {
        let train = ready(&digits.with_noise(noise, &mut Rng::new(80)));
        let mut header = vec!["rule".to_string()];
        header.extend(RATES.iter().map(|rate| format!("lr {rate}")));
        let mut table = Table::new(header).title(title);
        // Every run by itself on one thread: the nets are too small to share one.
        let mut runs: Vec<(Rule, f64, u64, [f64; 2])> = Vec::new();
        for (rule, _) in RULES {
            for rate in RATES {
                runs.extend((0..SEEDS).map(|seed| (rule, rate, seed, [0.0; 2])));
            }
        }
        threads::for_each(runs.iter_mut(), |(rule, rate, seed, result)| {
            *result = train_and_test(*rule, *rate, *seed, &train, &test);
        });
        let mut cells = runs.chunks(SEEDS as usize).map(|seeds| {
            let mean = |of: usize| seeds.iter().map(|run| run.3[of]).sum::<f64>() / SEEDS as f64;
            format!("{:.3} {:.1} %", mean(0), mean(1))
        });
        for (_, name) in RULES {
            table.push([name.to_string()].into_iter().chain(cells.by_ref().take(RATES.len())));
        }
        print!("\n{table}");
    }
    Ok(())
}

fn ready(digits: &Digits) -> Dataset {
    let mut data = digits.dataset::<f32>([784], 255.0);
    data.normalize(0.1307, 0.3081);
    data
}

/// Loss and accuracy on the test set after the last epoch.
fn train_and_test(rule: Rule, rate: f64, seed: u64, train: &Dataset, test: &Dataset) -> [f64; 2] {
    let rng = &mut Rng::new(seed);
    let mut net = sequential![
        Linear::<f32>::new(784, 64, rng),
        Relu::new(),
        Linear::new(64, 10, rng),
        LogSoftmax::new()
    ];
    // ANCHOR: rules
    let mut wtb: Tempered<Sgd> = match rule {
        Rule::Tempered => Tempered::new(Sgd::new(rate)),
        _ => Tempered::watching(Sgd::new(rate)),
    };
    let mut mean = TemperedMean::new(Sgd::new(rate), 10);
    let mut loss = Nll::mean();
    for _ in 0..EPOCHS {
        for (images, labels) in train.batches(BATCH).shuffled(rng) {
            loss.forward(&net.forward(&images), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            match rule {
                Rule::Mean => mean.step(net.params_mut()),
                _ => wtb.step(net.params_mut()),
            }
        }
        let _ = wtb.end_epoch();
        if let Rule::OneFactor = rule {
            wtb.optimizer.lr = rate * mean_factor(&wtb, net.params());
        }
    }
    // ANCHOR_END: rules
    let found = evaluate(test, 1000, &mut Nll::mean(), |x| net.predict(x));
    [found.loss, found.accuracy()]
}

/// The mean of min(1, ratio) over all parameters.
fn mean_factor(wtb: &Tempered<Sgd>, params: Vec<&Param>) -> f64 {
    let ratios = params.into_iter().filter_map(|param| wtb.snr(param));
    let (sum, count) = ratios.fold((0.0, 0), |(sum, count), snr| {
        let factors = snr.data().iter().map(|&s| f64::from(s.min(1.0)));
        (sum + factors.sum::<f64>(), count + snr.len())
    });
    sum / count as f64
}
