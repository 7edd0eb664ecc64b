//! Tables line up.

use longhand::report::{Table, display_width};

#[test]
fn columns_line_up_by_what_is_seen() {
    let table = Table::new(["step", "time", "×", "note"])
        .row(["three loops", "141.0 ms", "1.0×", "数 of e\u{301}"])
        .row(["blocked", "18.25 µs", "7.7×", "–"]);
    let text = table.to_string();
    assert_eq!(
        text,
        "step             time     ×  note\n\
         ────────────────────────────────────\n\
         three loops  141.0 ms  1.0×  数 of e\u{301}\n\
         blocked      18.25 µs  7.7×  –\n"
    );
}

/// The widths that wcwidth gives, of single characters and of texts: golden/width/generate.py.
#[test]
fn widths_are_those_of_another_implementation() {
    let golden = include_str!("../golden/width/widths.txt");
    let (mut characters, mut texts) = (0, 0);
    for line in golden.lines().skip(1) {
        if let Some(line) = line.strip_prefix("text ") {
            let (text, width) = line.rsplit_once(' ').unwrap();
            assert_eq!(display_width(text), width.parse().unwrap(), "{text}");
            texts += 1;
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let code = |word| u32::from_str_radix(word, 16).unwrap();
        let width: usize = words[2].parse().unwrap();
        // At the ends of each run; between them may be what is not assigned.
        for c in [code(words[0]), code(words[1])].map(|code| char::from_u32(code).unwrap()) {
            assert_eq!(display_width(&c.to_string()), width, "{c:?}");
            characters += 1;
        }
    }
    assert!(characters > 1000 && texts > 40, "{characters} characters, {texts} texts");
}

#[test]
fn pictures_line_up() {
    let table = Table::new(["state", "run"])
        .row(["✅ done", "a"])
        .row(["failed", "b"])
        .row(["🟢 ok", "c"])
        .row(["か\u{3099}", "d"]);
    let columns = |line: &str| display_width(&line[..line.len() - 1]);
    let text = table.to_string();
    assert!(text.lines().skip(2).all(|line| columns(line) == 9), "{text}");
}

#[test]
fn a_wide_table_breaks_its_text_and_keeps_its_numbers() {
    let prose =
        "a sentence that goes on for longer than any column should be asked to hold, and ends";
    let table =
        Table::new(["n", "what", "share"]).row(["1", prose, "97.5 %"]).row(["20", "b", "1 %"]);
    let text = table.to_string();
    assert!(text.lines().all(|line| display_width(line) <= 80), "{text}");
    assert_eq!(text.lines().count(), 5);
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(prose.split(' ').all(|word| words.contains(&word)), "{text}");
    assert!(text.contains("97.5 %\n"));
    // One word with no place to break it is cut all the same.
    let long = Table::new(["a"]).row(["x".repeat(200)]).to_string();
    assert_eq!(long.matches('x').count(), 200);
    assert!(long.lines().all(|line| display_width(line) <= 80));
}

#[test]
fn sides_can_be_chosen_and_control_characters_cannot_get_in() {
    let table =
        Table::new(["a", "bbb"]).right(0).left(1).row(["x\x1b[2J", "1"]).row(["longer", "2"]);
    assert_eq!(
        table.to_string(),
        "     a  bbb\n───────────\nx [2J  1\nlonger  2\n".replace("x [2J", " x [2J")
    );
}

#[test]
#[should_panic(expected = "a row of 1 cells in a table of 2 columns")]
fn a_row_needs_all_its_cells() {
    let _ = Table::new(["a", "b"]).row(["1"]);
}
