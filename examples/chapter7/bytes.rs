//! Where the bytes are: tables and figures from the meter.

use crate::nets::{
    CONVOLUTIONAL, Case, Fresh, NOTEBOOK, Rule, Training, WIDE, Way, adam, batch, descent,
    notebook_net,
};
use longhand::layers::Layer;
use longhand::optim::{Adam, Optimizer};
use longhand::report::{AreaChart, Figure, Table, grouped};
use longhand::tensor::meter::{Bytes, Kind, Meter};
use longhand::{Param, Result, mebp};

/// In millions of bytes, with one decimal.
pub fn mb(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// What one step took: at its peak, at most of each kind, and after every change.
pub struct Step {
    peak: Bytes,
    most: [usize; Kind::ALL.len()],
    trace: Vec<Bytes>,
}

/// One step for each size of batch, after a first that makes the optimizer's state.
fn steps<const N: usize>(case: Case, rows: [usize; N], rule: Rule, way: Way) -> [Step; N] {
    let meter = Meter::new();
    let batch = |rows: usize| meter.watch(|| batch(&[&[rows], &case.batch[1..]].concat(), 1));
    let mut training = meter.watch(|| Training::new(case, 1, rule, way));
    let first = batch(1);
    meter.watch(|| training.step(&first, 1));
    drop(first);
    rows.map(|rows| {
        let x = batch(rows);
        meter.restart();
        let ((), trace) = meter.trace(|| training.step(&x, 2));
        Step { peak: meter.peak(), most: Kind::ALL.map(|kind| meter.most(kind)), trace }
    })
}

/// A step of the wide net in each of the three ways.
pub fn wide_steps() -> [Step; 3] {
    Way::THREE.map(|way| {
        let [step] = steps(WIDE, [64], adam(), way);
        step
    })
}

pub fn ordinary_step(step: &Step) {
    println!("the wide net, batch of 64, Adam: an ordinary step\n");
    let before = step.trace[0];
    let mut table = Table::new(["", "before the step", "at its peak", "at most"]);
    for (kind, most) in Kind::ALL.into_iter().zip(step.most) {
        let numbers = [before[kind], step.peak[kind], most].map(mb);
        table.push([kind.name().to_string()].into_iter().chain(numbers));
    }
    let total = ["total".into(), mb(before.total()), mb(step.peak.total()), String::new()];
    print!("{}", table.right(1).right(2).right(3).footer(total));
}

/// Adam, and what the meter says at the moment of each step.
struct Look<'a> {
    adam: Adam,
    meter: &'a Meter,
    table: Table,
}

impl Optimizer for Look<'_> {
    fn step_param(&mut self, param: &mut Param) {
        let now = self.meter.now();
        let held = [Kind::Gradient, Kind::Activation, Kind::Scratch].map(|kind| now[kind] / 4);
        let place = param.value.data().as_ptr();
        self.adam.step_param(param);
        let in_place = place == param.value.data().as_ptr();
        let cells = [
            format!("{} {}", param.name, param.value.shape()),
            if in_place { "in place" } else { "in a COPY" }.to_string(),
        ];
        self.table.push(cells.into_iter().chain(held.map(grouped)));
    }
}

pub fn layer_by_layer() {
    let meter = Meter::new();
    meter.watch(|| {
        let mut net = notebook_net(3);
        let x = batch(&[1, 50], 4);
        let table = Table::new(["stepped", "", "gradients", "activations", "on the way"]);
        let mut look = Look { adam: Adam::new(1e-3), meter: &meter, table };
        // ANCHOR: layer_by_layer
        let d_output = (NOTEBOOK.d_output)(&net.forward(&x), 5);
        println!("forward: {} numbers are kept", meter.now()[Kind::Activation] / 4);
        mebp::per_layer(&mut net, d_output, &mut look);
        let left = net.params().iter().filter(|param| param.grad().is_some()).count();
        println!("backward: {left} gradients are left; at each step there were\n");
        // ANCHOR_END: layer_by_layer
        print!("{}", look.table);
    });
}

/// Several steps one after another, with gaps, in stacked areas.
fn chart(title: &str, steps: &[&Step], kinds: &[Kind]) -> AreaChart {
    let mut all: Vec<Bytes> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let gap = if number == 0 { 0 } else { step.trace.len() / 12 };
        all.extend(std::iter::repeat_n(Bytes::default(), gap));
        all.extend(&step.trace);
    }
    let xs: Vec<f64> = (0..all.len()).map(|i| i as f64).collect();
    let empty = AreaChart::new(title, &xs).x("buffers made, renamed or let go").y("MB").steps();
    kinds.iter().fold(empty, |chart, &kind| {
        let megabytes: Vec<f64> = all.iter().map(|bytes| bytes[kind] as f64 / 1e6).collect();
        chart.layer(kind.name(), &megabytes)
    })
}

pub fn timeline(wide: &[Step; 3]) -> Result<()> {
    let mut table = Table::new(["the wide net, batch of 64", "at its peak", "gradients at most"]);
    for (way, step) in Way::THREE.into_iter().zip(wide) {
        let gradients = step.most[Kind::Gradient as usize];
        table.push([way.name().to_string(), mb(step.peak.total()), mb(gradients)]);
    }
    print!("{}", table.right(1).right(2));
    let title = "One step three times: ordinary, per layer, per parameter";
    let chart = chart(title, &[&wide[0], &wide[1], &wide[2]], &Kind::ALL);
    println!("\nfigure: {}", chart.save_figure("chapter7-step")?);
    Ok(())
}

pub fn gradients(wide: &[Step; 3]) {
    let mut table = Table::new(["net", "way", "theory", "measured", "of all"]).right(4);
    for case in [NOTEBOOK, CONVOLUTIONAL, WIDE] {
        let sizes = mebp::sizes(&(case.net)(1));
        let theory = [sizes.all, sizes.layer, sizes.parameter];
        for (number, (way, theory)) in Way::THREE.into_iter().zip(theory).enumerate() {
            let bytes = match case.name == WIDE.name {
                true => wide[number].most[Kind::Gradient as usize],
                false => steps(case, [case.batch[0]], adam(), way)[0].most[Kind::Gradient as usize],
            };
            let part = format!("{:.1} %", 100.0 * (bytes / 4) as f64 / sizes.all as f64);
            let name = if number == 0 { case.name } else { "" };
            let numbers = [grouped(theory), grouped(bytes / 4), part];
            table.push([name.to_string(), way.name().to_string()].into_iter().chain(numbers));
        }
    }
    print!("{table}");
}

pub fn whole_step() -> Result<()> {
    let sizes = mebp::sizes(&(WIDE.net)(1));
    let floor = 4 * (3 * sizes.all + sizes.layer);
    println!("parameters, Adam's state and the gradients of one layer: {}\n", mb(floor));
    let ways = [Way::Late, Way::Ordinary, Way::Layer, Way::Parameter];
    let rows = [1, 64, 512];
    let all = ways.map(|way| steps(WIDE, rows, adam(), way));
    let mut table = Table::new(["batch", "activations"].into_iter().chain(ways.map(Way::name)));
    for (number, rows) in rows.into_iter().enumerate() {
        let activations = mb(all[0][number].most[Kind::Activation as usize]);
        let peaks = all.iter().map(|steps| mb(steps[number].peak.total()));
        table.push([rows.to_string(), activations].into_iter().chain(peaks));
    }
    print!("{}", (1..6).fold(table, Table::right));
    let title = "A batch of 512: ordinary, per layer";
    let kinds = [Kind::Activation, Kind::Gradient, Kind::Scratch];
    let chart = chart(title, &[&all[1][2], &all[2][2]], &kinds);
    println!("\nfigure: {}", chart.save_figure("chapter7-batch")?);
    Ok(())
}

/// The peak in multiples of the parameters.
pub fn others() {
    let parameters = 4 * mebp::sizes(&(WIDE.net)(1)).all;
    println!("the wide net, batch of 1, in multiples of its parameters\n");
    let rules: [(&str, Fresh); 2] = [("Adam", adam), ("descent", descent)];
    let mut table = Table::new(["", "state", "gradients", "peak", "of the first"]).right(4);
    let mut first = None;
    for (name, rule) in rules {
        for way in [Way::Ordinary, Way::Parameter] {
            let [step] = steps(WIDE, [1], rule(), way);
            let times = |bytes: usize| format!("{:.2}", bytes as f64 / parameters as f64);
            let peak = step.peak.total();
            let first = *first.get_or_insert(peak);
            table.push([
                format!("{name}, {}", way.name()),
                times(step.most[Kind::State as usize]),
                times(step.most[Kind::Gradient as usize]),
                times(peak),
                format!("{:.1} %", 100.0 * peak as f64 / first as f64),
            ]);
        }
    }
    print!("{table}");
}
