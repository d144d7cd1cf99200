//! A real OpenSearch node for the tests.
//!
//! `OPENSEARCH_URL` names one that runs already. Without it a node is started once a test binary, from the jars that
//! `tests/opensearch/pom.xml` pins, if Maven and a JDK of at least 21 are found; it ends with this process. Without
//! those the test says on standard error that it was skipped, or fails where `CI` is set.
//!
//! ```ignore
//! let Some(url) = node::url().await else { return };
//! ```
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// The first JDK that the node's classes can run on.
const OLDEST_JDK: u32 = 21;
const START_LIMIT: Duration = Duration::from_secs(120);
const JVM_FLAGS: [&str; 5] = [
    "-Xms768m",
    "-Xmx768m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--enable-native-access=ALL-UNNAMED",
];

static FIRST: OnceLock<Node> = OnceLock::new();

/// The address of the node of this run, without a final slash. `None`: skip the test.
pub async fn url() -> Option<&'static str> {
    address(&FIRST, "OPENSEARCH_URL", "first").await
}

/// A second cluster, for what only two can show. `OPENSEARCH_URL_2` names one that runs already.
pub async fn second_url() -> Option<&'static str> {
    static SECOND: OnceLock<Node> = OnceLock::new();
    address(&SECOND, "OPENSEARCH_URL_2", "second").await
}

enum Node {
    Elsewhere(String),
    /// The child is held for its standard input: the node ends when that does.
    Started {
        url: String,
        types: Vec<String>,
        _child: Child,
    },
    Missing(String),
    Failed(String),
}

/// What the node of this run knows of queries and aggregations: a kind, a tab, a name. `None` if it runs elsewhere, where
/// nobody can ask for this.
pub async fn types() -> Option<&'static [String]> {
    url().await?;
    match FIRST.get() {
        Some(Node::Started { types, .. }) => Some(types),
        _ => None,
    }
}

async fn address(
    node: &'static OnceLock<Node>,
    variable: &'static str,
    name: &'static str,
) -> Option<&'static str> {
    let node = tokio::task::spawn_blocking(move || node.get_or_init(|| Node::find(variable, name)))
        .await
        .unwrap();
    match node {
        Node::Elsewhere(url) | Node::Started { url, .. } => Some(url),
        Node::Missing(why) if env::var_os("CI").is_none() => {
            // Written past the capture of the test harness, so that a skipped test never looks like one that passed.
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            writeln!(std::io::stderr(), "skipped: {test}: {why}").ok();
            None
        }
        Node::Missing(why) => panic!("CI is set and there is no node: {why}"),
        Node::Failed(why) => panic!("the node did not start: {why}"),
    }
}

impl Node {
    fn find(variable: &str, name: &str) -> Self {
        if let Ok(url) = env::var(variable) {
            return Self::Elsewhere(url.trim_end_matches('/').to_owned());
        }
        let Some(jdk) = find_jdk() else {
            return Self::Missing(format!(
                "neither {variable} nor a JDK of at least {OLDEST_JDK} was found"
            ));
        };
        let Some(maven) = in_path("mvn") else {
            return Self::Missing(format!("neither {variable} nor Maven was found"));
        };
        match build(&jdk, &maven).and_then(|build| start(&jdk, &build, name)) {
            Ok((url, types, _child)) => Self::Started { url, types, _child },
            Err(why) => Self::Failed(why),
        }
    }
}

/// Compiles the launcher and resolves its class path, once for a pom, a launcher and a JDK.
fn build(jdk: &Path, maven: &Path) -> Result<PathBuf, String> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opensearch");
    let mut hash = DefaultHasher::new();
    for file in ["pom.xml", "src/main/java/opensearch/TestNode.java"] {
        fs::read(project.join(file))
            .map_err(|e| format!("{file}: {e}"))?
            .hash(&mut hash);
    }
    jdk.hash(&mut hash);
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let done = parent.join(format!("opensearch-{:016x}", hash.finish()));
    if is_whole(&done) {
        return Ok(done);
    }
    // Built beside it and renamed, so that two runs at a time never see half of it.
    let fresh = parent.join(format!("opensearch-build-{}", std::process::id()));
    let output = Command::new(maven)
        .args(["--quiet", "--batch-mode", "compile"])
        .arg(format!("-Dnode.build={}", fresh.display()))
        .current_dir(&project)
        .env("JAVA_HOME", jdk)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("mvn: {e}"))?;
    if !output.status.success() {
        return Err(format!("mvn: {}", String::from_utf8_lossy(&output.stdout)));
    }
    fs::remove_dir_all(&done).ok();
    match fs::rename(&fresh, &done) {
        Err(e) if !is_whole(&done) => Err(format!("{}: {e}", done.display())),
        _ => Ok(done),
    }
}

/// Whether everything that the class path names is still there: the local repository may have been emptied since.
fn is_whole(build: &Path) -> bool {
    let jars = fs::read_to_string(build.join("classpath")).unwrap_or_default();
    !jars.is_empty() && env::split_paths(jars.trim()).all(|jar| jar.exists())
}

fn start(jdk: &Path, build: &Path, name: &str) -> Result<(String, Vec<String>, Child), String> {
    let jars = fs::read_to_string(build.join("classpath")).map_err(|e| e.to_string())?;
    let class_path = env::join_paths(
        [build.join("classes")]
            .into_iter()
            .chain(env::split_paths(jars.trim())),
    )
    .map_err(|e| e.to_string())?;
    let log = build.join(format!("{name}-{}.log", std::process::id()));
    let mut child = Command::new(jdk.join("bin/java"))
        .args(JVM_FLAGS)
        .args([OsString::from("-cp"), class_path])
        .args(["opensearch.TestNode", "0", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(File::create(&log).map_err(|e| e.to_string())?)
        .spawn()
        .map_err(|e| format!("java: {e}"))?;
    let lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
    let (found, address) = mpsc::channel();
    // Reads on after the address: a full pipe would stop a node that logs.
    std::thread::spawn(move || {
        let mut types = Vec::new();
        for line in lines.map_while(Result::ok) {
            if line.starts_with("http://") {
                found.send((line, std::mem::take(&mut types))).ok();
            } else if line.contains('\t') {
                types.push(line);
            }
        }
    });
    match address.recv_timeout(START_LIMIT) {
        Ok((url, types)) => {
            fs::remove_file(&log).ok();
            Ok((url, types, child))
        }
        Err(_) => {
            child.kill().ok();
            Err(fs::read_to_string(&log).unwrap_or_default())
        }
    }
}

/// `JAVA_HOME`, the `java` of the path, else the newest under the usual places.
fn find_jdk() -> Option<PathBuf> {
    let named = env::var_os("JAVA_HOME").map(PathBuf::from);
    let in_path = in_path("javac")
        .and_then(|javac| Some(javac.canonicalize().ok()?.parent()?.parent()?.to_owned()));
    if let Some(jdk) = named
        .into_iter()
        .chain(in_path)
        .find(|jdk| jdk_version(jdk) >= Some(OLDEST_JDK))
    {
        return Some(jdk);
    }
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let places = [
        PathBuf::from("/usr/lib/jvm"),
        PathBuf::from("/opt"),
        PathBuf::from("/opt/java"),
        PathBuf::from("/Library/Java/JavaVirtualMachines"),
        home.join(".sdkman/candidates/java"),
        home.join(".jdks"),
    ];
    let homes = places
        .iter()
        .filter_map(|place| fs::read_dir(place).ok())
        .flatten()
        .flatten();
    homes
        .flat_map(|entry| [entry.path(), entry.path().join("Contents/Home")])
        .filter_map(|home| Some((jdk_version(&home)?, home)))
        .filter(|(version, _)| *version >= OLDEST_JDK)
        .max()
        .map(|(_, home)| home)
}

/// The major version of a JDK (not of a JRE, which can't compile the launcher), from its `release` file.
fn jdk_version(home: &Path) -> Option<u32> {
    let release = fs::read_to_string(home.join("release")).ok()?;
    let version = release
        .lines()
        .find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
    let major = version.trim_matches('"').split('.').next()?.parse().ok()?;
    home.join("bin/javac").exists().then_some(major)
}

fn in_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
