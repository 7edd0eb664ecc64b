//! How many columns of a terminal a text takes.
//!
//! Not the full Unicode tables, only what a report prints: accents that stand above the letter
//! before them take no column, Chinese, Japanese and Korean signs and most pictures take two,
//! everything else (Greek, `×`, `µ`, `²`, box drawing) takes one.

/// The number of terminal columns that `text` takes.
///
/// ```
/// use longhand::report::display_width;
/// assert_eq!(display_width("64×50"), 5);
/// assert_eq!(display_width("10 µs/m²"), 8);
/// assert_eq!(display_width("e\u{301}"), 1); // e, then a combining accent
/// assert_eq!(display_width("数"), 2);
/// ```
pub fn display_width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    match c as u32 {
        // Control characters and marks that join the character before them.
        0..=0x1F | 0x7F..=0x9F | 0xAD => 0,
        0x300..=0x36F | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x2064 => 0,
        0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFEFF => 0,
        // East Asian wide forms, then pictures.
        0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0xA4CF | 0xA960..=0xA97F => 2,
        0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 => 2,
        0xFFE0..=0xFFE6 | 0x1F300..=0x1F64F | 0x1F680..=0x1F6FF | 0x1F900..=0x1F9FF => 2,
        0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// The longest beginning of `text` that fits in `limit` columns.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += columns(c);
        if used > limit {
            return &text[..at];
        }
    }
    text
}

/// `text` with each control character (tab, line break, escape) made a space.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
