//! Makes mutants of a program: copies in each of which one thing is changed, as a slip of the hand
//! or of the mind might. It knows tokens and not grammar, so some of them are no programs.

use std::ops::Range;

/// A changed copy.
pub(crate) struct Mutant {
    /// The line as it was and as it is now: `x + y → x - y`.
    pub(crate) change: String,
    pub(crate) source: String,
}

/// All mutants of a source.
pub(crate) fn mutants(source: &str) -> Vec<Mutant> {
    let tokens = tokens(source);
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let text =
            |i: usize| tokens.get(i).map_or("", |token: &Range<usize>| &source[token.clone()]);
        let line = &source[source[..token.start].rfind('\n').map_or(0, |at| at + 1)..];
        // Items begin at the edge of the file; what they hold is indented.
        if line.starts_with(' ') {
            let before = if i == 0 { "" } else { text(i - 1) };
            let new = replacements(before, text(i), text(i + 1));
            changes.extend(new.into_iter().map(|new| (token.clone(), new)));
            if before == "." && text(i + 1) == "(" && text(i + 2) == ")" {
                changes.push((tokens[i - 1].start..tokens[i + 2].end, String::new()));
            }
            if is_name(text(i)) && before != "." && !["(", "!", "::", "{"].contains(&text(i + 1)) {
                let all = names(source, &tokens);
                if let Some(at) = all.iter().position(|name| *name == text(i)) {
                    for other in [at + 1, at + all.len() - 1] {
                        changes.push((token.clone(), all[other % all.len()].into()));
                    }
                }
            }
        }
    }
    changes.extend(statements(source));
    changes.extend(conditions(source));
    let mutant = |(range, new): (Range<usize>, String)| {
        let mutated = format!("{}{new}{}", &source[..range.start], &source[range.end..]);
        let from = source[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let line = |text: &str, end: usize| {
            let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
            text[from..end].split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let new_end = range.start + new.len();
        let change = format!("{} → {}", line(source, range.end), line(&mutated, new_end));
        Mutant { change, source: mutated }
    };
    let mut all: Vec<Mutant> = changes.into_iter().map(mutant).collect();
    all.sort_by(|a, b| a.source.cmp(&b.source));
    all.dedup_by(|a, b| a.source == b.source);
    all.retain(|mutant| mutant.source != source);
    all
}

/// What may stand in a token's place.
fn replacements(before: &str, token: &str, after: &str) -> Vec<String> {
    let operand = |text: &str| text.ends_with(|c: char| c.is_alphanumeric() || ")]_".contains(c));
    let binary =
        operand(before) && !["return", "in", "if", "mut", "match", "else"].contains(&before);
    let method = before == "." || before == "::" || after == "(";
    let new: &[&str] = match token {
        "+" => &["-"],
        "-" if binary => &["+"],
        "-" if before != "|" => &[""],
        "*" if binary => &["/"],
        "/" => &["*"],
        "%" => &["/"],
        "<" if binary => &["<="],
        ">" if binary => &[">="],
        "<=" => &["<"],
        ">=" => &[">"],
        "==" => &["!="],
        "!=" => &["=="],
        "&&" if binary => &["||"],
        "||" if binary => &["&&"],
        "+=" => &["-=", "="],
        "-=" => &["+=", "="],
        "*=" => &["/=", "="],
        "/=" => &["*="],
        "^" => &["|"],
        ".." if after != "]" => &["..="],
        "..=" => &[".."],
        "!" if !operand(before) => &[""],
        "true" => &["false"],
        "false" => &["true"],
        "max" if method => &["min"],
        "min" if method => &["max"],
        "sum" if method => &["mean", "product"],
        "mean" if method => &["sum"],
        "std" if method => &["var"],
        "matmul" => &["matmul_nt", "matmul_tn"],
        "matmul_nt" | "matmul_tn" => &["matmul"],
        "exp" if method => &["ln"],
        "sin" => &["cos"],
        "cos" => &["sin"],
        number if number.starts_with(|c: char| c.is_ascii_digit()) => return numbers(number),
        _ => &[],
    };
    new.iter().map(ToString::to_string).collect()
}

/// Other numbers than this.
fn numbers(number: &str) -> Vec<String> {
    let digits = number.trim_end_matches(|c: char| c.is_alphabetic() || c == '_');
    let suffix = &number[digits.len()..];
    match (digits.parse::<u64>(), digits.parse::<f64>()) {
        (Ok(0), _) => vec![format!("1{suffix}")],
        (Ok(n), _) => vec![format!("{}{suffix}", n - 1), format!("{}{suffix}", n + 1)],
        (_, Ok(x)) if digits.contains('e') => {
            vec![format!("{:e}{suffix}", x * 1e4), format!("{:e}{suffix}", x / 1e4)]
        }
        (_, Ok(0.0)) => vec![format!("1.0{suffix}")],
        (_, Ok(x)) => vec![format!("{:?}{suffix}", x + 1.0), format!("{:?}{suffix}", x - 1.0)],
        _ => Vec::new(),
    }
}

/// Lines that are a whole statement and bind nothing: without them.
fn statements(source: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let text = line.trim();
        let binds = ["let ", "use ", "pub ", "mod ", "//", "}"].iter().any(|w| text.starts_with(w));
        let count = |c: char| text.matches(c).count();
        let whole = [('(', ')'), ('[', ']'), ('{', '}')].iter().all(|&(a, b)| count(a) == count(b));
        if text.ends_with(';') && line.starts_with(' ') && whole && !binds {
            found.push((start..start + line.trim_end().len(), String::new()));
        }
        start += line.len();
    }
    found
}

/// Conditions: the opposite of each.
fn conditions(source: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for (at, word) in source.match_indices("if ") {
        let from = at + word.len();
        let Some(end) = source[from..].find([';', '{']).map(|end| from + end) else { continue };
        let condition = source[from..end].trim();
        let boundary = source[..at].ends_with([' ', '(']);
        if boundary && !condition.contains("let ") && source[end..].starts_with('{') {
            found.push((from..end, format!("!({condition}) ")));
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_lowercase() || c == '_')
}

/// The names that are bound somewhere in the source: after `let`, `for`, `mut`, or before a `:`, in
/// a tuple or between bars.
fn names<'a>(source: &'a str, tokens: &[Range<usize>]) -> Vec<&'a str> {
    let text = |i: usize| tokens.get(i).map_or("", |token: &Range<usize>| &source[token.clone()]);
    let mut names = Vec::new();
    for i in 1..tokens.len() {
        let (before, after) = (text(i - 1), text(i + 1));
        let bound = ["let", "for", "mut", "|", "&"].contains(&before)
            && ["=", "in", ",", "|", ":", ")"].contains(&after)
            || after == ":" && text(i + 2) != ":"
            || before == "," && ["|", ","].contains(&after);
        let word = ["mut", "self", "fn", "pub", "in", "crate"].contains(&text(i));
        if bound && is_name(text(i)) && !word && !names.contains(&text(i)) {
            names.push(text(i));
        }
    }
    names
}

/// Where the tokens are. Comments, strings and characters are none.
fn tokens(source: &str) -> Vec<Range<usize>> {
    const LONG: [&str; 20] = [
        "..=", "<<=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=",
        "%=", "..", "^=", "<<", ">>",
    ];
    let (mut found, mut at) = (Vec::new(), 0);
    while at < source.len() {
        let rest = &source[at..];
        let first = rest.chars().next().expect("a character");
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if first == '"' {
            at += 2 + rest[1..].find('"').unwrap_or(rest.len() - 2);
            continue;
        } else if first.is_ascii_digit() {
            number(rest)
        } else if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else {
            LONG.iter().find(|long| rest.starts_with(**long)).map_or(first.len_utf8(), |l| l.len())
        };
        if !first.is_whitespace() {
            found.push(at..at + length);
        }
        at += length;
    }
    found
}

/// The length of a number: `0.5`, `1e-6`, `2_f64`, and `0` of `0..n`.
fn number(rest: &str) -> usize {
    let mut length = 0;
    let mut previous = ' ';
    for (i, c) in rest.char_indices() {
        let next = rest[i + c.len_utf8()..].chars().next().unwrap_or(' ');
        let part = c.is_alphanumeric()
            || c == '_'
            || c == '.' && next.is_ascii_digit() && !rest[..i].contains('.')
            || c == '-' && previous == 'e';
        if !part {
            break;
        }
        length = i + c.len_utf8();
        previous = c;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_mutants() {
        let changes = |source: &str| {
            let all = mutants(source).into_iter();
            all.map(|mutant| mutant.change.split_once(" → ").unwrap().1.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(changes("    a + 1.5\n"), ["a + 0.5", "a + 2.5", "a - 1.5"]);
        assert_eq!(changes("    x.rev()\n"), ["x"]);
        assert_eq!(changes("    f(x);\n"), [""]);
        assert_eq!(changes("    0..n\n"), ["0..=n", "1..n"]);
        assert_eq!(changes("    if x {\n"), ["if !(x) {"]);
        assert_eq!(changes("fn f() -> [u8; 2];\n// 1 + 1\n"), [""; 0]);
    }
}
