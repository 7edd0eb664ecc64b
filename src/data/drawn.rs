//! A digit of one's own, made like those of MNIST: found, scaled, centred (chapter 4).
//!
//! The makers of MNIST scaled each digit to fit a square of 20 pixels, keeping its proportions;
//! greys came in where a small pixel covers black and white ones. Then they placed it in a square of
//! 28 so that its centre of mass stands in the middle. (Yann LeCun, Corinna Cortes and Christopher
//! Burges, "The MNIST database of handwritten digits", 1998; Chhavi Yadav and Léon Bottou, "Cold
//! case: the lost MNIST digits", 2019, tell what else was found out about it.) What the page leaves
//! open is read off the files: no digit but three in the 10,000 for testing is shorter than 20
//! pixels both ways, the centre lies at row and column 14, to the next whole pixel, and the
//! strongest pixel has 254 or 255.
//!
//! All of it is done in whole numbers, so that the pixels are the same on every machine.

use super::digits::{PIXELS, SIDE};
use super::picture::Picture;
use std::ops::Range;

/// The square that a digit is scaled to fit, in pixels.
pub const FIT: usize = 20;

/// Row and column of the centre of mass, counted from 0.
const CENTRE: usize = 14;

/// What is to be taken for ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// What is darker than the paper.
    Dark,
    /// What is lighter, as chalk is on a board.
    Light,
    /// Whichever of the two there is more of.
    Either,
}

/// A digit as MNIST has it, and how it came to be so.
///
/// ```
/// use longhand::data::{Drawn, Ink, Picture};
/// // A stroke downward, dark on light paper.
/// let pixels = (0..40 * 60).map(|i| if i % 60 == 50 { 20 } else { 240 }).collect();
/// let picture = Picture::new(40, 60, pixels);
/// let drawn = Drawn::of(&picture, Ink::Either).expect("a stroke");
/// assert_eq!((drawn.ink, drawn.rows.clone(), drawn.columns.clone()), (Ink::Dark, 0..40, 50..51));
/// // It is 20 pixels long now, one wide, and stands in the middle.
/// let column: Vec<u8> = (0..28).map(|row| drawn.pixels[28 * row + 14]).collect();
/// assert!(column[..4] == [0; 4] && column[4..24] == [255; 20] && column[24..] == [0; 4]);
///
/// let empty = Picture::new(2, 2, vec![240; 4]);
/// assert_eq!(Drawn::of(&empty, Ink::Either), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// 28×28 pixels, row by row, 0 (paper) to 255 (ink).
    pub pixels: [u8; PIXELS],
    /// What was taken for ink, `Dark` or `Light`.
    pub ink: Ink,
    /// The rows of the picture in which ink was found.
    pub rows: Range<usize>,
    /// The columns.
    pub columns: Range<usize>,
    /// How many rows and columns the digit has once it is scaled, the larger of them 20.
    pub size: [usize; 2],
    /// The row and the column of the 28×28 pixels in which it begins.
    pub corner: [usize; 2],
}

impl Drawn {
    /// Finds the one digit of a picture, scales it and centres it.
    ///
    /// Paper is the grey in the middle of those along the edge of the picture, so a digit may touch
    /// the edge, but must not fill half of it. How far the others along the edge are from it says
    /// how uneven the paper is. Ink is what differs from paper by more than eight times as much, and
    /// by more than fifteen of the 255 steps from black to white. `None` if there is none.
    #[must_use]
    pub fn of(picture: &Picture, ink: Ink) -> Option<Self> {
        let sheet = Sheet::of(picture, ink)?;
        let (rows, columns) = sheet.found()?;
        let (size, scaled) = sheet.scaled(&rows, &columns);
        let corner = corner(size, &scaled);
        let mut pixels = [0; PIXELS];
        for (row, line) in scaled.chunks(size[1]).enumerate() {
            pixels[(corner[0] + row) * SIDE + corner[1]..][..size[1]].copy_from_slice(line);
        }
        Some(Self { pixels, ink: sheet.ink, rows, columns, size, corner })
    }
}

/// A picture, and what in it is paper.
struct Sheet<'a> {
    picture: &'a Picture,
    /// The grey of the paper.
    paper: u8,
    /// `Dark` or `Light`.
    ink: Ink,
    /// The least difference from paper that is ink.
    least: u8,
}

impl<'a> Sheet<'a> {
    fn of(picture: &'a Picture, ink: Ink) -> Option<Self> {
        let mut edge = edge(picture);
        let paper = median(&mut edge);
        edge.iter_mut().for_each(|grey| *grey = grey.abs_diff(paper));
        let uneven = median(&mut edge).saturating_mul(8).max(15);

        let all = |ink| {
            let strengths = picture.pixels().iter().map(move |&grey| strength(ink, paper, grey));
            strengths.filter(|&strength| strength > uneven)
        };
        let sum = |ink| all(ink).map(u64::from).sum::<u64>();
        let ink = match ink {
            Ink::Either if sum(Ink::Light) > sum(Ink::Dark) => Ink::Light,
            Ink::Either => Ink::Dark,
            told => told,
        };
        all(ink).next()?;
        Some(Self { picture, paper, ink, least: uneven + 1 })
    }

    /// How strong the ink is in a pixel: 0 where there is none.
    fn ink(&self, row: usize, column: usize) -> u8 {
        let strength = strength(self.ink, self.paper, self.picture.row(row)[column]);
        if strength < self.least { 0 } else { strength }
    }

    /// The rows and the columns from the first that holds ink to the last.
    fn found(&self) -> Option<(Range<usize>, Range<usize>)> {
        let (height, width) = (self.picture.height(), self.picture.width());
        let row = |&row: &usize| (0..width).any(|column| self.ink(row, column) > 0);
        let column = |&column: &usize| (0..height).any(|row| self.ink(row, column) > 0);
        let rows = (0..height).find(row)?..(0..height).rfind(row)? + 1;
        let columns = (0..width).find(column)?..(0..width).rfind(column)? + 1;
        Some((rows, columns))
    }

    // ANCHOR: scaled
    /// These pixels, so that the longer side becomes 20: how many rows and columns, and the ink of
    /// each new pixel, the strongest 255.
    ///
    /// A new pixel is the mean of what it covers, each old pixel counted by the area that lies
    /// within. With H rows to be h, let an old row be h long and a new one H: then both begin and
    /// end at whole numbers, and so do the parts that they share.
    fn scaled(&self, rows: &Range<usize>, columns: &Range<usize>) -> ([usize; 2], Vec<u8>) {
        let (height, width) = (rows.len(), columns.len());
        let longer = height.max(width);
        let fit = |length: usize| ((2 * length * FIT + longer) / (2 * longer)).max(1);
        let (down, across) = (shares(height, fit(height)), shares(width, fit(width)));
        let mut sums = Vec::with_capacity(down.len() * across.len());
        for parts in &down {
            for pieces in &across {
                let mut sum = 0;
                for &(row, tall) in parts {
                    for &(column, wide) in pieces {
                        let ink = self.ink(rows.start + row, columns.start + column);
                        sum += tall * wide * u64::from(ink);
                    }
                }
                sums.push(sum);
            }
        }
        let most = sums.iter().copied().max().unwrap_or(0).max(1);
        let pixels = sums.iter().map(|sum| ((2 * sum * 255 + most) / (2 * most)) as u8);
        ([down.len(), across.len()], pixels.collect())
    }
    // ANCHOR_END: scaled
}

/// How much darker or lighter than paper a grey is, as this ink would make it.
fn strength(ink: Ink, paper: u8, grey: u8) -> u8 {
    match ink {
        Ink::Light => grey.saturating_sub(paper),
        _ => paper.saturating_sub(grey),
    }
}

/// Along each of `new` lengths, the old ones that share some of it, and how much, where `old` of
/// length `new` are as long as `new` of length `old`.
fn shares(old: usize, new: usize) -> Vec<Vec<(usize, u64)>> {
    let share = |to: usize| {
        let (start, end) = (to * old, (to + 1) * old);
        let shared = move |from: usize| {
            let length = end.min((from + 1) * new) - start.max(from * new);
            (from, length as u64)
        };
        (start / new..end.div_ceil(new)).map(shared).collect()
    };
    (0..new).map(share).collect()
}

// ANCHOR: centred
/// Where in the 28×28 pixels a digit of this size begins if its centre of mass is to be in the
/// middle, as far as there is room.
fn corner(size: [usize; 2], pixels: &[u8]) -> [usize; 2] {
    let total: usize = pixels.iter().map(|&ink| usize::from(ink)).sum();
    let place = |length: usize, at: &dyn Fn(usize) -> usize| {
        let moment: usize =
            pixels.iter().enumerate().map(|(i, &ink)| usize::from(ink) * at(i)).sum();
        // The first whole number that is not below 14 − ½ − moment ÷ total.
        let (ahead, behind) = ((2 * CENTRE - 1) * total, 2 * moment);
        ahead.saturating_sub(behind).div_ceil(2 * total).min(SIDE - length)
    };
    [place(size[0], &|i| i / size[1]), place(size[1], &|i| i % size[1])]
}
// ANCHOR_END: centred

/// The pixels along the edge of a picture.
fn edge(picture: &Picture) -> Vec<u8> {
    let (height, width) = (picture.height(), picture.width());
    let mut edge = [picture.row(0), picture.row(height - 1)].concat();
    for row in 0..height {
        edge.extend([picture.row(row)[0], picture.row(row)[width - 1]]);
    }
    edge
}

/// The one in the middle.
fn median(greys: &mut [u8]) -> u8 {
    let middle = greys.len() / 2;
    *greys.select_nth_unstable(middle).1
}
