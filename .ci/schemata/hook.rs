
/// Whether the mutant of this number is the one that the variable MUTANT names. With the name of a
/// file in MUTANT_RECORD none is, and the file gets the number of each that was asked for.
pub(crate) fn __mutant(number: usize) -> bool {
    use std::io::Write;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
    static CHOSEN: AtomicUsize = AtomicUsize::new(UNKNOWN);
    static ASKED: [AtomicBool; MUTANTS] = [const { AtomicBool::new(false) }; MUTANTS];
    const UNKNOWN: usize = usize::MAX;
    const RECORD: usize = usize::MAX - 1;
    const NONE: usize = usize::MAX - 2;
    let mut chosen = CHOSEN.load(Relaxed);
    if chosen == UNKNOWN {
        chosen = match std::env::var("MUTANT") {
            Ok(number) => number.parse().unwrap(),
            Err(_) if std::env::var_os("MUTANT_RECORD").is_some() => RECORD,
            Err(_) => NONE,
        };
        CHOSEN.store(chosen, Relaxed);
    }
    if chosen == RECORD && !ASKED[number].swap(true, Relaxed) {
        let path = std::env::var("MUTANT_RECORD").unwrap();
        let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
        file.write_all(format!("{number}\n").as_bytes()).unwrap();
    }
    chosen == number
}
