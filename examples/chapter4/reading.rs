//! Digits of one's own, read by a net: what it saw, the ten probabilities, and whether it was ever
//! shown the like. Chapter 6 reads with its net in the same way.

use longhand::data::digits::{CLASSES, SIDE};
use longhand::data::{Digits, Drawn, Ink, Mnist, Picture, read_pictures};
use longhand::report::{grouped, section};
use longhand::{Result, Tensor};
use std::path::Path;

/// How many pictures of one file are read.
const MOST: usize = 10;

/// A picture, and what it is called.
pub struct Named {
    pub name: String,
    pub picture: Picture,
}

/// The pictures in these files, the first few of each. It comes before the training, so that a file
/// that cannot be read is said at once.
pub fn gather(paths: &[String]) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    for path in paths {
        let pictures = read_pictures(path)?;
        let file = Path::new(path).file_name().map_or(path.clone(), |n| n.display().to_string());
        let count = pictures.len();
        for (number, picture) in pictures.into_iter().take(MOST).enumerate() {
            let name = match count {
                1 => file.clone(),
                _ => format!("{file}, {} of {}", number + 1, grouped(count)),
            };
            all.push(Named { name, picture });
        }
    }
    Ok(all)
}

// ANCHOR: known
/// Digits that the net has learnt from, to see how near to one of them a picture is.
pub struct Known {
    /// n×784, each pixel divided by 255.
    images: Tensor,
    labels: Vec<u8>,
    /// All but one in a hundred of other digits are nearer than this.
    limit: f32,
}

impl Known {
    /// Of these digits, with a limit by `others`, which the net has not learnt from.
    pub fn new(learnt: &Digits, others: &Digits) -> Self {
        let (images, labels) = (learnt.images([784], 255.0), learnt.labels().to_vec());
        let mut known = Self { images, labels, limit: f32::INFINITY };
        let mut distances: Vec<f32> =
            known.nearest(&others.images([784], 255.0)).into_iter().map(|near| near.0).collect();
        distances.sort_by(f32::total_cmp);
        known.limit = distances[distances.len() * 99 / 100];
        known
    }

    /// The distance of each image from the nearest digit, and what that shows.
    fn nearest(&self, images: &Tensor) -> Vec<(f32, u8)> {
        // |a − b|² = |a|² + |b|² − 2ab, and |a|² is the same for all b.
        let squares = self.images.square().sum_axis(1);
        let own = images.square().sum_axis(1);
        let near = images.matmul_nt(&self.images) * 2.0 - squares;
        let best = near.argmax(-1);
        let of = |(i, &best): (usize, &usize)| {
            ((own.data()[i] - near[[i, best]]).max(0.0).sqrt(), self.labels[best])
        };
        best.iter().enumerate().map(of).collect()
    }
}
// ANCHOR_END: known

/// Of the first 10,000 digits to learn from, with a limit by 1,000 of those for validation.
pub fn known(mnist: &Mnist) -> Known {
    let (learnt, others) = mnist.train_valid();
    Known::new(&learnt.split_at(10_000).0, &others.split_at(1_000).0)
}

/// Prints what the net makes of a picture: `scores` are its ten for 784 pixels of 0 to 255. Gives the
/// digit as MNIST would have it, if there is one.
pub fn read(
    Named { name, picture }: &Named,
    scores: impl Fn(&[u8]) -> Tensor,
    known: &Known,
) -> Option<Drawn> {
    section(name);
    print!("{}×{} pixels", picture.height(), picture.width());
    let Some(drawn) = Drawn::of(picture, Ink::Either) else {
        println!("\nno ink: nothing stands out from the paper, so there is nothing to read");
        return None;
    };
    let (rows, columns) = (&drawn.rows, &drawn.columns);
    let shade = if drawn.ink == Ink::Dark { "dark" } else { "light" };
    println!(
        ", the ink {shade}, in rows {} to {} and columns {} to {}\n",
        rows.start,
        rows.end - 1,
        columns.start,
        columns.end - 1
    );
    let probabilities = scores(&drawn.pixels).log_softmax().exp();
    show(&drawn.pixels, probabilities.data());
    let guess = probabilities.argmax(-1)[0];
    let pixels = drawn.pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    let (distance, label) = known.nearest(&Tensor::new([1, 784], pixels))[0];
    let percent = 100.0 * probabilities.data()[guess];
    println!("\nread as {guess}, with {percent:.1} % of the probability");
    let count = grouped(known.labels.len());
    println!("the nearest of {count} digits is labelled {label}, at a distance of {distance:.2}");
    if distance > known.limit {
        println!(
            "99 in 100 of MNIST's other digits are nearer than {:.2} to one: this is unlike\n\
             all that the net was shown, and then its probability means nothing",
            known.limit
        );
    } else if usize::from(label) != guess {
        println!("that is not what the net says, and they cannot both be right");
    }
    Some(drawn)
}

/// What the net saw, two rows of pixels a line, and beside it the probabilities.
fn show(pixels: &[u8], probabilities: &[f32]) {
    for line in 0..SIDE / 2 {
        let dark = |row: usize, column: usize| pixels[row * SIDE + column] >= 96;
        let half = |column| match (dark(2 * line, column), dark(2 * line + 1, column)) {
            (false, false) => ' ',
            (true, false) => '▀',
            (false, true) => '▄',
            (true, true) => '█',
        };
        let seen: String = (0..SIDE).map(half).collect();
        match line.checked_sub(2).filter(|&digit| digit < CLASSES) {
            None => println!("{}", format!("  {seen}").trim_end()),
            Some(digit) => {
                let percent = 100.0 * probabilities[digit];
                let bar = "█".repeat((0.3 * percent).round() as usize);
                println!("{}", format!("  {seen}  {digit} {percent:5.1} % {bar}").trim_end());
            }
        }
    }
}
