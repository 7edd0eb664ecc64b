//! Images of handwritten digits and what each of them shows (chapters 2 and 4).

use super::dataset::Dataset;
use super::idx::{Idx, IdxData};
use crate::tensor::Shape;
use crate::{Error, ErrorKind, Result, Rng, Scalar, Tensor};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Pixels along each side of an image.
pub const SIDE: usize = 28;

/// Pixels in an image, row by row: 784.
pub const PIXELS: usize = SIDE * SIDE;

/// How many kinds of digit there are: the labels are 0 to 9.
pub const CLASSES: usize = 10;

/// Images of digits and their labels.
///
/// Pixels are kept as the bytes they come in, 0 (paper) to 255 (ink), and shared: a clone or a part
/// costs next to nothing. [`Digits::images`] makes numbers of them.
///
/// ```
/// use longhand::data::Mnist;
/// let digits = Mnist::load()?.test;
/// assert_eq!(digits.len(), 10_000);
/// assert_eq!(digits.labels()[..5], [7, 2, 1, 0, 4]);
/// let images = digits.images::<f32>([784], 256.0);
/// assert_eq!(images.shape(), [10_000, 784]);
/// # Ok::<(), longhand::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Digits {
    /// The pixels that these digits share with others: 784 an image.
    pixels: Arc<Vec<u8>>,
    /// Which image of `pixels` is the first of these.
    first: usize,
    /// What each of these shows.
    labels: Vec<u8>,
}

/// Says how many there are, not what each of them looks like.
impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} digits", self.len())
    }
}

impl Digits {
    /// Reads two IDX files, plain or gzipped: images of 28 by 28 pixels, and their labels.
    ///
    /// # Errors
    /// If a file cannot be read or is damaged, if the images are not n×28×28 bytes, the labels not
    /// n bytes of 0 to 9, or the two n differ.
    pub fn read(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Self> {
        Self::read_at_most(images, labels, usize::MAX)
    }

    /// [`Digits::read`], with an error if there are more than `limit` digits, plain or gzipped.
    ///
    /// A gzipped file can unpack to a thousand times its size. Where it is not trusted, this bounds
    /// the memory it can take.
    ///
    /// # Errors
    /// As [`Digits::read`], and beyond the limit.
    pub fn read_at_most(
        images: impl AsRef<Path>,
        labels: impl AsRef<Path>,
        limit: usize,
    ) -> Result<Self> {
        let (images, labels) = (images.as_ref(), labels.as_ref());
        // Before the bytes of the digits stand 16 and 8 bytes of header.
        let (dims, pixels) = read_bytes(images, "n×28×28", limit.saturating_mul(PIXELS), 16)?;
        if dims.len() != 3 || dims[1..] != [SIDE, SIDE] {
            return Err(Error::new(ErrorKind::Mismatch, images.display())
                .at(3)
                .found(format!("bytes of shape {dims:?}"))
                .expected("images of shape n×28×28")
                .help("is this the file of images?"));
        }
        let (label_dims, label_bytes) = read_bytes(labels, "n", limit, 8)?;
        if label_dims.len() != 1 {
            return Err(Error::new(ErrorKind::Mismatch, labels.display())
                .at(3)
                .found(format!("bytes of shape {label_dims:?}"))
                .expected("labels of shape n")
                .help("is this the file of labels?"));
        }
        if label_dims[0] != dims[0] {
            return Err(Error::new(ErrorKind::Mismatch, labels.display())
                .at(4)
                .found(format!("{} labels", label_dims[0]))
                .expected(format!("{}, one for each image in {}", dims[0], images.display()))
                .help("do the two files belong together?"));
        }
        if let Some(index) = label_bytes.iter().position(|&label| usize::from(label) >= CLASSES) {
            return Err(Error::new(ErrorKind::Mismatch, labels.display())
                .at(8 + index as u64)
                .found(format!("label {}", label_bytes[index]))
                .expected("0 to 9")
                .help("is this the file of labels?"));
        }
        Ok(Self { pixels: Arc::new(pixels), first: 0, labels: label_bytes })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All pixels, 784 for each digit, 0 (paper) to 255 (ink).
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels[self.first * PIXELS..][..self.len() * PIXELS]
    }

    /// The pixels of one digit, row by row.
    ///
    /// # Panics
    /// If there is no such digit.
    #[track_caller]
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        assert!(index < self.len(), "there are {} digits, so no number {index}", self.len());
        &self.pixels()[index * PIXELS..][..PIXELS]
    }

    /// What each digit shows, 0 to 9.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The first `count`, and the others. Both share the pixels.
    ///
    /// # Panics
    /// If there are fewer than `count`.
    #[track_caller]
    #[must_use]
    pub fn split_at(&self, count: usize) -> (Self, Self) {
        assert!(count <= self.len(), "there are {} digits, so not {count}", self.len());
        let part = |first, labels: &[u8]| Self {
            pixels: Arc::clone(&self.pixels),
            first: self.first + first,
            labels: labels.to_vec(),
        };
        (part(0, &self.labels[..count]), part(count, &self.labels[count..]))
    }

    /// The same images under other labels, such as noisy ones. Both share the pixels.
    ///
    /// # Panics
    /// If there are not as many labels as images, or one is above 9.
    #[track_caller]
    #[must_use]
    pub fn with_labels(&self, labels: Vec<u8>) -> Self {
        assert!(labels.len() == self.len(), "{} labels for {} images", labels.len(), self.len());
        if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= CLASSES) {
            panic!("label {label} for an image of a digit: it must be 0 to 9");
        }
        Self { labels, ..self.clone() }
    }

    /// The same images with a part of the labels redrawn from all ten, as chapter 8 wants them.
    ///
    /// `fraction` of them, to the nearest whole number, are drawn again without regard to what they
    /// were; so one in ten of these comes out right all the same. Equal states of `rng` give equal
    /// labels.
    ///
    /// # Panics
    /// If `fraction` is not from 0 to 1.
    #[track_caller]
    #[must_use]
    pub fn with_noise(&self, fraction: f64, rng: &mut Rng) -> Self {
        assert!((0.0..=1.0).contains(&fraction), "{fraction} of the labels: give 0 to 1");
        let redrawn = (fraction * self.len() as f64).round() as usize;
        let mut labels = self.labels.clone();
        for &index in &rng.permutation(self.len())[..redrawn] {
            labels[index] = rng.below(CLASSES) as u8;
        }
        self.with_labels(labels)
    }

    /// The images as numbers, pixel ÷ `divisor`, each image in the shape `each`: `[784]` for a
    /// fully connected net, `[1, 28, 28]` for a convolutional one.
    ///
    /// fast.ai's notebook divides by 256 (chapters 2 to 4), the WTB notebook by 255 (chapter 8).
    ///
    /// # Panics
    /// If `each` does not hold 784 elements.
    #[track_caller]
    pub fn images<T: Scalar>(&self, each: impl Into<Shape>, divisor: f64) -> Tensor<T> {
        let each = each.into();
        assert!(each.count() == PIXELS, "an image has {PIXELS} pixels, which {each} does not hold");
        let shape: Shape = [self.len()].iter().chain(each.iter()).copied().collect();
        let divisor = T::from_f64(divisor);
        let numbers = self.pixels().iter().map(|&pixel| T::from_f64(f64::from(pixel)) / divisor);
        Tensor::new(shape, numbers.collect())
    }

    /// [`Digits::images`] together with the labels.
    ///
    /// # Panics
    /// If `each` does not hold 784 elements.
    #[track_caller]
    pub fn dataset<T: Scalar>(&self, each: impl Into<Shape>, divisor: f64) -> Dataset<T> {
        let labels = self.labels.iter().map(|&label| usize::from(label)).collect();
        Dataset::new(self.images(each, divisor), labels)
    }
}

/// The dimensions and the elements of an IDX file that must hold bytes, at most `limit` of them
/// after its header.
fn read_bytes(
    path: &Path,
    shape: &str,
    limit: usize,
    header: usize,
) -> Result<(Vec<usize>, Vec<u8>)> {
    let fault = |kind| Error::new(kind, path.display());
    match Idx::read_at_most(path, limit.saturating_add(header))?.into_parts() {
        (dims, IdxData::U8(bytes)) if bytes.len() <= limit => Ok((dims, bytes)),
        (dims, IdxData::U8(bytes)) => Err(fault(ErrorKind::Limit)
            .at(4)
            .found(format!("{} bytes, of shape {dims:?}", bytes.len()))
            .expected(format!("at most {limit} bytes"))
            .help("is this the right file? If it is, raise the limit")),
        (dims, _) => Err(fault(ErrorKind::Mismatch)
            .at(2)
            .found(format!("elements of another type than u8, of shape {dims:?}"))
            .expected(format!("type 0x08, u8, of shape {shape}"))
            .help("is this a file of digits?")),
    }
}
