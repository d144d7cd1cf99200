//! Counts what the stack costs, and fails where that is no longer what the committed table says.
//!
//! Time is too noisy to be held against anything; instructions and allocations are the same on every run. A figure is the
//! growth from `n` units of work to `2n`, a unit: what is paid once a process or a request is not in it, and what grows
//! faster than its work shows. The service behind the stack is always ready and answers from memory. Rows of a
//! request have the same request without the stack taken off.
//!
//! ```sh
//! cargo run --profile counts -p osproxy-counts              # against counts.csv, as CI does
//! cargo run --profile counts -p osproxy-counts -- --update  # writes counts.csv anew; what changed is to be committed
//! cargo run --profile counts -p osproxy-counts -- --time    # how long a unit takes here and now
//! ```
//!
//! Where the instructions of one case go:
//!
//! ```sh
//! valgrind --tool=callgrind --toggle-collect=osproxy_counts::callgrind::watched_by_callgrind \
//!     target/counts/osproxy-counts --inside bulk_shared_1k
//! callgrind_annotate --inclusive=yes callgrind.out.*
//! ```

mod allocator;
mod callgrind;
mod cases;
mod cluster;
mod samples;
mod table;

use std::collections::HashMap;
use std::process::{Command, ExitCode};

use self::cases::Case;
use self::table::{Row, Table};

/// Why nothing could be counted.
pub type Failed = Box<dyn std::error::Error>;

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

/// How far instructions may be from the table: with its own compiler and C library, and with others.
const BAND: f64 = 0.06;
const BAND_WITH_OTHERS: f64 = 0.15;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [callgrind::INSIDE] => inside(|_| true),
        [callgrind::INSIDE, only] => inside(|case| case == only),
        [] => check(),
        ["--update"] => update(),
        ["--time"] => time(),
        _ => Err("no argument, --update, --time, or --inside and a case".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The work alone, for callgrind.
fn inside(wanted: impl Fn(&str) -> bool) -> Result<bool, Failed> {
    for case in cases::all().into_iter().filter(|case| wanted(case.name)) {
        for units in [case.n, 2 * case.n] {
            callgrind::watched_by_callgrind((case.work)(units));
        }
    }
    Ok(true)
}

fn check() -> Result<bool, Failed> {
    let (table, now) = (Table::read()?, count()?);
    let same = table.tools == now.tools;
    let band = if same { BAND } else { BAND_WITH_OTHERS };
    if !same {
        println!(
            "counted with {}, the table with {}: instructions may differ by {:.0} %",
            now.tools,
            table.tools,
            100.0 * band
        );
    }
    let mut sound = true;
    for row in &now.rows {
        let faults = match table.row(&row.case) {
            Some(was) => was.faults(row, band),
            None => vec!["not in the table".to_owned()],
        };
        print(row, table.row(&row.case));
        for fault in &faults {
            println!("    FAILED: {fault}");
        }
        sound &= faults.is_empty();
    }
    for gone in table.rows.iter().filter(|was| now.row(&was.case).is_none()) {
        println!("{}: FAILED: in the table, and no longer counted", gone.case);
        sound = false;
    }
    if !cheapest(&now, "refused") {
        println!("FAILED: a refused request is not the cheapest of all");
        sound = false;
    }
    if !sound {
        println!(
            "If the change is meant: cargo run --profile counts -p osproxy-counts -- --update, and commit the table."
        );
    }
    Ok(sound)
}

/// Whether no request costs less.
fn cheapest(now: &Table, case: &str) -> bool {
    let mut requests =
        (now.rows.iter()).filter(|row| row.unit == "request" && !row.case.starts_with("bare_"));
    let cost = now.row(case).map(|row| row.instructions);
    cost.is_some_and(|cost| requests.all(|row| row.instructions >= cost))
}

fn update() -> Result<bool, Failed> {
    let was = Table::read().ok();
    let mut now = count()?;
    for row in &mut now.rows {
        let old = was.as_ref().and_then(|table| table.row(&row.case));
        row.most_instructions = old.and_then(|old| old.most_instructions);
        row.most_allocations = old.and_then(|old| old.most_allocations);
        print(row, old);
    }
    now.write()?;
    Ok(true)
}

/// How long a unit takes here and now: to be told, never to be held against anything.
fn time() -> Result<bool, Failed> {
    const ROUNDS: usize = 15;
    for case in cases::all() {
        let mut took: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let work = (case.work)(case.n);
                let began = std::time::Instant::now();
                work();
                began.elapsed().as_nanos() as f64 / case.n as f64
            })
            .collect();
        took.sort_by(f64::total_cmp);
        println!(
            "{:<30} {:>8.0} ns a {}, at best {:.0}",
            case.name,
            took[ROUNDS / 2],
            case.unit.as_str(),
            took[0]
        );
    }
    Ok(true)
}

fn print(row: &Row, was: Option<&Row>) {
    let change = was.map_or(String::new(), |was| {
        let change = 100.0 * (row.instructions / was.instructions - 1.0);
        format!(" ({change:+.1} %)")
    });
    println!(
        "{:<30} {:>9.0} instructions{change}, {:>6.2} allocations, {:>6.0} bytes held a {}",
        row.case, row.instructions, row.allocations, row.bytes_held, row.unit
    );
}

fn count() -> Result<Table, Failed> {
    let cases = cases::all();
    let runs = callgrind::instructions(2 * cases.len())?;
    let mut counted: HashMap<&str, (f64, f64)> = HashMap::new();
    let mut rows = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let a_unit = |[one, two]: [f64; 2]| (two - one) / case.n as f64;
        let mut slopes: Vec<f64> = (runs.iter())
            .map(|run| a_unit([run[2 * at] as f64, run[2 * at + 1] as f64]))
            .collect();
        slopes.sort_by(f64::total_cmp);
        let instructions = slopes[slopes.len() / 2];
        let taken = [case.n, 2 * case.n].map(|units| allocator::count((case.work)(units)));
        let allocations = a_unit(taken.map(|taken| taken.blocks as f64));
        let (less, fewer) = case
            .without
            .and_then(|name| counted.get(name).copied())
            .unwrap_or_default();
        counted.insert(case.name, (instructions, allocations));
        rows.push(Row {
            case: case.name.to_owned(),
            unit: case.unit.as_str().to_owned(),
            instructions: instructions - less,
            allocations: allocations - fewer,
            bytes_held: a_unit(taken.map(|taken| taken.peak as f64)),
            most_instructions: None,
            most_allocations: None,
        });
    }
    Ok(Table {
        tools: tools()?,
        rows,
    })
}

/// What the figures hang on beside our own code: the compiler, and the C library with its allocator.
fn tools() -> Result<String, Failed> {
    let first_line = |command: &str| -> Result<String, Failed> {
        let asked = Command::new(command).arg("--version").output()?;
        let text = String::from_utf8(asked.stdout)?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    };
    // `rustc 1.95.0 (hash date)` and `ldd (Debian GLIBC 2.36-9) 2.36`.
    let (rustc, libc) = (first_line("rustc")?, first_line("ldd")?);
    let rustc: Vec<_> = rustc.split_whitespace().take(2).collect();
    let libc = libc.split_whitespace().last().unwrap_or("unknown");
    Ok(format!("{}, glibc {libc}", rustc.join(" ")))
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
