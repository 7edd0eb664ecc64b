//! A training that is stopped in the middle of an epoch and gone on with in another process' place.

use longhand::data::{Archive, Dataset};
use longhand::layers::{CrossEntropy, Dropout, Layer, Linear, Loss, Relu, Sequential};
use longhand::optim::{Adam, Optimizer};
use longhand::report::Table;
use longhand::{Result, Rng, sequential};

// ANCHOR: run
/// A training, and where it is.
struct Run {
    net: Sequential,
    adam: Adam,
    /// The generator as it was when the epoch began: it shuffles the digits the same way again.
    order: Rng,
    /// How many batches of the epoch are done.
    batch: usize,
}

impl Run {
    /// All that decides how it goes on.
    fn archive(&mut self, archive: &mut Archive) {
        archive.within("net", |archive| self.net.archive(archive));
        archive.within("adam", |archive| self.adam.archive(&self.net.named_params(), archive));
        archive.rng("order", &mut self.order);
        archive.count("batch", &mut self.batch);
    }
    // ANCHOR_END: run

    fn new(seed: u64) -> Self {
        let rng = &mut Rng::new(seed);
        let net = sequential![
            Linear::new(784, 50, rng),
            Relu::new(),
            Dropout::new(0.2, rng),
            Linear::new(50, 10, rng)
        ];
        Self { net, adam: Adam::new(0.001), order: rng.fork(), batch: 0 }
    }

    // ANCHOR: go_on
    /// So many more steps.
    fn go_on(&mut self, digits: &Dataset, mut steps: usize) {
        let batches = digits.batches(64);
        while steps > 0 {
            let mut order = self.order.clone();
            for (x, labels) in batches.shuffled(&mut order).skip(self.batch).take(steps) {
                self.step(&x, &labels);
                self.batch += 1;
                steps -= 1;
            }
            if self.batch == batches.len() {
                (self.order, self.batch) = (order, 0);
            }
        }
    }
    // ANCHOR_END: go_on

    fn step(&mut self, x: &longhand::Tensor, labels: &[usize]) {
        let mut loss = CrossEntropy::mean();
        loss.forward(&self.net.forward(x), labels);
        self.net.zero_grad();
        self.net.backward_params(&loss.backward());
        self.adam.step(self.net.params_mut());
    }
}

/// A hundred steps in one go; in two with everything saved in between; and with the weights alone.
pub fn compare(digits: &Dataset) -> Result<()> {
    let folder = std::env::temp_dir();
    let file = |kind: &str| folder.join(format!("longhand-{}.{kind}", std::process::id()));
    let (all, weights) = (file("training"), file("safetensors"));

    let mut through = Run::new(1);
    through.go_on(digits, 100);

    let mut stopped = Run::new(1);
    stopped.go_on(digits, 37);
    Archive::save(&all, |archive| stopped.archive(archive))?;
    stopped.net.save(&weights)?;

    let mut table = Table::new(["steps", "weights that differ", "largest difference"]).left(0);
    let [mut resumed, mut restarted] = [2, 3].map(Run::new);
    let loaded = Archive::load(&all, |archive| resumed.archive(archive));
    let loaded = loaded.and_then(|()| restarted.net.load(&weights));
    for path in [all, weights] {
        let _ = std::fs::remove_file(path); // only what this run has made
    }
    loaded?;
    for (name, run) in [
        ("37, everything saved and loaded, 63", &mut resumed),
        ("37, the weights saved and loaded, 63", &mut restarted),
    ] {
        run.go_on(digits, 63);
        let pairs = run.net.params().into_iter().zip(through.net.params());
        let (mut differ, mut count, mut largest) = (0, 0, 0.0_f32);
        for (ours, theirs) in pairs {
            for (a, b) in ours.value.data().iter().zip(theirs.value.data()) {
                count += 1;
                differ += usize::from(a.to_bits() != b.to_bits());
                largest = largest.max((a - b).abs());
            }
        }
        table.push([name.into(), format!("{differ} of {count}"), format!("{largest:.4}")]);
    }
    print!("{table}");
    Ok(())
}
