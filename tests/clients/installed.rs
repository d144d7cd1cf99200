//! What the scripts need: installed from the pinned lists beside them, once a list, under Cargo's target folder.
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::script::file;

/// A Python that has `opensearch-py`.
pub(crate) fn python() -> Result<PathBuf, String> {
    let list = file("python/requirements.txt");
    let folder = once("python", &[&list], |folder| {
        said(
            "python3",
            Command::new("python3").args(["-m", "venv"]).arg(folder),
        )?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ];
        said(
            "pip",
            Command::new(folder.join("bin/python"))
                .args(pip)
                .arg("-r")
                .arg(&list),
        )
    })?;
    Ok(folder.join("bin/python"))
}

/// The folder of modules that has `@opensearch-project/opensearch`, for a Node.js that is there.
pub(crate) fn javascript() -> Result<PathBuf, String> {
    said("node", Command::new("node").arg("--version"))?;
    let lists = [
        file("javascript/package.json"),
        file("javascript/package-lock.json"),
    ];
    let [package, lock] = &lists;
    let folder = once("javascript", &[package, lock], |folder| {
        for list in &lists {
            let name = list.file_name().unwrap_or_default();
            fs::copy(list, folder.join(name)).map_err(|error| error.to_string())?;
        }
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        said("npm", Command::new("npm").args(npm).current_dir(folder))
    })?;
    Ok(folder.join("node_modules"))
}

/// The class path of `opensearch-java`, for a JDK that is there.
pub(crate) fn java() -> Result<String, String> {
    said("java", Command::new("java").args(["--list-modules"]))?;
    let list = file("java/pom.xml");
    let folder = once("java", &[&list], |folder| {
        let maven = ["--quiet", "--batch-mode", "dependency:build-classpath"];
        said(
            "mvn",
            Command::new("mvn")
                .args(maven)
                .arg(format!(
                    "-Dmdep.outputFile={}",
                    folder.join("classpath").display()
                ))
                .arg("--file")
                .arg(&list),
        )
    })?;
    fs::read_to_string(folder.join("classpath")).map_err(|error| error.to_string())
}

/// A folder for what these lists name, filled if no earlier run has. One that was left half filled is filled anew.
fn once(
    name: &str,
    lists: &[&PathBuf],
    fill: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let mut hash = DefaultHasher::new();
    for list in lists {
        fs::read(list)
            .map_err(|error| error.to_string())?
            .hash(&mut hash);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("clients-{name}-{:016x}", hash.finish()));
    let whole = folder.join("whole");
    if !whole.exists() {
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fill(&folder)?;
        fs::write(whole, "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// Runs a command. An error is what it said.
fn said(name: &str, command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(format!("{name}: {}", String::from_utf8_lossy(&text)))
}
