//! Three rules for a step in one long valley of two parameters, each at its best rate.

use longhand::Result;
use longhand::by_hand::steps::{Moments, adam, descend, momentum};
use longhand::report::{Figure, LineChart, Table};

/// A long valley, a hundred times as steep across as along: along the axes, or turned by 45°.
#[derive(Clone, Copy)]
pub struct Valley {
    pub turned: bool,
}

impl Valley {
    /// Along and across the valley.
    fn coordinates(self, [x, y]: [f64; 2]) -> [f64; 2] {
        match self.turned {
            true => [(x + y) / 2_f64.sqrt(), (y - x) / 2_f64.sqrt()],
            false => [x, y],
        }
    }

    pub fn loss(self, w: [f64; 2]) -> f64 {
        let [along, across] = self.coordinates(w);
        0.5 * (along * along + 100.0 * across * across)
    }

    fn gradient(self, w: [f64; 2]) -> [f64; 2] {
        let [along, across] = self.coordinates(w);
        let (g, h) = (along, 100.0 * across);
        match self.turned {
            true => [(g - h) / 2_f64.sqrt(), (g + h) / 2_f64.sqrt()],
            false => [g, h],
        }
    }

    /// Where all begin: far along the valley, and a little up its side.
    fn start(self) -> [f64; 2] {
        match self.turned {
            true => [-11.0 / 2_f64.sqrt(), -9.0 / 2_f64.sqrt()],
            false => [-10.0, 1.0],
        }
    }
}

/// A rule, with what it keeps from step to step.
pub type Rule = fn(&mut [f64; 2], &mut Kept, &[f64; 2], f64);

#[derive(Default)]
pub struct Kept {
    velocity: [f64; 2],
    moments: Moments,
}

pub const RULES: [(&str, Rule); 3] = [
    ("descent", |w, _, g, rate| descend(w, g, rate)),
    ("momentum 0.9", |w, kept, g, rate| momentum(w, &mut kept.velocity, g, rate, 0.9)),
    ("Adam", |w, kept, g, rate| adam(w, &mut kept.moments, g, rate)),
];

const STEPS: usize = 100;

/// Where a rule has been, from the start on.
pub fn path(valley: Valley, rule: Rule, rate: f64) -> Vec<[f64; 2]> {
    let (mut w, mut kept) = (valley.start(), Kept::default());
    let mut visited = vec![w];
    for _ in 0..STEPS {
        let gradient = valley.gradient(w);
        rule(&mut w, &mut kept, &gradient, rate);
        visited.push(w);
    }
    visited
}

/// The largest loss of the last ten steps: a rule that swings cannot be lucky.
pub fn worst_of_last_ten(valley: Valley, visited: &[[f64; 2]]) -> f64 {
    visited[STEPS - 9..].iter().map(|&w| valley.loss(w)).fold(0.0, f64::max)
}

/// The best rate of each rule, of seventy, and where it leads.
pub fn two_parameters() -> Result<()> {
    let mut rates = vec![0.0005];
    while rates.len() < 70 {
        rates.push(rates[rates.len() - 1] * 1.15);
    }
    let mut table = Table::new(["rule", "valley", "best rate", "loss at the end"]).left(1);
    let mut chart = LineChart::new("Three rules in one valley").x("along").y("across");
    for (name, rule) in RULES {
        for valley in [Valley { turned: false }, Valley { turned: true }] {
            let end = |&rate: &f64| worst_of_last_ten(valley, &path(valley, rule, rate));
            let least = |best: f64, rate: &f64| if end(rate) < end(&best) { *rate } else { best };
            let best = rates.iter().fold(rates[0], least);
            assert!(rates[0] < best && best < rates[69], "{name}: the best rate is at the edge");
            let which = if valley.turned { "turned" } else { "along the axes" };
            let loss = format!("{:.1e}", end(&best));
            table.push([name, which, &format!("{best:.3}"), &loss]);
            if !valley.turned {
                let visited = path(valley, rule, best);
                let (x, y): (Vec<f64>, Vec<f64>) =
                    visited[..24].iter().map(|&[x, y]| (x, y)).unzip();
                chart = chart.line(name, &x, &y);
            }
        }
    }
    print!("{}", table.right(3));
    let (x, y) = contours();
    // The fifth colour is that of the lines on a hiker's map.
    let chart = chart.line("", &[0.0; 0], &[0.0; 0]).line("", &x, &y);
    println!("\nfigure: {}", chart.save_figure("chapter4-rules")?);
    Ok(())
}

/// Lines of equal loss: ellipses, with a gap after each.
fn contours() -> (Vec<f64>, Vec<f64>) {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for along in [2.0, 4.0, 6.0, 8.0, 10.0] {
        let across = along / 10.0;
        // The right half of a circle is ((1 − t²)/(1 + t²), 2t/(1 + t²)) for t from −1 to 1.
        for side in [1.0, -1.0] {
            for i in -40..=40 {
                let t = f64::from(i) / 40.0;
                x.push(side * along * (1.0 - t * t) / (1.0 + t * t));
                y.push(side * across * 2.0 * t / (1.0 + t * t));
            }
        }
        x.push(f64::NAN);
        y.push(f64::NAN);
    }
    (x, y)
}
