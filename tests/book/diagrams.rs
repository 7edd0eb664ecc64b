//! Diagrams: `book/src/diagrams/NAME.svg`, drawn by hand, each shown by a page.
//!
//! A diagram becomes a part of its page, so all that it looks like comes from there: it names no
//! colour, only classes that `book/theme/book.css` knows, and it is small enough for a phone.

use crate::repository::{Problems, Repository};

const FOLDER: &str = "book/src/diagrams";
const STYLE: &str = "book/theme/book.css";

/// The widest drawing, in its own units, and the smallest text.
const WIDEST: f64 = 640.0;
const SMALLEST: f64 = 14.0;

/// What a diagram is made of. A style, a script or an image would be the page's too.
const ELEMENTS: &[&str] = &[
    "svg", "g", "defs", "marker", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan",
];

/// Every diagram is drawn as it should be and stands on a page, as an image with alt text and
/// caption.
pub fn check(repo: &Repository, problems: &mut Problems) {
    let style = repo.read(STYLE);
    let pages = repo.book_pages();
    for path in repo.files(FOLDER) {
        let Some(name) = path.strip_prefix("book/src/").filter(|name| name.ends_with(".svg"))
        else {
            problems.add(&path, 1, "a diagram is an .svg file");
            continue;
        };
        check_drawing(&path, &repo.read(&path), &style, problems);
        let place = format!("]({name} \"");
        let lines = pages.iter().flat_map(|page| &page.prose).map(|(_, line)| line.trim());
        let image = |line: &str| line.starts_with("![") && line.ends_with("\")");
        if !lines.filter(|line| line.contains(&place)).any(image) {
            problems.add(
                &path,
                1,
                format!("no page has the line ![what it shows]({name} \"Caption.\")"),
            );
        }
    }
}

fn check_drawing(path: &str, text: &str, style: &str, problems: &mut Problems) {
    let elements = elements(text);
    let mut add = |line: usize, what: String| problems.add(path, line, what);
    let root = elements.first().filter(|element| element.name == "svg");
    let attribute = |name: &str| root.and_then(|root| root.attribute(name)).unwrap_or_default();
    let numbers: Vec<f64> =
        attribute("viewBox").split(' ').filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [0.0, 0.0, width, _] if width <= WIDEST => {}
        _ => add(
            1,
            format!("the root needs a viewBox=\"0 0 WIDTH HEIGHT\" of a width up to {WIDEST}"),
        ),
    }
    for (name, value) in
        [("xmlns", "http://www.w3.org/2000/svg"), ("fill", "none"), ("stroke", "currentColor")]
    {
        if attribute(name) != value {
            add(1, format!("the root says {name}=\"{value}\""));
        }
    }
    for element in &elements {
        if !ELEMENTS.contains(&element.name) {
            add(element.line, format!("<{}> has no place in a diagram", element.name));
        }
        for (name, value) in &element.attributes {
            if let Some(what) = wrong(name, value, style) {
                add(element.line, format!("{name}=\"{value}\": {what}"));
            }
        }
    }
}

/// What is wrong with an attribute.
fn wrong(name: &str, value: &str, style: &str) -> Option<String> {
    let known = |class: &str| style.contains(&format!(".drawing .{class} {{"));
    match name {
        "fill" | "stroke" | "color" => (!["none", "currentColor"].contains(&value))
            .then(|| "a colour comes from a class, so that it follows the theme".into()),
        "style" => Some("use a class".into()),
        "font-size" => value
            .parse()
            .map_or(true, |size: f64| size < SMALLEST)
            .then(|| format!("on a phone, text below {SMALLEST} cannot be read")),
        "class" => value
            .split(' ')
            .find(|class| !known(class))
            .map(|class| format!("{STYLE} has no .drawing .{class}")),
        _ => None,
    }
}

/// An opening tag.
struct Element<'a> {
    line: usize,
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl Element<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }
}

/// The opening tags. That the file is well-formed XML is seen to when the book is built.
fn elements(text: &str) -> Vec<Element<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find('<') {
        let line = 1 + text[..text.len() - rest.len() + start].matches('\n').count();
        rest = &rest[start + 1..];
        let end = if rest.starts_with("!--") { "-->" } else { ">" };
        let Some((tag, after)) = rest.split_once(end) else { break };
        rest = after;
        if tag.starts_with(['/', '!', '?']) {
            continue;
        }
        let (name, mut inside) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((attribute, after)) = inside.split_once("=\"") {
            let Some((value, after)) = after.split_once('"') else { break };
            attributes.push((attribute.trim(), value));
            inside = after;
        }
        found.push(Element { line, name: name.trim_end_matches('/'), attributes });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 460 90\" fill=\"none\" stroke=\"currentColor\">";

    /// What is found in a diagram, shown by a page that has this line.
    fn found(drawing: &str, line: &str) -> Problems {
        let repo = Repository::scratch(&[
            ("book/src/diagrams/net.svg", drawing),
            ("book/src/chapter1.md", &format!("# One\n\n{line}\n")),
            (STYLE, ".drawing .c0 {\n}\n"),
        ]);
        let mut problems = Problems::default();
        check(&repo, &mut problems);
        problems
    }

    #[test]
    fn a_diagram_takes_its_looks_from_the_page() {
        let good = "![a net](diagrams/net.svg \"A net.\")";
        let inside = |text: &str| found(&format!("{ROOT}\n{text}\n</svg>\n"), good);
        inside("<!-- <b> --><rect class=\"c0\" x=\"1\"/><text font-size=\"14\" fill=\"currentColor\">1</text>").none();
        inside("<g/>\n<rect fill=\"#fff\"/>").only("net.svg:3: fill=\"#fff\"");
        inside("<path stroke=\"black\"/>").only("follows the theme");
        inside("<path style=\"fill: red\"/>").only("use a class");
        inside("<path class=\"c0 c9\"/>").only("no .drawing .c9");
        inside("<text font-size=\"9\">x</text>").only("below 14");
        inside("<text font-size=\"0.5em\">x</text>").only("below 14");
        inside("<style>path { fill: red }</style>").only("<style> has no place");
        let wide = ROOT.replace("460", "900");
        found(&format!("{wide}</svg>"), good).only("a width up to 640");
        let black = ROOT.replace("currentColor", "black");
        assert_eq!(found(&format!("{black}</svg>"), good).0.len(), 2);
    }

    #[test]
    fn a_diagram_that_no_page_shows_is_reported() {
        let drawing = format!("{ROOT}</svg>");
        found(&drawing, "![a net](diagrams/net.svg \"A net.\")").none();
        for line in ["", "[a net](diagrams/net.svg)", "![a net](diagrams/net.svg)"] {
            found(&drawing, line).only("no page has the line");
        }
    }
}
