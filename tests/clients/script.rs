//! A client's script: run, waited for, and its output shown when it fails.
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::gateway::Gateway;

/// Some ten times what the slowest takes.
const LIMIT: Duration = Duration::from_secs(100);

/// A file of this folder.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

/// Why a client can't run here: told on standard error, or a failure where `CI` is set.
pub(crate) fn or_skipped<T>(found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(why) if env::var_os("CI").is_none() => {
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            // Past the capture of the test harness, so that a skipped test never looks like one that passed.
            writeln!(std::io::stderr(), "skipped: {test}: {why}").ok();
            None
        }
        Err(why) => panic!("CI is set and this client can't run: {why}"),
    }
}

/// Runs it to its end, with the gateway's address and the index in its environment. What it writes goes to a file,
/// so that a pipe that nobody reads never stops it.
pub(crate) fn run(mut script: Command, gateway: &Gateway, index: &str) {
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clients-{index}.log"));
    let written = fs::File::create(&output).expect("a file");
    let mut process = script
        .env("OSPROXY_URL", &gateway.url)
        .env("OSPROXY_INDEX", index)
        // A proxy of this machine is not what is tested.
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::null())
        .stdout(written.try_clone().expect("a file"))
        .stderr(written)
        .spawn()
        .expect("the script starts");
    let began = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().expect("a child of ours") {
            break Some(status);
        }
        if began.elapsed() > LIMIT {
            process.kill().ok();
            process.wait().ok();
            break None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let said = fs::read_to_string(&output).unwrap_or_default();
    fs::remove_file(&output).ok();
    match status {
        Some(status) if status.success() => {}
        Some(status) => panic!("{status}\n{said}\n{}", gateway.log()),
        None => panic!("not done after {LIMIT:?}\n{said}\n{}", gateway.log()),
    }
}
