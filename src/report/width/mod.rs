//! How many columns of a terminal a text takes.
//!
//! Each character takes one, but for those in two tables made from the Unicode data: marks that
//! join the letter before them take none; Chinese, Japanese and Korean signs and pictures take two.
//! Then some sequences are drawn as one picture, and count as one: see [`clusters`]. (A terminal
//! whose font is older than these tables may differ, and so may one that is told to set Greek and
//! Cyrillic letters wide, as some in East Asia are.)

mod table;

use std::cmp::Ordering;
use table::{NONE, TWO};

/// The number of terminal columns that `text` takes.
///
/// ```
/// use longhand::report::display_width;
/// assert_eq!(display_width("64×50"), 5);
/// assert_eq!(display_width("10 µs/m²"), 8);
/// assert_eq!(display_width("e\u{301}"), 1); // e, then a combining accent
/// assert_eq!(display_width("数"), 2);
/// assert_eq!(display_width("✅"), 2);
/// assert_eq!(display_width("👩\u{200D}🚀"), 2); // a woman and a rocket, joined: an astronaut
/// ```
#[must_use]
pub fn display_width(text: &str) -> usize {
    clusters(text).map(|(_, width)| width).sum()
}

/// The columns of one character by itself.
fn columns(c: char) -> usize {
    let code = c as u32;
    let within = |table: &[(u32, u32)]| {
        let place = |&(first, last): &(u32, u32)| match code {
            _ if last < code => Ordering::Less,
            _ if first > code => Ordering::Greater,
            _ => Ordering::Equal,
        };
        table.binary_search_by(place).is_ok()
    };
    match code {
        0x20..=0x7E => 1,
        _ if within(&NONE) => 0,
        _ if within(&TWO) => 2,
        _ => 1,
    }
}

/// Joins the picture after it to the one before.
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Whether this may be a picture. There are no pictures before, and no letters are pictures.
fn is_picture(c: char) -> bool {
    c >= '\u{203C}' && !c.is_alphanumeric()
}

/// The text in pieces that must not be cut: each ends at this byte and takes so many columns.
///
/// A piece is a character with all that joins it: marks; a second picture after a zero-width
/// joiner; a skin tone after a picture; the second letter of a flag. A variation selector says that
/// the character before it is shown as a picture, two columns wide, or as a sign of text, one wide.
fn clusters(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, base) = chars.next()?;
        let (mut width, mut last) = (columns(base), base);
        let first = start + base.len_utf8();
        let mut end = first;
        while let Some(&(at, next)) = chars.peek() {
            let tone = matches!(next, '\u{1F3FB}'..='\u{1F3FF}');
            let flag = |c| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
            width = match next {
                '\u{FE0E}' => width.min(1),
                '\u{FE0F}' if width > 0 => 2,
                _ if tone && is_picture(base) => 2,
                _ if last == ZERO_WIDTH_JOINER && is_picture(base) && is_picture(next) => width,
                _ if flag(next) && flag(base) && at == first => 2,
                _ if columns(next) == 0 => width,
                _ => break,
            };
            last = next;
            end = at + next.len_utf8();
            chars.next();
        }
        Some((end, width))
    })
}

/// The longest beginning of `text` that fits in `limit` columns.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let (mut used, mut fits) = (0, 0);
    for (end, width) in clusters(text) {
        used += width;
        if used > limit {
            break;
        }
        fits = end;
    }
    &text[..fits]
}

/// `text` with each control character (tab, line break, escape) made a space.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_can_be_searched() {
        for table in [&NONE[..], &TWO[..]] {
            assert!(table.iter().all(|(first, last)| first <= last));
            assert!(table.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }

    #[test]
    fn what_belongs_together_is_not_cut() {
        let text = "a👩\u{200D}🚀🇩🇪e\u{301}";
        let cuts: Vec<&str> = (0..=6).map(|limit| cut(text, limit)).collect();
        let astronaut = "a👩\u{200D}🚀";
        let flag = "a👩\u{200D}🚀🇩🇪";
        assert_eq!(cuts, ["", "a", "a", astronaut, astronaut, flag, text]);
    }
}
