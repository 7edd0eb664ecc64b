//! Prints the report of the machine that it is run on; with an argument, nothing, and it fails if the
//! settings are not for this machine.

fn main() -> longhand::Result<()> {
    longhand::check_settings()?;
    if std::env::args().len() == 1 {
        print!("{}", longhand_bits::report());
    }
    Ok(())
}
