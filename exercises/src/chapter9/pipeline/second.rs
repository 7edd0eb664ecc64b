//! 9.4 part by part and machine by machine.

pub fn pipeline(
    machines: usize,
    parts: usize,
    forward: f64,
    backward: f64,
    line: f64,
) -> (f64, f64) {
    let mut free = vec![0.0_f64; machines];
    let upwards: Vec<usize> = (0..machines).collect();
    let downwards: Vec<usize> = upwards.iter().rev().copied().collect();
    for (order, work) in [(upwards, forward), (downwards, backward)] {
        for _ in 0..parts {
            let mut arrives = 0.0_f64;
            for &machine in &order {
                free[machine] = free[machine].max(arrives) + work / parts as f64;
                arrives = free[machine] + line;
            }
        }
    }
    (free[0], 1.0 - (forward + backward) / free[0])
}
