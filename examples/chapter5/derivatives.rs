//! A function of one variable and three derivatives, from one recording.

use longhand::report::{Figure, LineChart, Table};
use longhand::tape::Var;
use longhand::{Result, Tape, Tensor};

pub fn derivatives() -> Result<()> {
    // ANCHOR: derivatives
    let tape = Tape::<f64>::new();
    let points: Vec<f64> = (-300..=300).map(|i| f64::from(i) / 100.0).collect();
    let x = tape.leaf(Tensor::vector(&points));
    let f = (-x.square()).exp();
    let [first] = f.sum().grad_create_graph([x]);
    let [second] = first.sum().grad_create_graph([x]);
    let [third] = second.sum().grad_create_graph([x]);
    // ANCHOR_END: derivatives
    println!("f = exp(−x²), recorded once; {} entries after three backward passes\n", tape.len());
    // Every derivative is a polynomial times f.
    let bell = f.value();
    let mut table = Table::new(["", "at x = ½", "formula", "largest difference"]);
    let mut compare = |name: &str, ours: Var<'_, f64>, polynomial: fn(f64) -> f64| {
        let formula = x.value().map(polynomial) * &bell;
        let at = points.iter().position(|&x| x == 0.5).expect("one of the points");
        table.push([
            name.to_string(),
            format!("{:.9}", ours.value().data()[at]),
            format!("{:.9}", formula.data()[at]),
            format!("{:.1e}", ours.value().max_abs_diff(&formula)),
        ]);
    };
    compare("f′ = −2x·f", first, |x| -2.0 * x);
    compare("f″ = (4x² − 2)·f", second, |x| 4.0 * x * x - 2.0);
    compare("f‴ = (12x − 8x³)·f", third, |x| 12.0 * x - 8.0 * x * x * x);
    print!("{table}");
    let chart = LineChart::new("f(x) = exp(−x²) and its first three derivatives")
        .x("x")
        .line("f", &points, bell.data())
        .line("f′", &points, first.value().data())
        .line("f″", &points, second.value().data())
        .line("f‴", &points, third.value().data());
    println!("\nfigure: {}", chart.save_figure("chapter5-derivatives")?);
    Ok(())
}
