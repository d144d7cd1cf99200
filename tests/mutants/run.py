#!/usr/bin/env python3
"""Takes each protection of list.toml away, one at a time, and says which of them no test misses.

    tests/mutants/run.py

All are compiled in at once, each behind a number that the environment chooses, so there is one build. The library's own
tests run for each, and the stack's where those pass. The tree must be clean; it is put back at the end.
"""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CARGO = os.environ.get("CARGO", "cargo")
SWITCH = """
pub(crate) fn mutant(number: u32) -> bool {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let chosen = || std::env::var("OSPROXY_MUTANT").map_or(0, |text| text.parse().unwrap_or(0));
    *CHOSEN.get_or_init(chosen) == number
}
"""


def main():
    mutants = tomllib.loads((ROOT / "tests/mutants/list.toml").read_text())["mutant"]
    if subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=ROOT).returncode:
        sys.exit("the tree is not clean")
    files = {ROOT / mutant["file"] for mutant in mutants} | {ROOT / "osproxy-layer/src/lib.rs"}
    before = {file: file.read_text() for file in files}
    # So that the files are put back then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    try:
        for number, mutant in enumerate(mutants, 1):
            switch_in(number, mutant)
        with (ROOT / "osproxy-layer/src/lib.rs").open("a") as lib:
            lib.write(SWITCH)
        tests = [build("-p", "osproxy-layer", "--lib"), build("--test", "stack")]
        if not all(passes(test, 0) for test in tests):
            sys.exit("the tests fail with nothing taken away")
        alive = []
        for number, mutant in enumerate(mutants, 1):
            missed = all(passes(test, number) for test in tests)
            print(f"{'SURVIVED' if missed else 'found   '} {mutant['name']}", flush=True)
            if missed:
                alive.append(mutant["name"])
        print(f"{len(mutants)} tried, {len(alive)} survived")
        return 1 if alive else 0
    finally:
        for file, text in before.items():
            file.write_text(text)


def switch_in(number, mutant):
    file = ROOT / mutant["file"]
    text, to = file.read_text(), mutant["to"]
    start = mutant["from"]
    assert start in text, f"{mutant['file']} has no {start}"
    text = text.replace(start, f"(if crate::mutant({number}) {{ {to} }} else {{ {start} }})", 1)
    file.write_text(text)


def build(*what):
    """The program of these tests."""
    command = [CARGO, "test", "--quiet", "--all-features", "--no-run", "--message-format=json", *what]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    if ran.returncode:
        told = [line["message"] for line in lines if line.get("reason") == "compiler-message"]
        sys.exit("".join(one["rendered"] for one in told if one["level"] == "error") or ran.stderr)
    return [line["executable"] for line in lines if line.get("executable")][-1]


def passes(test, number):
    environment = {**os.environ, "OSPROXY_MUTANT": str(number), "PROPTEST_CASES": "64", "PROPTEST_DISABLE_FAILURE_PERSISTENCE": "true", "RUST_BACKTRACE": "0"}
    try:
        ran = subprocess.run(
            [test, "--quiet"], cwd=ROOT / "osproxy-layer" if "osproxy_layer" in test else ROOT,
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180,
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
