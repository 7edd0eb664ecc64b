//! Chapter 4's short run, an epoch at a time; and the net that comes out of it, to be drawn for.

use crate::draw::answer;
use crate::short::ShortRun;
use crate::{give, input};
use longhand::Tensor;
use longhand::data::{Dataset, Idx, IdxData, gunzip};
use std::cell::RefCell;

thread_local! {
    static RUN: RefCell<Option<ShortRun>> = const { RefCell::new(None) };
}

/// Runs this on the training that was begun.
fn with_run<R>(f: impl FnOnce(&mut ShortRun) -> R) -> R {
    RUN.with_borrow_mut(|run| f(run.as_mut().expect("train_begin comes first")))
}

// ANCHOR: train
/// Begins. The input is the digits' images and behind them their labels, two gzipped IDX files.
/// `images` is how many bytes of it are the images. Gives the number of epochs.
#[unsafe(no_mangle)]
pub extern "C" fn train_begin(images: usize) -> usize {
    let bytes = input();
    let (images, labels) = bytes.split_at(images);
    let [images, labels] =
        [images, labels].map(|file| Idx::from_bytes(&gunzip(file).expect("gzip")).expect("IDX"));
    let count = images.dims()[0];
    let pixels: Tensor = images.to_tensor().expect("n×28×28");
    let (_, IdxData::U8(labels)) = labels.into_parts() else { panic!("labels are bytes") };
    let labels = labels.into_iter().map(usize::from).collect();
    let digits = Dataset::new(pixels.reshape([count, 784]) / 256.0, labels);
    RUN.set(Some(ShortRun::new(&digits)));
    ShortRun::EPOCHS
}

/// One epoch more: gives the loss of each batch.
#[unsafe(no_mangle)]
pub extern "C" fn train_epoch() -> usize {
    give(with_run(ShortRun::epoch))
}

/// How many in a hundred of the digits held back are read.
#[unsafe(no_mangle)]
pub extern "C" fn train_accuracy() -> f64 {
    with_run(|run| run.accuracy())
}

/// The hash over the bits of every weight.
#[unsafe(no_mangle)]
pub extern "C" fn train_hash() -> u64 {
    with_run(|run| run.hash())
}
// ANCHOR_END: train

/// What the net that was trained here makes of a drawing; see [`crate::draw`].
#[unsafe(no_mangle)]
pub extern "C" fn train_read(height: usize, width: usize) -> usize {
    with_run(|run| {
        let seen = |ink: &Tensor| run.normalized(ink.reshape([1, 784]) * (255.0 / 256.0));
        answer(height, width, &run.net, seen, &[])
    })
}
