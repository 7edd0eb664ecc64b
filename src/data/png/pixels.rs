//! The pixels of a PNG picture: how bytes become samples.
//!
//! A picture is a row of lines, each of them a byte that names its filter and then the samples,
//! packed without gaps between them, the first in the highest bits. A filter has replaced each byte
//! by how much it differs from what its neighbours let one expect, which packs better.
//!
//! An *interlaced* picture comes as seven smaller ones: first a pixel of each square of 8×8, then
//! those that make it one of each 4×8, and so on, so that whoever waits sees all of it soon (Adam
//! Costello's order, called Adam7). A picture that is not is one such *pass*, of all pixels.

use super::PLACE;
use crate::deflate::DAMAGED;
use crate::{Error, ErrorKind, Result};

/// What the samples of a pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    Rgba,
}

impl Colour {
    /// By the number that stands for it in a file.
    pub(super) fn of(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Grey,
            2 => Self::Rgb,
            3 => Self::Palette,
            4 => Self::GreyAlpha,
            6 => Self::Rgba,
            _ => return None,
        })
    }

    /// How many samples a pixel has.
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Grey | Self::Palette => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// How many bits a sample may have.
    pub(super) fn depths(self) -> &'static [u8] {
        match self {
            Self::Grey => &[1, 2, 4, 8, 16],
            Self::Palette => &[1, 2, 4, 8],
            _ => &[8, 16],
        }
    }
}

/// What the first chunk of a file says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub width: usize,
    pub height: usize,
    /// Bits of a sample.
    pub depth: u8,
    pub colour: Colour,
    pub interlaced: bool,
}

/// Some of the pixels of a picture: every so many rows and columns one, from a first one on.
struct Pass {
    first: [usize; 2],
    step: [usize; 2],
    /// How many rows and columns it has.
    size: [usize; 2],
}

/// The passes of an interlaced picture: the first row and column of each, and the steps.
const ADAM7: [([usize; 2], [usize; 2]); 7] = [
    ([0, 0], [8, 8]),
    ([0, 4], [8, 8]),
    ([4, 0], [8, 4]),
    ([0, 2], [4, 4]),
    ([2, 0], [4, 2]),
    ([0, 1], [2, 2]),
    ([1, 0], [2, 1]),
];

impl Header {
    /// The greatest sample.
    pub(super) fn most(&self) -> u32 {
        (1 << self.depth) - 1
    }

    /// The passes that have any pixels.
    fn passes(&self) -> impl Iterator<Item = Pass> + use<> {
        let passes = if self.interlaced { &ADAM7[..] } else { &[([0, 0], [1, 1])] };
        let whole = [self.height, self.width];
        let pass = move |&(first, step): &([usize; 2], [usize; 2])| {
            let size = [0, 1].map(|i: usize| whole[i].saturating_sub(first[i]).div_ceil(step[i]));
            Pass { first, step, size }
        };
        passes.iter().map(pass).filter(|pass| pass.size[0] > 0 && pass.size[1] > 0)
    }

    /// The bytes of a line of so many pixels, its filter's among them.
    fn line(&self, pixels: usize) -> Option<usize> {
        let bits = self.colour.channels() * usize::from(self.depth);
        Some(1 + pixels.checked_mul(bits)?.div_ceil(8))
    }

    /// The bytes of all lines, if they can be counted.
    pub(super) fn bytes(&self) -> Option<usize> {
        self.passes().try_fold(0_usize, |bytes, Pass { size: [rows, columns], .. }| {
            bytes.checked_add(self.line(columns)?.checked_mul(rows)?)
        })
    }

    /// The lines of each pass, which are as many as [`Header::bytes`] says.
    fn pass_lines<'a>(
        &self,
        mut lines: &'a mut [u8],
    ) -> impl Iterator<Item = (usize, &'a mut [u8])> {
        self.passes().map(move |pass| {
            let line = self.line(pass.size[1]).expect("the bytes have been counted");
            let (these, rest) = std::mem::take(&mut lines).split_at_mut(line * pass.size[0]);
            lines = rest;
            (line, these)
        })
    }

    /// Undoes the filter of each line.
    pub(super) fn unfilter(&self, lines: &mut [u8]) -> Result<()> {
        // The byte to the left belongs to the pixel before, or is the one before.
        let left = (self.colour.channels() * usize::from(self.depth) / 8).max(1);
        let zeros = vec![0; self.line(self.width).expect("the bytes have been counted")];
        for (length, pass) in self.pass_lines(lines) {
            let mut above = &zeros[..length];
            for (number, line) in pass.chunks_mut(length).enumerate() {
                undo(line, above, left).map_err(|filter| {
                    Error::new(ErrorKind::Format, PLACE)
                        .found(format!("filter {filter} of line {number}"))
                        .expected("0 to 4")
                        .help(DAMAGED)
                })?;
                above = line;
            }
        }
        Ok(())
    }

    /// Hands over the samples of each pixel, with its place counted row by row; those that a pixel
    /// has not are 0.
    pub(super) fn for_each_pixel(&self, mut lines: &[u8], mut see: impl FnMut(usize, [u16; 4])) {
        let channels = self.colour.channels();
        for Pass { first, step, size: [rows, columns] } in self.passes() {
            let length = self.line(columns).expect("the bytes have been counted");
            let (pass, rest) = lines.split_at(length * rows);
            lines = rest;
            for (row, line) in pass.chunks(length).enumerate() {
                let start = (first[0] + row * step[0]) * self.width + first[1];
                for column in 0..columns {
                    let mut samples = [0; 4];
                    for (channel, to) in samples[..channels].iter_mut().enumerate() {
                        *to = sample(
                            &line[1..],
                            usize::from(self.depth),
                            column * channels + channel,
                        );
                    }
                    see(start + column * step[1], samples);
                }
            }
        }
    }

    /// Sees that each sample is the number of one of these colours.
    pub(super) fn check_colours(&self, lines: &[u8], colours: usize) -> Result<()> {
        let mut wrong = None;
        self.for_each_pixel(lines, |index, [colour, ..]| {
            if usize::from(colour) >= colours && wrong.is_none() {
                wrong = Some((index, colour));
            }
        });
        let Some((index, colour)) = wrong else { return Ok(()) };
        let (row, column) = (index / self.width, index % self.width);
        Err(Error::new(ErrorKind::Format, PLACE)
            .found(format!("colour {colour} in row {row}, column {column}"))
            .expected(format!("one of the {colours} of the palette, counted from 0"))
            .help(DAMAGED))
    }
}

/// The sample of this number in a line.
fn sample(line: &[u8], depth: usize, number: usize) -> u16 {
    match depth {
        16 => u16::from_be_bytes([line[2 * number], line[2 * number + 1]]),
        8 => u16::from(line[number]),
        _ => {
            let bit = number * depth;
            u16::from(line[bit / 8] >> (8 - depth - bit % 8)) & ((1 << depth) - 1)
        }
    }
}

/// Adds to each byte what its filter expected: the byte `left` before it, the one above, their mean,
/// or whichever of three neighbours is likeliest. An error gives the number of no filter.
fn undo(line: &mut [u8], above: &[u8], left: usize) -> Result<(), u8> {
    let filter = std::mem::take(&mut line[0]);
    for at in 1..line.len() {
        let before = |line: &[u8]| if at > left { line[at - left] } else { 0 };
        let (a, b, c) = (before(line), above[at], before(above));
        let expected = match filter {
            0 => 0,
            1 => a,
            2 => b,
            3 => ((u16::from(a) + u16::from(b)) / 2) as u8,
            4 => paeth(a, b, c),
            other => return Err(other),
        };
        line[at] = line[at].wrapping_add(expected);
    }
    Ok(())
}

/// The neighbour (left, above, above left) that is nearest to left + above − above left: the value
/// on the plane through the three. (Alan Paeth; where two are as near, the first.)
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let [left, above, corner] = [a, b, c].map(i16::from);
    let plane = left + above - corner;
    let [to_left, to_above, to_corner] = [left, above, corner].map(|value| (plane - value).abs());
    match () {
        () if to_left <= to_above && to_left <= to_corner => a,
        () if to_above <= to_corner => b,
        () => c,
    }
}
