//! What RepDL's example does with a net, from the seed to the last step.

use super::net::{Adam, Net, d_cross_entropy};
use super::sha256::sha256;
use longhand::Tensor;
use longhand::data::Dataset;
use longhand::rng::Mersenne;

/// How many images are in a batch.
const BATCH: usize = 100;
/// Two epochs.
pub const STEPS: usize = 2 * 60_000 / BATCH;

/// The hash of these tensors' bytes, one after another.
pub fn hash<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> String {
    let numbers = tensors.into_iter().flat_map(|x| x.data());
    sha256(numbers.flat_map(|x| x.to_le_bytes()))
}

/// The net after `torch.manual_seed(0)`, and the generator as it is then.
pub fn begin() -> (Net, Mersenne) {
    let mut rng = Mersenne::new(0);
    let net = Net::new(&mut rng);
    // RepDL makes each layer a second time, and then copies the weights of the first into it.
    let _ = Net::new(&mut rng);
    (net, rng)
}

/// `torch.empty((), dtype=torch.int64).random_()`: 63 random bits, the upper ones first.
pub fn integer(rng: &mut Mersenne) -> u64 {
    let [upper, lower] = [(); 2].map(|()| u64::from(rng.next_u32()));
    (upper << 32 | lower) & !(1 << 63)
}

/// `torch.randperm(count)`
fn order(rng: &mut Mersenne, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in 0..count - 1 {
        order.swap(i, i + rng.next_u32() as usize % (count - i));
    }
    order
}

/// Takes the first of these steps; `done` is called after each.
pub fn train(
    net: &mut Net,
    mut rng: Mersenne,
    digits: &Dataset,
    steps: usize,
    mut done: impl FnMut(&Net),
) {
    let orders = [(); 2].map(|()| {
        integer(&mut rng); // a seed for the loader's workers, which draw nothing
        // Of the seed of a generator the lower half counts.
        order(&mut Mersenne::new(integer(&mut rng) as u32), digits.len())
    });
    let mut adam = Adam::new(net);
    for batch in orders.concat().chunks(BATCH).take(steps) {
        let labels: Vec<_> = batch.iter().map(|&i| digits.labels[i]).collect();
        let saved = net.forward(&digits.images.gather_rows(batch));
        let gradients = net.backward(&saved, d_cross_entropy(&saved.logits, &labels));
        adam.step(net, &gradients);
        done(net);
    }
}
