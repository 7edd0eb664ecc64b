//! XML, as far as figures use it.

/// Reads a whole document and returns its elements' names in order, or says what is wrong.
pub fn elements(text: &str) -> Result<Vec<String>, String> {
    let (mut open, mut all, mut rest) = (Vec::new(), Vec::new(), text);
    while let Some(at) = rest.find('<') {
        characters(&rest[..at])?;
        if open.is_empty() && !(all.is_empty() && rest[..at].is_empty()) {
            return Err("text or a second element outside the root".to_string());
        }
        let end = rest.find('>').ok_or("a tag without an end")?;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop();
            if last.as_deref() != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
            if open.is_empty() {
                return if rest.trim().is_empty() { Ok(all) } else { Err("more".to_string()) };
            }
            continue;
        }
        let empty = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut seen = Vec::new();
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").ok_or(format!("in <{tag}>"))?;
            let (value, after) = value.split_once('"').ok_or(format!("an open value: <{tag}>"))?;
            characters(value)?;
            if seen.contains(&key) || key.contains([' ', '"']) {
                return Err(format!("attribute {key:?} of <{tag}>"));
            }
            seen.push(key);
            attributes = match after.strip_prefix(' ') {
                Some(next) => next,
                None if after.is_empty() => after,
                None => return Err(format!("attributes run together: <{tag}>")),
            };
        }
        all.push(name.to_string());
        if !empty {
            open.push(name.to_string());
        }
    }
    Err(format!("{open:?} never closed"))
}

/// Character data: no bare markup, only the five entities, no forbidden characters.
fn characters(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
        if !known.iter().any(|entity| text[at..].starts_with(entity)) {
            return Err(format!("a bare & in {text:?}"));
        }
    }
    match text.chars().find(|c| *c == '<' || (c.is_control() && !matches!(c, '\n' | '\t'))) {
        Some(c) => Err(format!("{c:?} in {text:?}")),
        None => Ok(()),
    }
}

#[test]
fn the_checker_finds_faults() {
    assert_eq!(elements("<a><b c=\"d\"/>e &amp; f</a>\n").unwrap(), ["a", "b"]);
    for fault in [
        "<a>",
        "<a></b>",
        "<a><b></a></b>",
        "<a>&</a>",
        "<a b=\"1\" b=\"2\"/></a>",
        "<a b=1></a>",
        "<a></a><b></b>",
        "<a>\u{1}</a>",
        "x<a></a>",
        "<a b=\"1\"c=\"2\"></a>",
        "",
    ] {
        assert!(elements(fault).is_err(), "{fault}");
    }
}
