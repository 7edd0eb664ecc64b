//! What the unlock buys when the layers sit on machines with a slow line between them: a
//! simulation, in units of the time that one layer takes to go forward.

use crate::digits::Digits;
use crate::threads;
use longhand::Result;
use longhand::report::{Figure, LineChart, Table, section};

/// What a layer's work takes, and a message between two neighbours.
#[derive(Clone, Copy)]
struct Costs {
    forward: f64,
    backward: f64,
    /// Guessing a gradient, and learning from the true one.
    synthesizer: f64,
    line: f64,
}

// ANCHOR: simulate
/// When the last of `machines` layers has finished each of `batches` batches.
///
/// Locked, a layer begins a batch when it has stepped for the one before. Decoupled, it steps at
/// once, and only looks at the truth of `delay` batches ago, for which it may have to wait.
fn simulate(machines: usize, costs: Costs, delay: Option<usize>, batches: usize) -> Vec<f64> {
    let Costs { forward, backward, synthesizer, line } = costs;
    let mut free = vec![0.0_f64; machines];
    // truth[i][t]: when layer i has the true gradient of batch t.
    let mut truth = vec![Vec::with_capacity(batches); machines];
    let mut finished = Vec::with_capacity(batches);
    for batch in 0..batches {
        let mut arrives = 0.0_f64;
        for layer in 0..machines {
            let mut done = arrives.max(free[layer]) + forward;
            arrives = done + line;
            if delay.is_some() {
                let guess = if layer + 1 < machines { synthesizer / 2.0 } else { 0.0 };
                done += guess + backward;
                if layer > 0 {
                    truth[layer - 1].push(done + line);
                }
            }
            free[layer] = done;
        }
        match delay {
            None => {
                let mut done = free[machines - 1];
                for layer in (0..machines).rev() {
                    done += backward;
                    free[layer] = done;
                    done += line;
                }
            }
            Some(delay) if batch >= delay => {
                for layer in 0..machines - 1 {
                    free[layer] = free[layer].max(truth[layer][batch - delay]) + synthesizer / 2.0;
                }
            }
            Some(_) => {}
        }
        finished.push(free[machines - 1]);
    }
    finished
}
// ANCHOR_END: simulate

/// The least delay with which nobody waits, once the pipe is full.
fn patience(machines: usize, costs: Costs) -> usize {
    let pace = |delay| {
        let finished = simulate(machines, costs, Some(delay), 400);
        finished[399] - finished[199]
    };
    let best = pace(190);
    (0..190).find(|&delay| pace(delay) <= best * 1.001).unwrap_or(190)
}

/// Steps in a given time for several lines, and the loss over time for one of them.
pub fn compare(digits: &Digits, batches: usize, seed: u64) -> Result<()> {
    section("A slow line");
    let costs = |line| Costs { forward: 1.0, backward: 2.0, synthesizer: 1.0, line };
    println!("forward 1, backward 2, guess and its lesson 1; the line as given\n");
    let machines = threads::SIZES.len() - 1;
    let header = ["line", "a locked step", "decoupled", "gain", "truth is late by"];
    let mut table = Table::new(header);
    for line in [0.0, 1.0, 10.0, 100.0] {
        let costs = costs(line);
        let delay = patience(machines, costs);
        let pace = |delay| {
            let finished = simulate(machines, costs, delay, 400);
            (finished[399] - finished[199]) / 200.0
        };
        let (locked, free) = (pace(None), pace(Some(delay)));
        table.push([
            line.to_string(),
            format!("{locked:.1}"),
            format!("{free:.1}"),
            format!("{:.1}", locked / free),
            format!("{delay} batches"),
        ]);
    }
    print!("{}", table.right(4));

    let slow = costs(10.0);
    let delay = patience(machines, slow);
    let mut chart = LineChart::new("Learning over a line ten times as slow as a layer")
        .x("time, in forward passes of a layer")
        .y("cross-entropy")
        .log_y();
    let mut reached = Vec::new();
    for (name, delay) in [("locked", None), ("decoupled", Some(delay))] {
        let losses = threads::train(digits, delay, batches, seed).losses;
        let times = simulate(machines, slow, delay, batches);
        let window = 50;
        let low =
            losses.windows(window).position(|w| w.iter().sum::<f32>() / (window as f32) < 0.5);
        let when = low.map_or("never".to_string(), |at| format!("{:.0}", times[at + window - 1]));
        reached.push(format!("{name}: a mean loss below 0.5 from time {when}"));
        chart = chart.noisy(name, &times, &losses, window);
    }
    println!("\nwith a line of 10\n{}", reached.join("\n"));
    println!("\nfigure: {}", chart.x_range(0.0, 8_000.0).save_figure("chapter9-latency")?);
    Ok(())
}
