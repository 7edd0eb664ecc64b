//! Prints the report of the machine that it is run on.

fn main() {
    print!("{}", longhand_bits::report());
}
