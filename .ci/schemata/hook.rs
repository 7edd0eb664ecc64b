
/// Whether the mutant of this number is the one that the variable MUTANT names. With the name of a
/// file in MUTANT_RECORD none is, and the file gets the number of each that was asked for.
#[inline(always)] // also in a build that inlines nothing else: it stands in inner loops
pub(crate) fn __mutant(number: usize) -> bool {
    let chosen = __CHOSEN.load(std::sync::atomic::Ordering::Relaxed);
    if chosen <= __NONE { chosen == number } else { __ask(number) }
}

const __NONE: usize = MUTANTS;
const __RECORD: usize = usize::MAX - 1;
const __UNKNOWN: usize = usize::MAX;
static __CHOSEN: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(__UNKNOWN);

#[cold]
#[inline(never)]
fn __ask(number: usize) -> bool {
    use std::io::Write;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    static ASKED: [AtomicBool; MUTANTS] = [const { AtomicBool::new(false) }; MUTANTS];
    if __CHOSEN.load(Relaxed) == __UNKNOWN {
        let chosen = match std::env::var("MUTANT") {
            Ok(number) => number.parse().unwrap(),
            Err(_) if std::env::var_os("MUTANT_RECORD").is_some() => __RECORD,
            Err(_) => __NONE,
        };
        __CHOSEN.store(chosen, Relaxed);
        return __mutant(number);
    }
    if !ASKED[number].swap(true, Relaxed) {
        let path = std::env::var("MUTANT_RECORD").unwrap();
        let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
        file.write_all(format!("{number}\n").as_bytes()).unwrap();
    }
    false
}
