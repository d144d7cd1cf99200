//! Instructions, counted by Valgrind's callgrind in a run of this very program.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failed;

/// The argument that makes this program do the work and nothing else.
pub const INSIDE: &str = "--inside";

/// What callgrind watches: it counts while this function runs, and writes its count when that returns.
const WATCHED: &str = "osproxy_counts::callgrind::watched_by_callgrind";

/// Runs work where callgrind sees it. Never inlined, or there is nothing to watch; and something is left to do after the
/// work, or its call would be a jump and this function would never return.
#[inline(never)]
pub fn watched_by_callgrind(work: Box<dyn FnOnce()>) -> u64 {
    let kept = std::hint::black_box(1);
    work();
    std::hint::black_box(kept)
}

/// So many runs, side by side: the keys of hash tables are drawn anew for each, and the allocator finds other gaps.
const RUNS: usize = 3;

/// The instructions of each watched piece of work, in order, of each run.
pub fn instructions(pieces: usize) -> Result<Vec<Vec<u64>>, Failed> {
    let runs: Vec<_> = (0..RUNS)
        .map(|number| {
            std::thread::spawn(move || one_run(number, pieces).map_err(|error| error.to_string()))
        })
        .collect();
    runs.into_iter()
        .map(|run| Ok(run.join().map_err(|_| "a run that broke off")??))
        .collect()
}

fn one_run(number: usize, pieces: usize) -> Result<Vec<u64>, Failed> {
    let name = format!("osproxy-counts-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder)?;
    let counted = run(&folder).and_then(|()| read(&folder, pieces));
    fs::remove_dir_all(&folder)?;
    counted
}

fn run(folder: &Path) -> Result<(), Failed> {
    let out = folder.join("out");
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--combine-dumps=no"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(format!("--toggle-collect={WATCHED}"))
        .arg(format!("--dump-after={WATCHED}"))
        .arg(std::env::current_exe()?)
        .arg(INSIDE)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| {
            format!("valgrind could not be started ({error}); Debian: apt-get install valgrind")
        })?;
    if !status.success() {
        return Err(format!("valgrind ended with {status}").into());
    }
    Ok(())
}

/// Each count is a file of its own, numbered from 1; what follows the last is in `out` itself.
fn read(folder: &Path, pieces: usize) -> Result<Vec<u64>, Failed> {
    let counts: Result<Vec<_>, Failed> = (1..=pieces)
        .map(|number| {
            let text =
                fs::read_to_string(folder.join(format!("out.{number}"))).map_err(|error| {
                    format!("callgrind wrote no count {number} of {pieces}: {error}")
                })?;
            let line = text.lines().find_map(|line| line.strip_prefix("summary:"));
            Ok(line.ok_or("a count without a sum")?.trim().parse()?)
        })
        .collect();
    counts
}
