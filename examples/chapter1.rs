//! Chapter 1, tensors and the matmul ladder: shapes that meet, sums that have an order, and one
//! product written over and over, ever faster.

use longhand::cli::Program;
use longhand::report::{BarChart, Figure, Table, measured, section};
use longhand::tensor::{einsum, gemm, isa, ladder, threads};
use longhand::{Result, Rng, Tensor, init};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The shape, then the tensor as NumPy would print it.
fn show(name: &str, tensor: &Tensor) {
    println!("{name}: {}\n{tensor}", tensor.shape());
}

/// What `f` gives, and the shortest of several runs in seconds.
fn time<R>(f: impl Fn() -> R) -> (R, f64) {
    let (begin, mut best) = (Instant::now(), f64::INFINITY);
    loop {
        let start = Instant::now();
        let result = black_box(f());
        best = best.min(start.elapsed().as_secs_f64());
        if begin.elapsed() > Duration::from_millis(100) {
            return (result, best);
        }
    }
}

// ANCHOR: peak
/// Operations per second of one thread that never waits.
fn peak() -> f64 {
    let (operations, seconds) = time(|| gemm::fma_peak::<f32>(1 << 14));
    operations as f64 / seconds
}
// ANCHOR_END: peak

const PROGRAM: Program = Program {
    name: "chapter1",
    title: "Chapter 1: tensors and the matmul ladder",
    about: "Shapes that meet, sums that have an order, and one product in ten ways, each timed. \
            It takes some seconds.",
    choices: &[],
    options: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(|_| chapter())
}

fn chapter() -> Result<()> {
    println!("{}", PROGRAM.title);

    section("A tensor");
    // ANCHOR: tensor
    let a = Tensor::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let b = a.reshape([3, 2]);
    let c = a.t();
    // ANCHOR_END: tensor
    show("a", &a);
    show("a.reshape([3, 2])", &b);
    show("a.t()", &c);
    println!("the elements of a.reshape([3, 2]): {:?}", b.data());
    println!("the elements of a.t():             {:?}", c.data());
    println!("do a and a.reshape([3, 2]) share them? {}", a.shares_memory_with(&b));
    println!("do a and a.t()?                        {}", a.shares_memory_with(&c));
    show("a large one", &(Tensor::arange(2000).reshape([40, 50]) + 100.0));

    section("Broadcasting");
    // ANCHOR: broadcasting
    let a = Tensor::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unsqueeze(-1);
    let b = Tensor::new([2, 1], vec![5.0, 1.0]).unsqueeze(1);
    let c = &a * &b;
    // ANCHOR_END: broadcasting
    show("a", &a);
    show("b", &b);
    show("a * b", &c);
    for axis in [0, 1, -1] {
        show(&format!("(a * b).sum_axis({axis})"), &c.sum_axis(axis));
    }

    section("Squeezing");
    // ANCHOR: squeezing
    let row = Tensor::new([1, 3], vec![1.0, 2.0, 3.0]);
    let column = Tensor::new([3, 1], vec![1.0, 2.0, 3.0]);
    // ANCHOR_END: squeezing
    show("row", &row);
    show("row.squeeze_all()", &row.squeeze_all());
    show("column", &column);
    show("column.squeeze(-1)", &column.squeeze(-1));
    println!("column − row:                {}", (&column - &row).shape());
    println!("column.squeeze(-1) − row:    {}", (column.squeeze(-1) - &row).shape());
    println!("column.squeeze(-1) − vector: {}", (column.squeeze(-1) - row.squeeze(0)).shape());

    order();
    named_indices();
    ladder()
}

/// That it matters in what order one adds, and how often one rounds.
fn order() {
    section("The order of a sum");
    // ANCHOR: order
    println!("f64: (0.1 + 0.2) + 0.3 = {}", (0.1_f64 + 0.2) + 0.3);
    println!("f64: 0.1 + (0.2 + 0.3) = {}", 0.1_f64 + (0.2 + 0.3));
    println!("f32: (0.1 + 0.2) + 0.3 = {}", (0.1_f32 + 0.2) + 0.3);
    println!("f32: 0.1 + (0.2 + 0.3) = {}", 0.1_f32 + (0.2 + 0.3));
    println!("f32: (0.1 + 0.3) + 0.4 = {}", (0.1_f32 + 0.3) + 0.4);
    println!("f32: 0.1 + (0.3 + 0.4) = {}", 0.1_f32 + (0.3 + 0.4));
    let (tenth, ten) = (0.1_f64, 10.0);
    println!("f64: 0.1 × 10 − 1, two roundings: {}", tenth * ten - 1.0);
    println!("f64: 0.1 × 10 − 1, one rounding:  {:e}", tenth.mul_add(ten, -1.0));
    let (tenth, ten) = (0.1_f32, 10.0);
    println!("f32: 0.1 × 10 − 1, two roundings: {}", tenth * ten - 1.0);
    println!("f32: 0.1 × 10 − 1, one rounding:  {:e}", tenth.mul_add(ten, -1.0));
    let tenths = Tensor::full([10_000_000], 0.1_f32);
    let one_by_one = tenths.data().iter().fold(0.0, |sum, x| sum + x);
    println!("ten million × 0.1 in f32, one by one: {one_by_one}");
    println!("ten million × 0.1 in f32, by sum():   {}", tenths.sum());
    // ANCHOR_END: order
}

fn named_indices() {
    section("Named indices");
    // ANCHOR: einsum
    let a = Tensor::new([2, 2], vec![1.0_f32, 2.0, 3.0, 4.0]);
    let v = Tensor::vector(&[1.0_f32, 10.0]);
    for spec in ["ij->ji", "ij->i", "ij->", "ii->"] {
        show(&format!("{spec} of a"), &einsum(spec, &[&a]));
    }
    for spec in ["ij,j->i", "ij,j->ij"] {
        show(&format!("{spec} of a and v"), &einsum(spec, &[&a, &v]));
    }
    show("i,j->ij of v and v", &einsum("i,j->ij", &[&v, &v]));
    // ANCHOR_END: einsum
}

/// The prediction, then all rungs.
fn ladder() -> Result<()> {
    let rng = &mut Rng::new(1);
    let mut random = |shape: [usize; 2]| -> Tensor { init::normal(shape, 0.0, 1.0, rng) };
    let small = [random([5, 784]), random([784, 10])];
    let large = [random([512, 512]), random([512, 512])];
    let flops = 2.0 * 512_f64.powi(3); // a multiplication and an addition for each link

    let yes_or_no = |same: bool| if same { "yes" } else { "no" }.to_string();
    let ms = |seconds: f64| measured(format_args!("{:.2} ms", seconds * 1e3));
    let times = |gain: f64| measured(format_args!("{gain:.1} ×"));

    section("Two changes");
    let mut table = Table::new(["loops", "multiply-add", "512³", "gain", "same bits"]);
    // ANCHOR: inner_loops
    let mut first = None;
    for way in ladder::inner_loops::<f32>() {
        let (product, seconds) = time(|| (way.multiply)(&large[0], &large[1]));
        let (expected, first_time) = first.get_or_insert((product.clone(), seconds));
        let (gain, same) = (*first_time / seconds, product.same_bits(expected));
        let [order, multiply_add] = [way.order, way.multiply_add].map(String::from);
        table.push([order, multiply_add, ms(seconds), times(gain), yes_or_no(same)]);
    }
    // ANCHOR_END: inner_loops
    print!("{}", table.right(2).right(3));

    section("The ladder");
    let most = peak();
    let of_peak = |seconds: f64| measured(format_args!("{:.1} %", 100.0 * flops / seconds / most));
    let micro = |seconds: f64| measured(format_args!("{:.1} µs", seconds * 1e6));
    let headings = ["rung", "5×784 by 784×10", "512³", "of peak", "gain", "same bits"];
    let mut table = Table::new(headings);
    let mut chart = BarChart::new("The ladder at 512³").unit("GFLOP/s").log();
    // ANCHOR: climb
    let mut first = None;
    for (name, multiply) in ladder::rungs::<f32>() {
        let [(few, few_time), (many, many_time)] =
            [&small, &large].map(|[a, b]| time(|| multiply(a, b)));
        let (expected, first_time) = first.get_or_insert(([few.clone(), many.clone()], many_time));
        let same = few.same_bits(&expected[0]) && many.same_bits(&expected[1]);
        let gain = times(*first_time / many_time);
        let cells = [micro(few_time), ms(many_time), of_peak(many_time), gain, yes_or_no(same)];
        table.push([name.to_string()].into_iter().chain(cells));
        chart = chart.bar(name, flops / many_time / 1e9);
    }
    // ANCHOR_END: climb
    for column in 1..5 {
        table = table.right(column);
    }
    print!("{table}");
    println!("peak of one thread: {}", measured(format_args!("{:.1} GFLOP/s", most / 1e9)));
    // Which machine it was is no part of the output, which is the same on all of them.
    eprintln!("(measured with {} on {} threads)", isa::current(), threads::current());
    println!("figure: {}", chart.save_figure("chapter1-timing-ladder")?);
    Ok(())
}
