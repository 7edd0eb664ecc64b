//! Figures are well-formed, small, safe and the same every time.

use super::xml::elements;
use longhand::Rng;
use longhand::report::{
    AreaChart, BarChart, ConfusionMatrix, Figure, Histogram, ImageGrid, LineChart, Timeline,
};

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
