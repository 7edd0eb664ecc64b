//! Judges an exercise whenever its file is saved, and goes on to the next one that is open.

use super::programs::{root, run_all, run_one};
use exercises::Task;
use longhand::Result;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// Until the program is stopped, or nothing is left.
pub(crate) fn watch(mut task: &'static dyn Task) -> Result<()> {
    let mut judged: Option<SystemTime> = None;
    loop {
        // While an editor writes the file it may be gone for a moment.
        let saved = std::fs::metadata(task.file()).and_then(|file| file.modified()).ok();
        if saved.is_none() || saved == judged {
            sleep(Duration::from_millis(200));
            continue;
        }
        judged = saved;
        println!("── {} ──\n", task.file().display());
        let outcome = run_one(&root(), task, true)?;
        println!("{}", outcome.output);
        if outcome.done() {
            match run_all(&root())?.into_iter().find(|outcome| !outcome.done()) {
                Some(next) => (task, judged) = (next.task, None),
                None => break println!("Everything is solved."),
            }
        }
    }
    Ok(())
}
