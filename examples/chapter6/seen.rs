//! What the trained net's layers see: the maps of one digit, and what the second layer answers to.

use crate::figures::enlarged;
use longhand::data::Dataset;
use longhand::layers::Sequential;
use longhand::report::{Figure, ImageGrid};
use longhand::{Result, Tensor};

/// What the first `count` layers make of these images.
fn through(net: &Sequential, count: usize, images: &Tensor) -> Tensor {
    net.layers[..count].iter().fold(images.clone(), |x, layer| layer.predict(&x))
}

/// How large each map is drawn: 24×24 as it is, 8×8 with each number as a square.
const WIDE: usize = 24;

/// The maps of one digit behind the first rectifier and behind the second.
pub fn maps(net: &Sequential, digit: &Tensor) -> Result<()> {
    for (name, title, layers) in [
        ("chapter6-maps-first", "One digit behind the first convolution", 2),
        ("chapter6-maps-second", "The same digit behind the second", 5),
    ] {
        let maps = through(net, layers, digit);
        let (side, most) = (maps.shape()[2], f64::from(maps.max()));
        let mut sheet = ImageGrid::new(title, WIDE, WIDE).columns(10);
        // A little below 0 is paper, so that an empty map is seen to be one.
        sheet = sheet.range(-0.1 * most, most);
        for map in maps.data().chunks(side * side) {
            sheet = sheet.image(&enlarged(map, side, WIDE / side), "");
        }
        println!("figure: {}", sheet.save_figure(name)?);
    }
    Ok(())
}

/// How many pixels a place of the second convolution sees, down and across.
const SEEN: usize = 14;

/// For some kernels of the second layer, the pieces of digits to which each answers most strongly.
pub fn answers(net: &Sequential, digits: &Dataset) -> Result<()> {
    let (kernels, ranks) = (10, 4);
    let answers = through(net, 4, &digits.images);
    let [_, channels, down, across] = *answers.shape() else { panic!("[n, c, h, w]") };
    let places = down * across;
    let pieces: Vec<Vec<Vec<f32>>> = (0..kernels)
        .map(|kernel| {
            let of = |n: usize| &answers.data()[(n * channels + kernel) * places..][..places];
            let best = |n: usize| {
                let place = (0..places).max_by(|&a, &b| of(n)[a].total_cmp(&of(n)[b]));
                let place = place.expect("a place");
                (of(n)[place], n, place)
            };
            let mut strongest: Vec<_> = (0..digits.len()).map(best).collect();
            strongest.sort_by(|a, b| b.0.total_cmp(&a.0));
            let piece = |&(_, n, place): &(f32, usize, usize)| {
                // A place is two pixels from the next, for there is one pooling in front.
                let (top, left) = (2 * (place / across), 2 * (place % across));
                let digit = digits.images.rows(n..n + 1).slice(2, top..top + SEEN);
                digit.slice(3, left..left + SEEN).into_vec()
            };
            strongest[..ranks].iter().map(piece).collect()
        })
        .collect();
    let range = [digits.images.min(), digits.images.max()].map(f64::from);
    let sheet = ImageGrid::new("What ten kernels of the second layer answer to", SEEN, SEEN);
    let mut sheet = sheet.columns(kernels).range(range[0], range[1]);
    for rank in 0..ranks {
        for kernel in &pieces {
            sheet = sheet.image(&kernel[rank], "");
        }
    }
    println!("figure: {}", sheet.save_figure("chapter6-answers")?);
    Ok(())
}
