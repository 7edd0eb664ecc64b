//! What the unlock buys when the layers sit on machines with a slow line between them: a
//! simulation, in units of the time that one layer takes to go forward.

use longhand::report::{Table, section};

/// What a layer's work takes, and a message between two neighbours.
#[derive(Clone, Copy)]
pub struct Costs {
    pub forward: f64,
    pub backward: f64,
    /// Guessing a gradient, and learning from the true one.
    pub synthesizer: f64,
    pub line: f64,
}

impl Costs {
    /// As the chapter has them: going back is twice the work, a guess and its lesson half each.
    pub fn with_line(line: f64) -> Self {
        Self { forward: 1.0, backward: 2.0, synthesizer: 1.0, line }
    }
}

/// How the layers take turns.
#[derive(Clone, Copy)]
pub enum Schedule {
    /// So many batches go up one after the other, then all come back, then comes one step for all:
    /// GPipe. With one batch, plain locked training.
    Flush(usize),
    /// Batches go up all the time, and each layer goes back and steps when a gradient comes. So at
    /// each step it is by [`late`] batches ahead: PipeDream.
    Late,
    /// A layer steps at once, from a guess, and looks at the truth so many batches later.
    Decoupled(usize),
}

/// How many batches late the gradient of each layer is if no machine is to wait for it: a layer
/// goes forward and back once in the time of a batch, and its gradient is on its way for the time
/// that the layers above and the lines between need.
pub fn late(machines: usize, costs: Costs) -> Vec<usize> {
    let Costs { forward, backward, line, .. } = costs;
    let work = forward + backward;
    let above = |layer| (machines - 1 - layer) as f64;
    (0..machines).map(|layer| (above(layer) * (work + 2.0 * line) / work).ceil() as usize).collect()
}

/// When the topmost of `machines` layers has finished each of `batches` batches.
pub fn simulate(machines: usize, costs: Costs, schedule: Schedule, batches: usize) -> Vec<f64> {
    match schedule {
        Schedule::Flush(size) => flush(machines, costs, size, batches),
        Schedule::Late => pipeline(machines, costs, &late(machines, costs), batches),
        Schedule::Decoupled(delay) => decoupled(machines, costs, delay, batches),
    }
}

// ANCHOR: flush
fn flush(machines: usize, costs: Costs, size: usize, batches: usize) -> Vec<f64> {
    let Costs { forward, backward, line, .. } = costs;
    let (mut free, mut finished) = (vec![0.0_f64; machines], Vec::new());
    while finished.len() < batches {
        let mut arrives = vec![0.0; size];
        for free in &mut free {
            for arrives in &mut arrives {
                *free = free.max(*arrives) + forward;
                *arrives = *free + line;
            }
        }
        arrives = vec![0.0; size];
        for free in free.iter_mut().rev() {
            for arrives in &mut arrives {
                *free = free.max(*arrives) + backward;
                *arrives = *free + line;
            }
        }
        finished.extend(vec![free[machines - 1]; size]);
    }
    finished.truncate(batches);
    finished
}
// ANCHOR_END: flush

// ANCHOR: pipeline
fn pipeline(machines: usize, costs: Costs, late: &[usize], batches: usize) -> Vec<f64> {
    let Costs { forward, backward, line, .. } = costs;
    let (mut free, mut finished) = (vec![0.0_f64; machines], Vec::new());
    // truth[i][t]: when layer i has the gradient of batch t.
    let mut truth = vec![Vec::new(); machines];
    for batch in 0..batches {
        let mut arrives = 0.0_f64;
        for free in &mut free {
            *free = free.max(arrives) + forward;
            arrives = *free + line;
        }
        truth[machines - 1].push(0.0);
        for layer in (0..machines).rev() {
            let Some(back) = batch.checked_sub(late[layer]) else { continue };
            free[layer] = free[layer].max(truth[layer][back]) + backward;
            if layer > 0 {
                truth[layer - 1].push(free[layer] + line);
            }
        }
        finished.push(free[machines - 1]);
    }
    finished
}
// ANCHOR_END: pipeline

// ANCHOR: simulate
fn decoupled(machines: usize, costs: Costs, delay: usize, batches: usize) -> Vec<f64> {
    let Costs { forward, backward, synthesizer, line } = costs;
    let (mut free, mut finished) = (vec![0.0_f64; machines], Vec::new());
    // truth[i][t]: when layer i has the true gradient of batch t.
    let mut truth = vec![Vec::new(); machines];
    for batch in 0..batches {
        let mut arrives = 0.0_f64;
        for layer in 0..machines {
            let done = arrives.max(free[layer]) + forward;
            arrives = done + line;
            let guess = if layer + 1 < machines { synthesizer / 2.0 } else { 0.0 };
            free[layer] = done + guess + backward;
            if layer > 0 {
                truth[layer - 1].push(free[layer] + line);
            }
        }
        if let Some(seen) = batch.checked_sub(delay) {
            for layer in 0..machines - 1 {
                free[layer] = free[layer].max(truth[layer][seen]) + synthesizer / 2.0;
            }
        }
        finished.push(free[machines - 1]);
    }
    finished
}
// ANCHOR_END: simulate

/// The time of a batch once the pipe is full.
pub fn pace(machines: usize, costs: Costs, schedule: Schedule) -> f64 {
    let finished = simulate(machines, costs, schedule, 480);
    (finished[479] - finished[239]) / 240.0
}

/// The least delay of the truth with which nobody waits.
pub fn patience(machines: usize, costs: Costs) -> usize {
    let pace = |delay| pace(machines, costs, Schedule::Decoupled(delay));
    let best = pace(190);
    (0..190).find(|&delay| pace(delay) <= best * 1.001).unwrap_or(190)
}

/// The time of a batch for several lines and schedules.
pub fn table(machines: usize) {
    section("A slow line");
    println!("forward 1, backward 2, guess and its lesson 1; the line as given: time of a batch\n");
    let mut table = Table::new([
        "line",
        "locked",
        "flush of 8",
        "flush of 48",
        "late",
        "in flight",
        "decoupled",
        "truth late by",
    ]);
    for line in [0.0, 1.0, 10.0, 100.0] {
        let costs = Costs::with_line(line);
        let delay = patience(machines, costs);
        let pace = |schedule| format!("{:.1}", pace(machines, costs, schedule));
        table.push([
            line.to_string(),
            pace(Schedule::Flush(1)),
            pace(Schedule::Flush(8)),
            pace(Schedule::Flush(48)),
            pace(Schedule::Late),
            (late(machines, costs)[0] + 1).to_string(),
            pace(Schedule::Decoupled(delay)),
            delay.to_string(),
        ]);
    }
    print!("{table}");
}
