//! Names in listings: none that nobody has explained.
//!
//! A name that a listing calls, reads or builds is one of Rust's own ([`STANDARD`]), or it is defined in a
//! listing of this page or an earlier one, or it stands in their text or in a comment. Where it
//! is only mentioned this cannot tell whether it is explained well; where it is not even that, a
//! reader is lost. Local variables are not looked at: they are read where they are made.

use crate::includes::{listing, targets};
use crate::markdown::Page;
use crate::repository::{Problems, Repository};
use std::collections::BTreeSet;

/// The chapters that are read in this order and explain their names.
const PAGES: [&str; 5] = [
    "book/src/chapter1.md",
    "book/src/chapter2.md",
    "book/src/chapter3.md",
    "book/src/chapter4.md",
    "book/src/chapter5.md",
];

/// What Rust and its standard library bring along, and their documentation explains.
const STANDARD: &str = "
    self Self crate super fn let mut const struct enum trait impl type mod use pub where for if else
    while loop match in return move as dyn unsafe static ref true false break continue bool char
    str usize u8 u32 u64 i32 i64 isize f32 f64 Vec String Option Some None Result Ok Err Clone Copy
    Debug Default PartialEq Fn FnMut FnOnce Into Range Ordering SeqCst E EPSILON PI INFINITY NAN consts
    assert assert_eq debug_assert panic println print format vec write matches std array slice fmt
    inline always derive allow dead_code track_caller must_use from_fn from into new with_capacity
    default clone to_string to_vec as_flattened as_slice iter iter_mut into_iter map filter
    filter_map flat_map zip enumerate rev chain take skip step_by take_while fold sum product min max
    min_by min_by_key max_by position find any all count last first next collect for_each chars
    windows chunks chunks_exact chunks_mut chunks_exact_mut remainder split_at split_at_mut get
    get_mut get_or_insert push pop insert remove contains extend extend_from_slice copy_from_slice
    copied cloned fill swap len is_empty unwrap unwrap_or unwrap_or_default expect ok then map_or
    abs sqrt powi exp ln max_abs floor is_nan is_finite total_cmp div_ceil next_multiple_of
    next_power_of_two clamp checked_sub wrapping_add wrapping_sub saturating_mul mul_add add
    thread scope spawn start end min_positive to_owned try_into drain sort Box Send HashMap Cell
    RefCell cell ops Add Mul flatten resize split_first_mut unwrap_or_else each_ref borrow borrow_mut
    eq ptr as_ptr Location clear MAX from_bits
";

/// Every page of [`PAGES`], in their order.
pub fn check(repo: &Repository, problems: &mut Problems) {
    let mut known: BTreeSet<String> = words(STANDARD).map(String::from).collect();
    for path in PAGES {
        let page = Page::parse(path, &repo.read(path));
        known.extend(page.prose.iter().flat_map(|(_, line)| words(line)).map(String::from));
        // The statement of an exercise is included in the text.
        for target in page.prose.iter().flat_map(|(_, line)| targets(line)) {
            let told = listing(repo, &page, target).unwrap_or_default();
            known.extend(words(&told).map(String::from));
        }
        let rust = page.fences.iter().filter(|fence| fence.info.starts_with("rust"));
        let listings: Vec<(usize, String, String)> = rust
            .flat_map(|fence| &fence.body)
            .flat_map(|(line, text)| targets(text).into_iter().map(move |target| (*line, target)))
            .filter_map(|(line, target)| Some((line, target.into(), listing(repo, &page, target)?)))
            .collect();
        for (_, _, listing) in &listings {
            let (code, comments) = parted(listing);
            known.extend(words(&comments).map(String::from));
            known.extend(defined(&code));
        }
        for (line, target, listing) in &listings {
            let unknown: BTreeSet<String> =
                used(&parted(listing).0).into_iter().filter(|name| !known.contains(name)).collect();
            if !unknown.is_empty() {
                let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
                problems.add(path, *line, format!("{target} uses what nobody explains: {names}"));
            }
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Code without strings and comments, and the comments.
fn parted(listing: &str) -> (String, String) {
    let (mut code, mut comments) = (String::new(), String::new());
    for line in listing.lines() {
        let (before, comment) = line.split_once("//").unwrap_or((line, ""));
        code.extend(before.split('"').step_by(2));
        code.push('\n');
        comments += comment;
        comments.push('\n');
    }
    (code, comments)
}

/// The names that this code makes: of items, of fields and parameters, of local functions.
fn defined(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for keyword in
        ["fn ", "struct ", "enum ", "trait ", "type ", "mod ", "const ", "let ", "let mut "]
    {
        found.extend(code.split(keyword).skip(1).filter_map(|rest| words(rest).next()));
    }
    // `name: Type`, but not a path.
    for (at, _) in code.match_indices(": ") {
        found.extend(words(&code[..at]).last().filter(|name| code[..at].ends_with(name)));
    }
    // The parameters of a generic item.
    for rest in code.split('<').skip(1) {
        found.extend(words(rest).next().filter(|name| name.len() == 1));
    }
    found.into_iter().map(String::from).collect()
}

/// The names that this code calls, reads from something, or takes out of a path; and types.
fn used(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut place = 0;
    for word in words(code) {
        let at = place + code[place..].find(word).unwrap_or(0);
        place = at + word.len();
        let (before, after) = (code[..at].trim_end(), &code[place..]);
        let read = before.ends_with('.') && !before.ends_with("..");
        let called = after.starts_with(['(', '!']) && !after.starts_with("!=");
        let path = before.ends_with("::") || after.starts_with("::");
        let is_type = word.starts_with(char::is_uppercase);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        if (read || called || path || is_type) && !is_number && word.len() > 1 {
            found.push(word.to_string());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_defined_or_used() {
        let code = "fn f<T: Scalar>(a: &Tensor<T>) -> usize {\n    let g = |x| x.sum();\n    g(a.rows::<2>()) + 1..n\n}\n";
        let names = defined(code);
        assert!(["f", "a", "g", "T"].iter().all(|name| names.iter().any(|own| own == name)));
        let used = used(code);
        assert_eq!(used, ["Scalar", "Tensor", "sum", "rows"]);
    }

    #[test]
    fn a_name_that_nobody_explains_is_reported() {
        let found = |text: &str, code: &str| {
            let page = |code: &str| {
                format!("# One\n{text}\n```rust\n{{{{#include ../../{code}}}}}\n```\n")
            };
            let page = page("src/a.rs");
            let mut files = vec![("src/a.rs", code)];
            files.extend(PAGES.map(|path| (path, "# None\n")));
            files[1].1 = &page;
            let repo = Repository::scratch(&files);
            let mut problems = Problems::default();
            check(&repo, &mut problems);
            problems
        };
        found("", "let y = x.iter().sum();").none();
        found("", "let y = x.twist();").only("uses what nobody explains: twist");
        found("It has a `twist`.", "let y = x.twist();").none();
        found("", "let y = x.twist(); // twist turns it").none();
        found("", "let twist = |x| -x;\nlet y = twist(2);").none();
    }
}
