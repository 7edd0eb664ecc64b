//! The pen: SVG elements, escaped text, rounded numbers and the style sheet of all figures.

use std::fmt;

/// The width of every figure, in units. On a book page a unit is about a pixel.
pub(super) const WIDTH: f64 = 640.0;
/// The size of text on a phone. Margins are measured with it, as the larger of the two sizes.
pub(super) const LARGE: f64 = 19.0;
/// The number of colours that series take in turn.
pub(super) const COLOURS: usize = 6;

/// Okabe and Ito's hues: blue, vermilion, green, purple, brown or yellow, grey. Shapes take
/// `currentColor` from their class, which even viewers without CSS variables understand.
const STYLE: &str = "
.lh{font:14px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;\
font-variant-numeric:tabular-nums;color:#1f2328;color-scheme:light dark}
.lh text{fill:currentColor}
.lh line,.lh path{fill:none;stroke:currentColor}
.lh .fill{fill:currentColor;stroke:none}
.lh .title{font-size:1.14em;font-weight:600}
.lh .quiet{color:#59636e}
.lh .axis{color:#8b949e}
.lh .grid{color:#e4e7eb}
.lh .c0{color:#0067a8}.lh .c1{color:#c2410c}.lh .c2{color:#007a58}
.lh .c3{color:#a63d80}.lh .c4{color:#5c4200}.lh .c5{color:#30363d}
@media(max-width:480px){.lh{font-size:19px}.lh .title{font-size:1em}}
@media(prefers-color-scheme:dark){
.lh{color:#e6e8eb}
.lh .quiet{color:#a3abb5}
.lh .axis{color:#7d8590}
.lh .grid{color:#30363d}
.lh .c0{color:#6cb4f5}.lh .c1{color:#ff8f5c}.lh .c2{color:#3fc79a}
.lh .c3{color:#e79bcb}.lh .c4{color:#f5e08a}.lh .c5{color:#8b949e}
}
";

/// A figure being drawn. Elements stand in the order of the calls, one a line.
pub(super) struct Svg {
    title: String,
    description: String,
    body: String,
}

impl Svg {
    /// An empty figure with its title and the description that is read out to the blind.
    pub(super) fn new(title: &str, description: &str) -> Self {
        Self { title: escape(title), description: escape(description), body: String::new() }
    }

    /// Any element, as it stands.
    pub(super) fn put(&mut self, element: impl fmt::Display) {
        self.body += &format!("{element}\n");
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64), style: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let (x1, y1, x2, y2) = (n(x1), n(y1), n(x2), n(y2));
        self.put(format_args!(
            r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{style}/>"#
        ));
    }

    /// A path of the given data.
    pub(super) fn path(&mut self, class: &str, data: &str, style: &str) {
        if !data.is_empty() {
            self.put(format_args!(r#"<path class="{class}" d="{data}"{style}/>"#));
        }
    }

    /// A rectangle from its corners.
    pub(super) fn rect(&mut self, class: &str, from: (f64, f64), to: (f64, f64), style: &str) {
        let (x, y, width, height) = (n(from.0), n(from.1), n(to.0 - from.0), n(to.1 - from.1));
        self.put(format_args!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"{style}/>"#
        ));
    }

    /// A filled circle.
    pub(super) fn dot(&mut self, class: &str, at: (f64, f64), radius: f64) {
        let (x, y, r) = (n(at.0), n(at.1), n(radius));
        self.put(format_args!(r#"<circle class="{class} fill" cx="{x}" cy="{y}" r="{r}"/>"#));
    }

    /// Text at a point. `down` moves it by a part of its own size, which is how a label hangs
    /// below an axis or stands level with a tick at both sizes.
    pub(super) fn text(
        &mut self,
        class: &str,
        at: (f64, f64),
        anchor: Anchor,
        down: f64,
        text: &str,
    ) {
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let down = if down == 0.0 { String::new() } else { format!(r#" dy="{down:.2}em""#) };
        let (x, y, text) = (n(at.0), n(at.1), escape(text));
        self.put(format_args!(r#"<text{class} x="{x}" y="{y}"{anchor}{down}>{text}</text>"#));
    }

    /// The finished file, of a height that is known only when all is drawn.
    pub(super) fn finish(self, height: f64) -> String {
        let Self { title, description, body } = self;
        let (w, h) = (n(WIDTH), n(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" class=\"lh\" \
             role=\"img\">\n<title>{title}</title>\n<desc>{description}</desc>\n\
             <style>{STYLE}</style>\n{body}</svg>\n"
        )
    }
}

/// Which part of a text stands at its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A number rounded to tenths, which is finer than a screen shows: `12`, `12.3`, `-.5`.
pub(super) fn n(value: f64) -> Tenths {
    Tenths((value * 10.0).round() as i64)
}

/// A whole number of tenths. Prints as short as a path allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Tenths(pub i64);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10);
        match (whole, tenth) {
            (_, 0) => write!(f, "{sign}{whole}"),
            (0, _) => write!(f, "{sign}.{tenth}"),
            (_, _) => write!(f, "{sign}{whole}.{tenth}"),
        }
    }
}

/// Text as XML holds it. A character that XML forbids (most control characters) becomes U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' | '\r' | '\t' => out.push(' '),
            '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
    out
}

/// About how wide a text is at the phone's size, in units. The reader's font is not known; the
/// figures are those of a wide one.
pub(super) fn text_width(text: &str) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.32,
        'f' | 'r' | 't' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' => 0.4,
        '⁰'..='⁹' | '¹' | '²' | '³' | '⁻' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.92,
        'A'..='Z' => 0.7,
        _ if crate::report::display_width(c.encode_utf8(&mut [0; 4])) == 2 => 1.0,
        _ => 0.6,
    };
    text.chars().map(em).sum::<f64>() * LARGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_rounded() {
        let texts =
            [0.0, -0.0, 0.04, -0.04, 0.5, -0.5, 12.0, 12.34, -7.96].map(|v| n(v).to_string());
        assert_eq!(texts, ["0", "0", "0", "0", ".5", "-.5", "12", "12.3", "-8"]);
        assert_eq!(n(f64::NAN).to_string(), "0");
    }

    #[test]
    fn markup_and_control_characters_are_escaped() {
        assert_eq!(escape("a<b & \"c\">\u{1}\t"), "a&lt;b &amp; &quot;c&quot;&gt;\u{FFFD} ");
    }
}
