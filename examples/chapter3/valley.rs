//! The valleys that the small nets of one and of two parameters descend into, drawn.

use crate::small_net::{descend, five_examples, one, three_examples, two, zeros};
use longhand::Result;
use longhand::report::{Figure, LineChart, section};

/// The loss over the one parameter, and the way down for two rates.
pub fn one_parameter() -> Result<()> {
    section("One valley");
    let (x, y) = three_examples();
    let at = |w: f64| vec![zeros()[0].map(|_| w)];
    let ws: Vec<f64> = (0..=80).map(|i| f64::from(i) / 20.0).collect();
    let losses: Vec<f64> = ws.iter().map(|&w| one(&at(w), &x, &y).0).collect();
    let mut chart = LineChart::new("The loss of one parameter, and two ways down")
        .x("w")
        .y("loss")
        .line("loss", &ws, &losses);
    for rate in [0.02, 0.2] {
        let path = descend(one, at(0.0), (&x, &y), rate, 12);
        let ws: Vec<f64> = path.iter().map(|(_, w)| w[0].data[0]).collect();
        let losses: Vec<f64> = path.iter().map(|(loss, _)| *loss).collect();
        chart = chart.line(&format!("rate {rate}"), &ws, &losses);
    }
    println!("figure: {}", chart.save_figure("chapter3-valley")?);
    Ok(())
}

/// Those (w, b) where the loss is `level`: an ellipse, since the loss is a parabola in each.
///
/// With means over the examples, L = A·dw² + 2B·dw·db + db² + least, where A is the mean of x² and
/// B that of x, and dw and db count from the best w and b.
fn contour(x: &[f64], y: &[f64], level: f64) -> (Vec<f64>, Vec<f64>) {
    let n = x.len() as f64;
    let mean = |f: &dyn Fn(usize) -> f64| (0..x.len()).map(f).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(&|i| x[i]), mean(&|i| y[i]));
    let square = mean(&|i| x[i] * x[i]);
    let spread = square - mean_x * mean_x;
    let best_w = (mean(&|i| x[i] * y[i]) - mean_x * mean_y) / spread;
    let best_b = mean_y - best_w * mean_x;
    let least = mean(&|i| (best_w * x[i] + best_b - y[i]) * (best_w * x[i] + best_b - y[i]));
    let above = level - least;
    // Half a circle by a quotient, and the other half by its sign: no sine is needed.
    let half = (-40..=40).map(|i| f64::from(i) / 40.0);
    let points = half.clone().map(|t| (t, 1.0)).chain(half.map(|t| (-t, -1.0)));
    let circle = points.map(|(t, side)| {
        let (cos, sin) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        (side * cos, sin)
    });
    let on_ellipse = circle.map(|(cos, sin)| {
        let db = (above * square / spread).sqrt() * sin;
        (best_w + (above / square).sqrt() * cos - mean_x / square * db, best_b + db)
    });
    on_ellipse.unzip()
}

/// The loss over the two parameters, as a map with lines of equal height, and the way down.
pub fn two_parameters() -> Result<()> {
    section("Two valleys");
    let (x, y) = five_examples();
    let centred = x.map(|x| x - 3.0);
    for (name, file, x, rate) in [
        ("x as it is", "chapter3-narrow", &x, 0.08),
        ("x minus its mean", "chapter3-round", &centred, 0.08),
    ] {
        let path = descend(two, zeros(), (x, &y), rate, 20);
        let ws: Vec<f64> = path.iter().map(|(_, p)| p[0].data[0]).collect();
        let bs: Vec<f64> = path.iter().map(|(_, p)| p[1].data[0]).collect();
        let title = format!("{name}: lines of equal loss, and 20 steps of rate {rate}");
        let mut chart = LineChart::new(&title).x("w").y("b").x_range(-2.6, 1.8).y_range(-1.0, 7.0);
        chart = chart.line("the steps", &ws, &bs);
        for level in [0.5, 2.0, 8.0] {
            let (ws, bs) = contour(&x.data, &y.data, level);
            chart = chart.line(&format!("loss {level}"), &ws, &bs);
        }
        println!("{name}: after 20 steps the loss is {:.4}", path[20].0);
        println!("figure: {}", chart.save_figure(file)?);
    }
    Ok(())
}
