//! Sheets of small grey images: the digits, and what a net took them for.

use crate::deflate::crc32;
use std::fmt::Display;

use super::frame::{self, LINE};
use super::png;
use super::svg::{Anchor, Svg, WIDTH, n};
use super::{Figure, numbers};

/// The most units that a pixel is wide.
const PIXEL: f64 = 4.0;
/// The pixels between two images.
const GAP: usize = 4;

/// Images of one size in rows, each with a caption below.
///
/// Pixels go from 0 (paper) to 1 (ink), or to 255 if any is greater than 1, unless
/// [`range`](Self::range) says otherwise. They are shown in sixteen shades. The ink is the page's
/// text colour, dark on light or light on dark.
///
/// ```
/// use longhand::report::{Figure, ImageGrid};
/// let cross = [0, 255, 0, 255, 255, 255, 0, 255, 0_u8];
/// let svg = ImageGrid::new("Two crosses", 3, 3)
///     .prediction(&cross, "plus", "plus")
///     .prediction(&cross, "times", "plus") // marked as a mistake
///     .to_svg();
/// assert!(svg.contains(">times ≠ plus</text>"));
/// ```
#[must_use = "a chart is seen when it is saved"]
#[derive(Clone, Debug)]
pub struct ImageGrid {
    title: String,
    note: String,
    size: (usize, usize),
    columns: usize,
    range: Option<(f64, f64)>,
    cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
struct Cell {
    pixels: Vec<f64>,
    caption: String,
    marked: bool,
}

impl ImageGrid {
    /// A sheet for images of `height` rows and `width` columns, ten in a row.
    ///
    /// # Panics
    /// If an image would have no pixel, or more than 1024 in a row or column.
    #[track_caller]
    pub fn new(title: &str, height: usize, width: usize) -> Self {
        let side = 1..=1024;
        assert!(
            side.contains(&height) && side.contains(&width),
            "images of {height}×{width} pixels, expected 1×1 to 1024×1024"
        );
        Self {
            title: title.to_string(),
            note: String::new(),
            size: (height, width),
            columns: 10,
            range: None,
            cells: Vec::new(),
        }
    }

    /// A line of quiet text below the title.
    pub fn note(mut self, note: &str) -> Self {
        self.note = note.to_string();
        self
    }

    /// How many images stand in a row, from 1 to 32.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.clamp(1, 32);
        self
    }

    /// The pixel values that are paper and ink. What lies outside counts as the nearer one.
    pub fn range(mut self, paper: f64, ink: f64) -> Self {
        self.range = Some((paper, ink));
        self
    }

    /// Adds an image, row by row from the top.
    ///
    /// # Panics
    /// If it has not height·width pixels. So do the methods below.
    #[track_caller]
    pub fn image<T: Into<f64> + Copy>(self, pixels: &[T], caption: &str) -> Self {
        self.with(pixels, caption.to_string(), false)
    }

    /// Adds an image that is framed, and its caption coloured. (If every image is marked, none
    /// looks it: there is nothing to tell apart.)
    #[track_caller]
    pub fn marked<T: Into<f64> + Copy>(self, pixels: &[T], caption: &str) -> Self {
        self.with(pixels, caption.to_string(), true)
    }

    /// Adds an image with what it was taken for. If that is not what it is, it is marked, and
    /// the caption says `predicted ≠ truth`.
    #[track_caller]
    pub fn prediction<T, L>(self, pixels: &[T], predicted: L, truth: L) -> Self
    where
        T: Into<f64> + Copy,
        L: Display + PartialEq,
    {
        match predicted == truth {
            true => self.with(pixels, predicted.to_string(), false),
            false => self.with(pixels, format!("{predicted} ≠ {truth}"), true),
        }
    }

    #[track_caller]
    fn with<T: Into<f64> + Copy>(mut self, pixels: &[T], caption: String, marked: bool) -> Self {
        let ((height, width), found) = (self.size, pixels.len());
        assert!(found == height * width, "an image of {found} pixels, expected {height}×{width}");
        self.cells.push(Cell { pixels: numbers(pixels), caption, marked });
        self
    }

    /// All images in one picture of sixteen shades, `step` pixels from one row to the next.
    fn sheet(&self, columns: usize, step: usize) -> (usize, usize, Vec<u8>) {
        let (height, width) = self.size;
        let across = columns * (width + GAP) - GAP;
        let down = (self.cells.len().div_ceil(columns) - 1) * step + height;
        let bytes = self.cells.iter().any(|cell| cell.pixels.iter().any(|&pixel| pixel > 1.0));
        let (paper, ink) = self.range.unwrap_or((0.0, if bytes { 255.0 } else { 1.0 }));
        let shade = |value: f64| ((value - paper) / (ink - paper) * 15.0).round() as u8;
        let mut sheet = vec![0; across * down];
        for (at, cell) in self.cells.iter().enumerate() {
            let corner = at / columns * step * across + at % columns * (width + GAP);
            for (row, pixels) in cell.pixels.chunks(width).enumerate() {
                for (column, &pixel) in pixels.iter().enumerate() {
                    sheet[corner + row * across + column] = shade(pixel).min(15);
                }
            }
        }
        (across, down, sheet)
    }
}

impl Figure for ImageGrid {
    fn to_svg(&self) -> String {
        let captions: Vec<_> = self.cells.iter().map(|cell| cell.caption.as_str()).collect();
        let marked = self.cells.iter().filter(|cell| cell.marked).count();
        let mut about = format!("{} images: {}.", captions.len(), captions.join(", "));
        if marked > 0 {
            about += &format!(" {marked} marked.");
        }
        let mut svg = Svg::new(&self.title, &about);
        let mut top = frame::heading(&mut svg, &self.title);
        top = frame::subheading(&mut svg, top, &self.note) + 10.0;
        if self.cells.is_empty() {
            return svg.finish(top);
        }
        let (height, width) = self.size;
        let columns = self.columns.min(self.cells.len());
        let pixel = (WIDTH / (columns * (width + GAP) - GAP) as f64).min(PIXEL);
        let captioned = captions.iter().any(|caption| !caption.is_empty());
        let caption = if captioned { LINE + 6.0 } else { 0.0 };
        // Rows begin on whole pixels of the sheet.
        let step = height + GAP + (caption / pixel).ceil() as usize;
        let (across, down, sheet) = self.sheet(columns, step);

        // The picture is a mask: where it is white, ink comes through, in the page's own colour.
        let file = png::encode(across, down, &sheet);
        let id = crc32(&file);
        let (w, h) = (n(across as f64 * pixel), n(down as f64 * pixel));
        let (y, data) = (n(top), png::base64(&file));
        // Large pixels are to be seen as such. Small ones fall between those of the screen, where
        // sharp edges would make strokes uneven.
        let style = if pixel >= 3.0 { r#" style="image-rendering:pixelated""# } else { "" };
        svg.put(format_args!(
            r#"<mask id="m{id:08x}"><image y="{y}" width="{w}" height="{h}" preserveAspectRatio="none"{style} href="data:image/png;base64,{data}"/></mask>"#
        ));
        svg.put(format_args!(
            r#"<rect class="fill" y="{y}" width="{w}" height="{h}" mask="url(#m{id:08x})"/>"#
        ));
        let all = marked == self.cells.len();
        for (at, cell) in self.cells.iter().enumerate() {
            let left = (at % columns * (width + GAP)) as f64 * pixel;
            let head = top + (at / columns * step) as f64 * pixel;
            let (right, foot) = (left + width as f64 * pixel, head + height as f64 * pixel);
            let marked = cell.marked && !all;
            if marked {
                let frame = r#" fill="none" stroke="currentColor" stroke-width="1.5""#;
                svg.rect("c1", (left, head), (right, foot), frame);
            }
            if !cell.caption.is_empty() {
                let class = if marked { "c1" } else { "quiet" };
                let middle = (left + right) / 2.0;
                svg.text(class, (middle, foot + 4.0), Anchor::Middle, 0.9, &cell.caption);
            }
        }
        svg.finish(top + down as f64 * pixel + caption.max(4.0))
    }
}
