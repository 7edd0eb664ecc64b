//! A drawing of the steps from a picture to a digit like MNIST's.

use longhand::data::digits::SIDE;
use longhand::data::drawn::FIT;
use longhand::data::{Drawn, Ink, Picture};
use longhand::report::ImageGrid;

/// The side of each image in the drawing: four times a digit's.
const WIDE: usize = 4 * SIDE;

/// The picture with its digit framed, the digit alone, scaled, and centred.
pub fn steps(picture: &Picture, drawn: &Drawn) -> ImageGrid {
    let whole = [picture.height(), picture.width()];
    let ink = |row: usize, column: usize| match drawn.ink {
        Ink::Light => picture.row(row)[column],
        _ => 255 - picture.row(row)[column],
    };
    let (rows, columns) = (&drawn.rows, &drawn.columns);
    let mut framed = fitted(whole, WIDE, ink);
    frame(&mut framed, whole, drawn);
    let alone = fitted([rows.len(), columns.len()], WIDE, |row, column| {
        ink(rows.start + row, columns.start + column)
    });
    let pixel = |row: usize, column: usize| drawn.pixels[row * SIDE + column];
    let scaled = fitted(drawn.size, 5 * FIT, |row, column| {
        pixel(drawn.corner[0] + row, drawn.corner[1] + column)
    });
    ImageGrid::new("From a picture to a digit", WIDE, WIDE)
        .columns(4)
        .range(0.0, 255.0)
        .image(&framed, "found")
        .image(&alone, "cut out")
        .image(&scaled, "scaled to 20")
        .image(&fitted([SIDE; 2], WIDE, pixel), "centred in 28")
}

/// How large a picture of this size is when its longer side is `longest`, and where it begins in the
/// middle of an image.
fn place(size: [usize; 2], longest: usize) -> ([usize; 2], [usize; 2]) {
    let longer = size[0].max(size[1]);
    let shown = size.map(|length| (length * longest / longer).max(1));
    (shown, shown.map(|length| (WIDE - length) / 2))
}

/// A picture in the middle of an image, its longer side `longest`: each pixel as the one that it
/// falls on.
fn fitted(size: [usize; 2], longest: usize, ink: impl Fn(usize, usize) -> u8) -> Vec<u8> {
    let (shown, start) = place(size, longest);
    let mut image = vec![0; WIDE * WIDE];
    for row in 0..shown[0] {
        for column in 0..shown[1] {
            let ink = ink(row * size[0] / shown[0], column * size[1] / shown[1]);
            image[(start[0] + row) * WIDE + start[1] + column] = ink;
        }
    }
    image
}

/// Draws a frame around where the digit was found.
fn frame(image: &mut [u8], size: [usize; 2], drawn: &Drawn) {
    let (shown, start) = place(size, WIDE);
    let at =
        |index: usize, axis: usize| (start[axis] + index * shown[axis] / size[axis]).min(WIDE - 1);
    let [top, foot] = [drawn.rows.start, drawn.rows.end].map(|row| at(row, 0));
    let [left, right] = [drawn.columns.start, drawn.columns.end].map(|column| at(column, 1));
    for column in left..=right {
        image[top * WIDE + column] = 255;
        image[foot * WIDE + column] = 255;
    }
    for row in top..=foot {
        image[row * WIDE + left] = 255;
        image[row * WIDE + right] = 255;
    }
}
