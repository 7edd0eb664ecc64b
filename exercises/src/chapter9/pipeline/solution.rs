//! Our answer to 9.4.

// ANCHOR: solution
pub fn pipeline(
    machines: usize,
    parts: usize,
    forward: f64,
    backward: f64,
    line: f64,
) -> (f64, f64) {
    // One part passes the others' machines and all lines, both ways. It fills and empties the pipe.
    let way = (machines - 1) as f64;
    let fill = way * (forward / parts as f64 + line);
    let drain = way * (backward / parts as f64 + line);
    let work = forward + backward;
    let step = fill + work + drain;
    (step, (step - work) / step)
}
// ANCHOR_END: solution
