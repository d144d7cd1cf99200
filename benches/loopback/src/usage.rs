//! What a process has used, as the kernel says (`/proc`).

use std::fs;

/// The processor time of all threads of a process and its children, in microseconds.
pub fn cpu_us(processes: &[u32]) -> f64 {
    let nanoseconds: u64 = processes.iter().map(|pid| threads(*pid)).sum();
    nanoseconds as f64 / 1000.0
}

fn threads(pid: u32) -> u64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return 0;
    };
    tasks
        .filter_map(|task| {
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        })
        .sum()
}

/// The memory that is resident, in MB.
pub fn resident_mb(processes: &[u32]) -> f64 {
    let kb: f64 = processes
        .iter()
        .filter_map(|pid| {
            let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        })
        .sum();
    kb / 1024.0
}

/// A process and those that it has started.
pub fn family(pid: u32) -> Vec<u32> {
    let children =
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    [pid].into_iter().chain(children).collect()
}
