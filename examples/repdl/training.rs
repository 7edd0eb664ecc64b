//! What RepDL's example does with a net, from the seed to the last step.

use super::mersenne::Mersenne;
use super::net::{Adam, Net, d_cross_entropy};
use super::sha256::sha256;
use longhand::Tensor;
use longhand::data::Dataset;

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

/// Takes the first of these steps; `done` is called after each.
pub fn train(
    net: &mut Net,
    mut rng: Mersenne,
    digits: &Dataset,
    steps: usize,
    mut done: impl FnMut(&Net),
) {
    let orders = [(); 2].map(|()| {
        rng.integer(); // a seed for the loader's workers, which draw nothing
        Mersenne::new(rng.integer()).order(digits.len())
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
