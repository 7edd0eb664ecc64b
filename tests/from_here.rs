//! The training loop of the appendix *From here to PyTorch, candle and burn*, beside PyTorch's: from the
//! same weights, on the same digits, it takes the same way, and what was trained there opens here.
//!
//! `golden/from_here/train.py` froze PyTorch's part, and opens what is left in cargo's folder for
//! what tests write.

use longhand::data::{Dataset, Mnist, Safetensors, npy};
use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Relu, Sequential};
use longhand::optim::{Optimizer, Sgd};
use longhand::{Rng, Tensor, sequential};
use std::path::{Path, PathBuf};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/from_here").join(name)
}

/// 640 digits to learn from and 64 more, each pixel divided by 256.
fn digits() -> (Dataset, Dataset) {
    let all = Mnist::load().unwrap().train.split_at(704).0.dataset([784], 256.0);
    (all.rows(0..640), all.rows(640..704))
}

/// The net, with the weights of a frozen file.
fn net(file: &str) -> Sequential {
    let rng = &mut Rng::new(1);
    let mut net = sequential![Linear::new(784, 16, rng), Relu::new(), Linear::new(16, 10, rng)];
    net.load(golden(file)).unwrap();
    net
}

// ANCHOR: train
fn train(net: &mut Sequential, digits: &Dataset) -> Vec<f32> {
    let (mut loss, mut sgd) = (CrossEntropy::mean(), Sgd::new(0.1));
    let mut losses = Vec::new();
    for _ in 0..5 {
        for (x, labels) in digits.batches(64).in_order() {
            losses.push(loss.forward(&net.forward(&x), &labels));
            net.zero_grad();
            net.backward_params(&loss.backward());
            sgd.step(net.params_mut());
        }
    }
    losses
}
// ANCHOR_END: train

/// Holds numbers to PyTorch's, which are rounded elsewhere on the way.
#[track_caller]
fn assert_near(what: &str, ours: &Tensor, theirs: &Tensor) {
    assert_eq!(ours.shape(), theirs.shape(), "{what}");
    for (i, (a, b)) in ours.data().iter().zip(theirs.data()).enumerate() {
        assert!((a - b).abs() <= 1e-4 * (b.abs() + 0.1), "{what}, element {i}: {a}, PyTorch {b}");
    }
}

#[test]
fn the_same_loop_takes_the_same_way() {
    let (digits, more) = digits();
    let mut net = net("start.safetensors");
    let losses = Tensor::vector(&train(&mut net, &digits));
    assert_near("losses", &losses, &npy::read_tensor(golden("losses.npy")).unwrap());
    let trained = Safetensors::read(golden("trained.safetensors")).unwrap();
    for (name, param) in net.named_params() {
        assert_near(&name, &param.value, &trained.tensor(&name).unwrap());
    }
    // For `train.py --open`.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("from_here");
    std::fs::create_dir_all(&folder).unwrap();
    net.save(folder.join("trained.safetensors")).unwrap();
    npy::write_tensor(folder.join("losses.npy"), &losses).unwrap();
    npy::write_tensor(folder.join("scores.npy"), &net.predict(&more.images)).unwrap();
}

#[test]
fn a_net_that_pytorch_trained_opens_here() {
    let (_, more) = digits();
    let scores = net("trained.safetensors").predict(&more.images);
    assert_near("scores", &scores, &npy::read_tensor(golden("scores.npy")).unwrap());
}
