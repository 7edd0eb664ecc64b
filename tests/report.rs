//! Reports: figures are well-formed, small, safe and the same every time; tables line up; the
//! progress line draws in a terminal and is silent elsewhere.

mod common;

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use common::this_program;
use longhand::Rng;
use longhand::report::{
    AreaChart, BarChart, ConfusionMatrix, Figure, Histogram, ImageGrid, LineChart, Progress, Table,
    Timeline, display_width, figure_path,
};

// ---- XML, as far as figures use it ----

/// Reads a whole document and returns its elements' names in order, or says what is wrong.
fn elements(text: &str) -> Result<Vec<String>, String> {
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

// ---- Figures ----

/// Names that would break out of any markup that is not escaped.
const NASTY: &str = "<b a=\"1\" & 'c'>\u{1}]]>-->";

fn noise(count: usize) -> (Vec<f64>, Vec<f64>) {
    let mut rng = Rng::new(7);
    let xs: Vec<f64> = (0..count).map(|x| x as f64).collect();
    let ys =
        xs.iter().map(|x| 2.3 / (1.0 + x / 90.0) * (0.7 + 0.6 * rng.uniform::<f64>())).collect();
    (xs, ys)
}

/// One of each kind, with awkward data and names.
fn gallery(name: &str) -> Vec<(&'static str, String)> {
    let (xs, ys) = noise(10_000);
    let wild = [1.0, f64::NAN, 3.0, f64::INFINITY, -2.0, 0.0, 1e308, 5e-324, -1e308];
    let at: Vec<i32> = (0..9).collect();
    let mut timeline = Timeline::new(name).x(name);
    for i in 0..500 {
        timeline.push(&format!("{name} {}", i % 3), ["a", name][i % 2], xs[i], xs[i] + 0.7);
    }
    // A ring, with soft edges as a digit's are.
    let off = |i: i32| f64::from((i % 28 - 14).pow(2) + (i / 28 - 14).pow(2)) / 60.0 - 1.0;
    let pixels: Vec<f64> = (0..784).map(|i| (1.0 - 2.0 * off(i).abs()).max(0.0)).collect();
    let mut grid = ImageGrid::new(name, 28, 28).note(name);
    for i in 0..40 {
        grid = grid.prediction(&pixels, i % 10, i % 9);
    }
    vec![
        ("lines", LineChart::new(name).x(name).y(name).noisy(name, &xs, &ys, 50).to_svg()),
        (
            "log",
            LineChart::new(name).log_x().log_y().line(name, &xs, &ys).mark_y(1.0, name).to_svg(),
        ),
        ("wild", LineChart::new(name).line(name, &at, &wild).to_svg()),
        ("wild log", LineChart::new(name).log_y().band(name, &at, &wild, &wild, &wild).to_svg()),
        (
            "cut",
            LineChart::new(name).x_range(2.0, 50.0).y_range(1.0, 2.0).line(name, &xs, &ys).to_svg(),
        ),
        ("histogram", Histogram::new(name).x(name).series(name, &ys).series("", &wild).to_svg()),
        ("overlaid", Histogram::new(name).overlaid().series(name, &ys).series("b", &xs).to_svg()),
        ("ceiling", Histogram::new(name).ceiling(1.0).range(0.0, 1.0).series(name, &ys).to_svg()),
        ("bars", BarChart::new(name).unit(name).bar(name, 3.0).bar("b", f64::NAN).to_svg()),
        ("dots", BarChart::new(name).log().bar(name, 3.0).bar("b", 0.0).bar("c", 5e7).to_svg()),
        ("areas", AreaChart::new(name, &at).layer(name, &wild).layer("b", &at).steps().to_svg()),
        ("timeline", timeline.span("x", "y", 3.0, f64::NAN).to_svg()),
        ("grid", grid.to_svg()),
        ("confusion", ConfusionMatrix::new(name, &vec![vec![7; 10]; 10]).to_svg()),
        ("no confusion", ConfusionMatrix::new(name, &[vec![3, 0], vec![0, 2]]).to_svg()),
        ("no classes", ConfusionMatrix::new(name, &[]).to_svg()),
        ("no lines", LineChart::new(name).to_svg()),
        ("no values", Histogram::new(name).series(name, &[0.0; 0]).to_svg()),
        ("no bars", BarChart::new("").to_svg()),
        ("no areas", AreaChart::new(name, &[0.0; 0]).to_svg()),
        ("no spans", Timeline::new(name).to_svg()),
        ("no images", ImageGrid::new(name, 1, 1).to_svg()),
    ]
}

#[test]
fn every_figure_is_well_formed_whatever_its_names_and_data() {
    for name in ["plain", NASTY, "", &"long words ".repeat(20)] {
        for (kind, svg) in gallery(name) {
            let found = elements(&svg).unwrap_or_else(|fault| panic!("{kind}: {fault}\n{svg}"));
            assert_eq!(found[..4], ["svg", "title", "desc", "style"], "{kind}");
            assert!(!found.contains(&"b".to_string()), "{kind}: markup came through");
            let body = svg.split("</style>").nth(1).unwrap();
            for path in body.split("<path").skip(1) {
                let near = |place: &f64| (-4000.0..4000.0).contains(place);
                assert!(spots(path).iter().all(|(x, y)| near(x) && near(y)), "{kind}: {path}");
            }
        }
    }
}

#[test]
fn figures_are_small_and_the_same_every_time() {
    let (first, second) = (gallery("plain"), gallery("plain"));
    for ((kind, a), (_, b)) in first.iter().zip(&second) {
        assert!(a == b, "{kind} differs from itself");
        assert!(a.len() < 20_000, "{kind}: {} bytes", a.len());
    }
}

#[test]
fn figures_carry_both_themes_and_a_description() {
    let svg = LineChart::new("Loss & co").y("loss").line("train", &[1, 2], &[0.5, 0.25]).to_svg();
    for part in [
        "role=\"img\"",
        "viewBox=\"0 0 640 ",
        "<title>Loss &amp; co</title>",
        "<desc>Line chart of loss against x. train: 2 points between 0.250 and 0.500, the last 0.250.</desc>",
        "@media(prefers-color-scheme:dark)",
    ] {
        assert!(svg.contains(part), "{part} in\n{svg}");
    }
}

/// The bytes of a small chart, held whole: a change of layout or rounding shows here.
#[test]
fn a_small_chart_to_the_byte() {
    let svg =
        LineChart::new("T").x("epoch").y("loss").line("a", &[1, 2, 3], &[2.0, 1.0, 0.5]).to_svg();
    let body = svg.split("</style>\n").nth(1).unwrap();
    assert_eq!(body, SMALL_CHART);
}

const SMALL_CHART: &str = r#"<text class="title" x="0" y="20">T</text>
<text class="quiet" x="0" y="43">loss</text>
<line class="grid" x1="36.9" y1="340" x2="612.6" y2="340"/>
<text class="quiet" x="29.9" y="340" text-anchor="end" dy="0.35em">0.5</text>
<line class="grid" x1="36.9" y1="246.7" x2="612.6" y2="246.7"/>
<text class="quiet" x="29.9" y="246.7" text-anchor="end" dy="0.35em">1.0</text>
<line class="grid" x1="36.9" y1="153.3" x2="612.6" y2="153.3"/>
<text class="quiet" x="29.9" y="153.3" text-anchor="end" dy="0.35em">1.5</text>
<line class="grid" x1="36.9" y1="60" x2="612.6" y2="60"/>
<text class="quiet" x="29.9" y="60" text-anchor="end" dy="0.35em">2.0</text>
<line class="axis" x1="36.9" y1="340" x2="36.9" y2="345"/>
<text class="quiet" x="36.9" y="347" text-anchor="middle" dy="0.90em">1</text>
<line class="axis" x1="324.7" y1="340" x2="324.7" y2="345"/>
<text class="quiet" x="324.7" y="347" text-anchor="middle" dy="0.90em">2</text>
<line class="axis" x1="612.6" y1="340" x2="612.6" y2="345"/>
<text class="quiet" x="612.6" y="347" text-anchor="middle" dy="0.90em">3</text>
<line class="axis" x1="36.9" y1="340" x2="612.6" y2="340"/>
<text class="quiet" x="324.7" y="386" text-anchor="middle">epoch</text>
<path class="c0" d="M36.9 60l287.8 186.7 287.9 93.3" stroke-width="2" stroke-linejoin="round"/>
<circle class="c0 fill" cx="36.9" cy="60" r="3"/>
<circle class="c0 fill" cx="324.7" cy="246.7" r="3"/>
<circle class="c0 fill" cx="612.6" cy="340" r="3"/>
<text class="c0" x="628.6" y="340" dy="0.35em">a</text>
</svg>
"#;

/// The y coordinates that a chart's lines go through, in tenths.
fn heights(svg: &str) -> Vec<i64> {
    let paths = svg.split("<path").skip(1);
    paths.flat_map(spots).map(|(_, y)| (y * 10.0).round() as i64).collect()
}

/// Follows a path's data. Reads `M`, `l`, `h`, `v` and `z`.
fn spots(path: &str) -> Vec<(f64, f64)> {
    let data = path.split("d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let mut tokens: Vec<String> = Vec::new();
    for c in data.chars() {
        match c {
            'M' | 'l' | 'h' | 'v' | 'z' => tokens.push(c.to_string()),
            '-' => tokens.push("-".to_string()),
            ' ' | '\n' => tokens.push(String::new()),
            _ => match tokens.last_mut() {
                Some(last) if last.is_empty() || !"Mlhvz".contains(last.as_str()) => last.push(c),
                _ => tokens.push(c.to_string()),
            },
        }
    }
    tokens.retain(|token| !token.is_empty());
    let (mut letter, mut at, mut all) = ("", (0.0, 0.0), Vec::new());
    let mut numbers: Vec<f64> = Vec::new();
    for token in &tokens {
        if "Mlhvz".contains(token.as_str()) {
            letter = token;
            continue;
        }
        numbers.push(token.parse().unwrap_or_else(|_| panic!("{token:?} in {data}")));
        match (letter, &numbers[..]) {
            ("M", &[x, y]) => at = (x, y),
            ("l", &[x, y]) => at = (at.0 + x, at.1 + y),
            ("h", &[x]) => at.0 += x,
            ("v", &[y]) => at.1 += y,
            _ => continue,
        }
        numbers.clear();
        all.push(at);
    }
    assert!(numbers.is_empty(), "a number too many in {data}");
    all
}

#[test]
fn thinning_keeps_the_extremes_of_ten_thousand_points() {
    let (xs, mut ys) = noise(10_000);
    (ys[4321], ys[8765]) = (5.0, -5.0);
    let found = heights(&LineChart::new("").line("", &xs, &ys).to_svg());
    // Both charts have the same scale, so that the spikes come to the same height.
    let ends = heights(&LineChart::new("").line("", &[0, 1], &[5.0, -5.0]).to_svg());
    let reach = |heights: &[i64]| (heights.iter().min().copied(), heights.iter().max().copied());
    assert_eq!(reach(&found), reach(&ends));
    assert!((800..1400).contains(&found.len()), "{} points", found.len());
}

#[test]
fn a_gap_breaks_the_line_and_a_lone_point_is_a_dot() {
    let xs: Vec<i32> = (0..40).collect();
    let mut ys = vec![1.0; 40];
    (ys[10], ys[12]) = (f64::NAN, f64::INFINITY);
    let svg = LineChart::new("").line("a", &xs, &ys).to_svg();
    assert_eq!(svg.matches("<path").count(), 2);
    assert_eq!(svg.matches("<circle").count(), 1);
}

#[test]
fn ticks_stand_at_round_numbers() {
    let labels = |svg: &str| -> Vec<String> {
        let texts = svg.split("<text class=\"quiet\"").skip(1);
        texts.map(|rest| rest.split(['>', '<']).nth(1).unwrap().to_string()).collect()
    };
    let epochs = LineChart::new("").line("", &[1, 2, 3], &[0.91, 0.95, 0.97]).to_svg();
    assert_eq!(labels(&epochs), ["0.90", "0.92", "0.94", "0.96", "0.98", "1", "2", "3"]);
    let sizes = LineChart::new("").log_x().line("", &[64, 256, 1024], &[1, 2, 3]).to_svg();
    assert!(labels(&sizes).ends_with(&["64", "256", "1,024"].map(String::from)));
    let loss = LineChart::new("").log_y().line("", &[0, 1], &[2.3, 0.004]).to_svg();
    assert_eq!(labels(&loss), ["0.01", "0.1", "1", "0", "1"]);
}

#[test]
fn histograms_count_every_value_once() {
    // One in four is 0, which the ceiling cuts and says so.
    let svg = Histogram::new("").ceiling(10.0).series("", &[0.0, 0.5, 1.25, 2.0]).to_svg();
    assert_eq!(svg.matches(">25.0 %</text>").count(), 4);
    let labels = Histogram::new("").series("", &[0_u8, 1, 1, 3]).to_svg();
    let bars = labels.lines().find(|line| line.starts_with("<path")).unwrap();
    assert_eq!(bars.matches('M').count(), 4);
}

#[test]
fn mistakes_are_marked_and_pixels_come_as_they_are() {
    let image = [0_u8, 255, 128, 0];
    let grid = ImageGrid::new("", 2, 2).prediction(&image, 3, 3).prediction(&image, 3, 5);
    let svg = grid.to_svg();
    assert!(
        svg.contains(">3</text>") && svg.contains("class=\"c1\"") && svg.contains(">3 ≠ 5</text>")
    );
    // The same picture from pixels between 0 and 1.
    let image = [0.0, 1.0, 0.5, 0.0];
    let same = ImageGrid::new("", 2, 2).prediction(&image, 3, 3).prediction(&image, 3, 5);
    assert_eq!(same.to_svg(), svg);
}

#[test]
#[should_panic(expected = "line \"a\": 3 xs, but 2 ys")]
fn a_line_needs_as_many_ys_as_xs() {
    let _ = LineChart::new("").line("a", &[1, 2, 3], &[1, 2]);
}

#[test]
#[should_panic(expected = "an image of 3 pixels, expected 2×2")]
fn an_image_needs_its_pixels() {
    let _ = ImageGrid::new("", 2, 2).image(&[1, 2, 3], "");
}

// ---- Files ----

#[test]
fn saving_makes_the_folder() {
    let folder = std::env::temp_dir().join(format!("longhand-report-{}", std::process::id()));
    let path = folder.join("deep").join("bars.svg");
    let chart = BarChart::new("t").bar("a", 1.0);
    chart.save(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), chart.to_svg());

    // A file stands where a folder is wanted.
    let error = chart.save(path.join("below.svg")).unwrap_err().to_string();
    assert!(error.contains("bars.svg: found ") && error.contains("help: "), "{error}");
    // A folder stands where the file is wanted.
    let error = chart.save(&folder).unwrap_err().to_string();
    assert!(error.contains("expected a file that can be written"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// Run by the test below in a process of its own, with the variable set.
#[test]
fn figure_path_child() {
    if std::env::var_os("LONGHAND_REPORT_CHILD").is_some() {
        println!("[{}]", figure_path("a.b").display());
        if std::env::var_os("LONGHAND_FIGURES").is_some() {
            println!("{}", BarChart::new("t").bar("a", 1.0).save_figure("a").unwrap_err());
        }
    }
}

#[test]
fn the_variable_says_where_figures_go() {
    let run = |folder: Option<&str>| {
        let mut child = this_program();
        child.args(["--exact", "figure_path_child", "--nocapture"]);
        child.env("LONGHAND_REPORT_CHILD", "1").env_remove("LONGHAND_FIGURES");
        folder.map(|folder| child.env("LONGHAND_FIGURES", folder));
        String::from_utf8(child.output().unwrap().stdout).unwrap().replace('\\', "/")
    };
    assert!(run(None).contains("[target/figures/a.b.svg]"));
    let file = std::env::current_exe().unwrap().join("where");
    let said = run(file.to_str());
    assert!(said.contains("where/a.b.svg]"), "{said}");
    assert!(said.contains("help: set LONGHAND_FIGURES to a folder"), "{said}");
}

// ---- Tables ----

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
    let golden = include_str!("golden/width/widths.txt");
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

// ---- Progress ----

/// A writer that the test can look into while the line writes.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.borrow_mut())).unwrap()
    }
}

#[test]
fn the_line_redraws_in_place_and_leaves_nothing() {
    let (screen, now) = (Screen::default(), Cell::new(Duration::ZERO));
    let mut progress = Progress::to(screen.clone(), 80, || now.get(), "epoch 1", 40);
    assert_eq!(screen.take(), "");
    progress.step(|| "loss 2.3000".to_string());
    assert_eq!(
        screen.take(),
        "\r\x1b[?7lepoch 1  ────────────────────   1/40  loss 2.3000\x1b[K\x1b[?7h"
    );
    for _ in 0..19 {
        now.set(now.get() + Duration::from_millis(500));
        progress.step(|| "loss 1.5000".to_string());
    }
    // 20 of 40 steps in 9.5 seconds: as long again.
    let drawn = screen.take();
    assert!(
        drawn.ends_with("━━━━━━━━━━──────────  20/40  loss 1.5000  0:10 left\x1b[K\x1b[?7h"),
        "{drawn}"
    );
    progress.finish();
    assert_eq!(screen.take(), "\r\x1b[K");
}

#[test]
fn the_line_is_drawn_ten_times_a_second_at_most() {
    let (screen, now, asked) = (Screen::default(), Cell::new(Duration::ZERO), Cell::new(0));
    let mut progress = Progress::to(screen.clone(), 80, || now.get(), "e", 10_000);
    for _ in 0..10_000 {
        now.set(now.get() + Duration::from_millis(1));
        progress.step(|| {
            asked.set(asked.get() + 1);
            String::new()
        });
    }
    assert_eq!(asked.get(), 100);
    assert_eq!(screen.take().matches('\r').count(), 100);
}

#[test]
fn the_line_is_never_wider_than_the_terminal() {
    for columns in [0, 1, 2, 10, 35, 79] {
        let screen = Screen::default();
        let label = "a label 数 with\nbreaks\x1b[2J";
        let mut progress = Progress::to(screen.clone(), columns, || Duration::ZERO, label, 5);
        progress.step(|| "a message that is long ".repeat(9));
        let drawn = screen.take();
        let line =
            drawn.strip_prefix("\r\x1b[?7l").unwrap().strip_suffix("\x1b[K\x1b[?7h").unwrap();
        assert!(display_width(line) < columns.max(1), "{columns}: {line:?}");
        assert!(!line.contains(['\n', '\x1b']), "{line:?}");
    }
}

#[test]
fn more_steps_than_promised_or_none_promised_do_no_harm() {
    let most = format!("/{}", usize::MAX);
    for (total, end) in [(2, "2/2"), (0, "  5"), (usize::MAX, &*most)] {
        let (screen, now) = (Screen::default(), Cell::new(Duration::ZERO));
        let mut progress = Progress::to(screen.clone(), 90, || now.get(), "e", total);
        for _ in 0..5 {
            now.set(now.get() + Duration::from_secs(1 << 40));
            progress.step(String::new);
        }
        drop(progress);
        let drawn = screen.take();
        assert!(drawn.contains(end) && drawn.ends_with("\r\x1b[K"), "{drawn:?}");
    }
}

#[test]
fn a_line_that_was_cleared_comes_back() {
    let (screen, now) = (Screen::default(), Cell::new(Duration::ZERO));
    let mut progress = Progress::to(screen.clone(), 80, || now.get(), "e", 3);
    progress.clear();
    assert_eq!(screen.take(), "");
    progress.step(String::new);
    progress.clear();
    assert!(screen.take().ends_with("\r\x1b[K"));
    progress.step(String::new);
    assert!(screen.take().contains("2/3"));
}

/// Run by the test below in a process of its own, whose stderr is a pipe.
#[test]
fn progress_child() {
    if std::env::var_os("LONGHAND_REPORT_CHILD").is_some() {
        let mut progress = Progress::new("epoch", 3);
        for _ in 0..3 {
            progress.step(|| panic!("the message was asked for"));
        }
        progress.finish();
        println!("[done]");
    }
}

#[test]
fn in_a_pipe_there_is_no_line() {
    let mut child = this_program();
    child.args(["--exact", "progress_child", "--nocapture"]).env("LONGHAND_REPORT_CHILD", "1");
    let output = child.output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("[done]"));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
