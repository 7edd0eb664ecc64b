//! A grey picture of any size, such as a file of one's own holds (chapter 4).

use crate::tensor::element_count;
use std::fmt;

/// Grey pixels, row by row from the top, 0 (black) to 255 (white).
///
/// ```
/// use longhand::data::Picture;
/// let picture = Picture::new(2, 3, vec![255, 0, 255, 255, 0, 255]);
/// assert_eq!((picture.height(), picture.width(), picture.row(1)), (2, 3, &[255, 0, 255][..]));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    height: usize,
    width: usize,
    pixels: Vec<u8>,
}

/// Says how large it is, not what it shows.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a picture of {}×{} pixels", self.height, self.width)
    }
}

impl Picture {
    /// A picture of so many rows and columns.
    ///
    /// # Panics
    /// If there are not height·width pixels, or none.
    #[track_caller]
    #[must_use]
    pub fn new(height: usize, width: usize, pixels: Vec<u8>) -> Self {
        let count = element_count(&[height, width]);
        if pixels.is_empty() || count != Some(pixels.len()) {
            panic!("{} pixels for a picture of {height}×{width}", pixels.len());
        }
        Self { height, width, pixels }
    }

    /// How many rows it has.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// How many columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// All pixels.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixels of one row.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    #[must_use]
    pub fn row(&self, row: usize) -> &[u8] {
        &self.pixels[row * self.width..][..self.width]
    }
}
