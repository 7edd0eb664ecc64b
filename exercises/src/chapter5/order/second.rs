//! 5.2 by counting: an entry goes when all its uses have gone.

pub fn order(inputs: &[Vec<usize>], last: usize) -> Vec<usize> {
    let mut needed = vec![false; inputs.len()];
    let mut stack = vec![last];
    while let Some(entry) = stack.pop() {
        if !needed[entry] {
            needed[entry] = true;
            stack.extend(&inputs[entry]);
        }
    }
    let mut uses = vec![0; inputs.len()];
    for entry in (0..inputs.len()).filter(|&entry| needed[entry]) {
        inputs[entry].iter().for_each(|&input| uses[input] += 1);
    }
    let (mut order, mut ready) = (Vec::new(), vec![last]);
    while let Some(entry) = ready.pop() {
        order.push(entry);
        for &input in &inputs[entry] {
            uses[input] -= 1;
            if uses[input] == 0 {
                ready.push(input);
            }
        }
    }
    order
}
