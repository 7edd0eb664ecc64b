//! The memory of a whole process, as the kernel sees it.
//!
//! The test starts this program again as a child that trains a wide net in one of the ways, and
//! that prints its meter's peak and then the kernel's: `VmHWM`, the most memory it ever had.

#![cfg(target_os = "linux")]

use crate::common::{normal, this_program};
use crate::{RULES, Training, Way};
use longhand::layers::{Layer, Linear, Relu, Sequential};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Rng, Tensor};

const VARIABLE: &str = "LONGHAND_TEST_CHAPTER7_WAY";

/// Twelve layers of 1024 × 1024: 12.6 million parameters.
fn wide_net() -> Sequential {
    let rng = &mut Rng::new(1);
    let mut layers: Vec<Box<dyn Layer>> = Vec::new();
    for _ in 0..12 {
        layers.push(Box::new(Linear::new(1024, 1024, rng)));
        layers.push(Box::new(Relu::new()));
    }
    Sequential::new(layers)
}

/// Run by the test below, in a process of its own.
#[test]
#[ignore = "the child of another test"]
fn child() {
    let Ok(way) = std::env::var(VARIABLE) else { return };
    let ways = [Way::Ordinary, Way::PerLayer, Way::PerParameter];
    let way = ways.into_iter().find(|known| format!("{known:?}") == way).expect("a way");
    let meter = Meter::new();
    meter.watch(|| {
        let mut training = Training::new(wide_net(), RULES[0].1, way);
        let x: Tensor = normal(&[64, 1024], 1);
        (0..2).for_each(|step| training.step(&x, step));
    });
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[2], "kB");
    let kernel = 1024 * words[1].parse::<usize>().unwrap();
    println!("\npeaks {} {} {kernel}", meter.peak().total(), meter.most(Kind::Gradient));
}

/// The meter's peak, its most of gradients, and the kernel's peak of a child.
fn peaks(way: Way) -> [usize; 3] {
    let output = this_program()
        .args(["--exact", "process::child", "--ignored", "--nocapture"])
        .env(VARIABLE, format!("{way:?}"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("peaks")).expect("the child's line");
    let numbers: Vec<usize> = line.split(' ').skip(1).map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

#[test]
fn the_process_shrinks_by_what_the_meter_says() {
    let [meter, gradients, kernel] = peaks(Way::Ordinary);
    assert_eq!(gradients, 4 * 12 * (1024 * 1024 + 1024));
    assert!(kernel > meter, "the kernel sees {kernel} bytes, the meter {meter}");
    for (way, largest) in [(Way::PerLayer, 1024 * 1024 + 1024), (Way::PerParameter, 1024 * 1024)] {
        let [less, spent, smaller] = peaks(way);
        assert_eq!(spent, 4 * largest, "{way:?}");
        assert!(11 * spent <= gradients, "{way:?}: {spent} of {gradients}");
        let (promised, kept) = ((meter - less) as f64, (kernel - smaller) as f64);
        assert!(promised > 30e6, "{way:?}: only {promised} bytes less");
        assert!(kept >= 0.95 * promised, "{way:?}: {kept} bytes less, promised {promised}");
    }
}
