//! The memory of a whole process, as the kernel sees it.
//!
//! The test starts this program again as a child that trains a wide net in one of the ways, or a
//! deep one with or without checkpoints, and that prints its meter's peak and then the kernel's:
//! `VmHWM`, the most memory it ever had.

#![cfg(target_os = "linux")]

use crate::common::{normal, this_program};
use crate::{RULES, Training, Way};
use longhand::layers::{Layer, Linear, Relu, Sequential};
use longhand::mebp::checkpoint_sequential;
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Rng, Tensor};

const VARIABLE: &str = "LONGHAND_TEST_CHAPTER7_WAY";

/// So many layers of so many units.
fn net_of(count: usize, width: usize) -> Sequential {
    let rng = &mut Rng::new(1);
    let mut layers: Vec<Box<dyn Layer>> = Vec::new();
    for _ in 0..count {
        layers.push(Box::new(Linear::new(width, width, rng)));
        layers.push(Box::new(Relu::new()));
    }
    Sequential::new(layers)
}

/// In each way twelve layers of 1024 × 1024, 12.6 million parameters, and a batch of 64; and in
/// 1 or in 8 segments 32 layers of 256 × 256 with a batch of 1024, where activations are most.
const RUNS: [(&str, Way, usize); 5] = [
    ("Ordinary", Way::Ordinary, 0),
    ("PerLayer", Way::PerLayer, 0),
    ("PerParameter", Way::PerParameter, 0),
    ("deep", Way::PerLayer, 1),
    ("deep, in segments", Way::PerLayer, 8),
];

/// Run by the test below, in a process of its own.
#[test]
#[ignore = "the child of another test"]
fn child() {
    let Ok(name) = std::env::var(VARIABLE) else { return };
    let (_, way, segments) = RUNS.into_iter().find(|run| run.0 == name).expect("a run");
    let meter = Meter::new();
    meter.watch(|| {
        let (net, x): (_, Tensor) = match segments {
            0 => (net_of(12, 1024), normal(&[64, 1024], 1)),
            _ => (checkpoint_sequential(net_of(32, 256), segments), normal(&[1024, 256], 1)),
        };
        let mut training = Training::new(net, RULES[0].1, way);
        (0..2).for_each(|step| training.step(&x, step));
    });
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[2], "kB");
    let kernel = 1024 * words[1].parse::<usize>().unwrap();
    let most = [Kind::Gradient, Kind::Activation].map(|kind| meter.most(kind));
    println!("\npeaks {} {} {} {kernel}", meter.peak().total(), most[0], most[1]);
}

/// The meter's peak, its most of gradients and of activations, and the kernel's peak of a child.
fn peaks(name: &str) -> [usize; 4] {
    let output = this_program()
        .args(["--exact", "process::child", "--ignored", "--nocapture"])
        .env(VARIABLE, name)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("peaks")).expect("the child's line");
    let numbers: Vec<usize> = line.split(' ').skip(1).map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// Asserts that the kernel sees at least 95 % of what the meter says is spared.
fn expect_shrunk(what: &str, [meter, .., kernel]: [usize; 4], [less, .., smaller]: [usize; 4]) {
    let (promised, kept) = ((meter - less) as f64, (kernel - smaller) as f64);
    assert!(promised > 30e6, "{what}: only {promised} bytes less");
    assert!(kept >= 0.95 * promised, "{what}: {kept} bytes less, promised {promised}");
}

#[test]
fn the_process_shrinks_by_what_the_meter_says() {
    let ordinary = peaks("Ordinary");
    let [meter, gradients, _, kernel] = ordinary;
    assert_eq!(gradients, 4 * 12 * (1024 * 1024 + 1024));
    assert!(kernel > meter, "the kernel sees {kernel} bytes, the meter {meter}");
    for (name, largest) in [("PerLayer", 1024 * 1024 + 1024), ("PerParameter", 1024 * 1024)] {
        let other = peaks(name);
        assert_eq!(other[1], 4 * largest, "{name}");
        assert!(11 * other[1] <= gradients, "{name}: {} of {gradients}", other[1]);
        expect_shrunk(name, ordinary, other);
    }
}

/// 64 layers that keep one activation each, in 8 segments.
#[test]
fn checkpoints_shrink_the_process_too() {
    let [plain, cut] = ["deep", "deep, in segments"].map(peaks);
    assert!(10 * cut[2] <= 4 * plain[2], "{} of {} bytes of activations", cut[2], plain[2]);
    expect_shrunk("checkpoints", plain, cut);
}
