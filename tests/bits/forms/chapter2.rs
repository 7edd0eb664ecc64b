//! Chapter 2: the files, the random numbers, functions of one number, and the forward pass.

use super::Journal;
use super::digits::{digits, read};
use longhand::by_hand::Net;
use longhand::init::{self, Fan};
use longhand::{Rng, Scalar, Tensor};

pub fn write(journal: &mut Journal) {
    journal.begin("reading gzip and IDX");
    let [pixels, labels] = read();
    journal.bytes("pixels", pixels.iter().copied());
    journal.bytes("labels", labels.iter().copied());
    random(journal);
    functions::<f32>("f32", journal);
    functions::<f64>("f64", journal);
    forward(journal);
}

fn random(journal: &mut Journal) {
    journal.begin("random numbers");
    let rng = &mut Rng::new(2);
    journal.bytes("words", (0..100).flat_map(|_| rng.next_u64().to_le_bytes()));
    journal.bytes("below 1000", (0..100).flat_map(|_| (rng.below(1000) as u64).to_le_bytes()));
    let order = rng.permutation(1000);
    journal.bytes("permutation", order.into_iter().flat_map(|place| (place as u64).to_le_bytes()));
    journal.tensor("uniform", &init::uniform([1000], -1.0_f32, 1.0, rng));
    journal.tensor("normal, f32", &init::normal([1000], 0.0_f32, 1.0, rng));
    journal.tensor("normal, f64", &init::normal([1000], 0.0_f64, 1.0, rng));
    let gain = init::relu_gain(0.0);
    journal.tensor("Kaiming", &init::kaiming_normal::<f32>([50, 20], Fan::In, gain, rng));
    journal.tensor("as PyTorch begins", &init::torch_default::<f32>([50, 20], 20, rng));
}

/// What a platform's library would compute in its own way.
fn functions<T: Scalar>(kind: &str, journal: &mut Journal) {
    journal.begin(format_args!("functions in {kind}"));
    let x: Tensor<T> = init::normal([10_000], T::ZERO, T::from_f64(4.0), &mut Rng::new(7));
    journal.tensor("exp", &x.exp());
    journal.tensor("ln", &x.abs().ln());
    journal.tensor("tanh", &x.tanh());
    journal.tensor("sigmoid", &x.sigmoid());
    journal.tensor("sqrt", &x.abs().sqrt());
    let third = T::from_f64(1.0 / 3.0);
    journal.tensor("x·x + ⅓, rounded once", &x.map(|x| x.mul_add(x, third)));
}

fn forward(journal: &mut Journal) {
    journal.begin("the forward pass");
    let x = digits(0..64).images;
    journal.tensor("784-50-1", &Net::<f32>::new(784, 50, &mut Rng::new(3)).forward(&x));
    let rng = &mut Rng::new(2);
    let a: Tensor = init::normal([512, 512], 0.0, 1.0 / 512_f32.sqrt(), rng);
    let mut x: Tensor = init::normal([1, 512], 0.0, 1.0, rng);
    for number in 1..=10 {
        x = x.matmul(&a);
        journal.tensor(format_args!("a vector times a matrix, {number} times"), &x);
    }
}
