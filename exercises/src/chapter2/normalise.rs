//! 2.1: normalising by what is known from training.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

type M = Tensor<f64>;

/// `images` `[n, pixels]`, normalised as the training images `[m, pixels]` would be.
pub type Normalise = fn(train: &M, images: &M) -> M;

/// The exercise.
pub static NORMALISE: Exercise<Normalise> = Exercise {
    facts: Facts {
        number: (2, 1),
        name: "normalise",
        title: "One image at a time",
        minutes: 10,
        points: 1,
        see: "Normalising",
        hint: "`mean()` and `std()` of a tensor are those of all its numbers. Of which tensor must \
               they be, so that an image becomes the same whatever else is in its batch?",
    },
    refused: &[],
    check,
    solution: solution::normalise,
    second: second::normalise,
    mistakes: &[
        Mistake {
            answer: |_, images| (images - images.mean()) / images.std(),
            says: "You normalise the images by their own mean and deviation. Then the same grey \
                   becomes another number in every batch; and one image alone tells nothing of \
                   how bright it is.",
            see: None,
        },
        Mistake {
            answer: |train, images| images - train.mean(),
            says: "You take the mean off and do not divide by the deviation.",
            see: None,
        },
        Mistake {
            answer: |train, images| images / train.std(),
            says: "You divide by the deviation and do not take the mean off.",
            see: None,
        },
        Mistake {
            answer: |train, images| (images - train.mean()) / train.var(),
            says: "You divide by the variance. The deviation is its root, and has the unit of the \
                   numbers; only so does doubling all of them change nothing.",
            see: Some("Four words from probability"),
        },
        Mistake {
            answer: |train, images| images / train.std() - train.mean(),
            says: "You divide first and then take off a mean that was not divided.",
            see: None,
        },
        Mistake {
            answer: |train, images| {
                let deviation = (train - train.mean()).square().mean().sqrt();
                (images - train.mean()) / deviation
            },
            says: "Your variance is the mean of the squares, divided by their number n. `std()` \
                   divides by n − 1, as PyTorch does, since the mean was made from the same \
                   numbers. With millions of pixels nobody sees it; with four one does.",
            see: Some("Four words from probability"),
        },
        Mistake {
            answer: |train, images| {
                let m = train.shape()[0] as f64;
                let mean = train.sum_axis(0) / m;
                let var = (train - &mean).square().sum_axis(0) / (m - 1.0);
                (images - &mean) / var.sqrt()
            },
            says: "You take a mean and a deviation for each pixel. Here one of each serves all \
                   pixels: a pixel at the border that never changes has a deviation of 0.",
            see: None,
        },
    ],
    wrong: &[
        (
            |_, images| {
                let n = images.len() as f64;
                let mean = images.data().iter().sum::<f64>() / n;
                let square = images.data().iter().map(|x| (x - mean).powi(2)).sum::<f64>();
                images.map(|x| (x - mean) / (square / (n - 1.0)).sqrt())
            },
            "by their own mean and deviation",
        ),
        (|train, images| -solution::normalise(train, images), "opposite sign"),
        (|_, images| images.clone(), "the input itself"),
    ],
    equivalent: &[],
};

fn check(normalise: Normalise, trial: &mut Trial) {
    let train = Tensor::new([2, 2], vec![0.0, 2.0, 4.0, 6.0]);
    let image = Tensor::new([1, 2], vec![3.0, 8.0]);
    trial.paper(format!("train = {train}, image = {image}; the mean is 3, the variance 20/3"));
    trial.given(&image);
    if let Some(found) = trial.call(|| normalise(&train, &image)) {
        let root = (20.0_f64 / 3.0).sqrt();
        trial.near("images", &found, &Tensor::new([1, 2], vec![0.0, 5.0 / root]));
    }
    for (seed, [m, n, pixels]) in [[5, 3, 4], [7, 1, 6], [2, 9, 3]].into_iter().enumerate() {
        let seed = seed as u64;
        let (train, images) =
            (normal(&[m, pixels], seed) * 3.0 + 5.0, normal(&[n, pixels], seed + 9));
        trial.case(format!("{m} training images and {n} others, of {pixels} pixels"));
        trial.given(&images);
        let Some(found) = trial.call(|| normalise(&train, &images)) else { continue };
        trial.near("images", &found, &((&images - train.mean()) / train.std()));
        // The last image alone must come out as it does in its batch.
        if let Some(alone) = trial.call(|| normalise(&train, &images.rows(n - 1..n))) {
            let right = (&images.rows(n - 1..n) - train.mean()) / train.std();
            trial.near("one image alone", &alone, &right);
        }
    }
}
