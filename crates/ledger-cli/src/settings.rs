//! Settings: defaults, then the configuration file, then `REKENSCHAP_*` in the environment, then options.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use config::{Config, Environment, File, FileFormat};
use ledger_store::Options;
use serde::{Deserialize, Serialize};

use crate::{arguments::Global, failure::Failure};

/// Read when no other file is named, if it exists.
const FILE: &str = "rekenschap.toml";
/// What a setting's name is preceded by in the environment, in capitals: `REKENSCHAP_LOG_LEVEL`.
const PREFIX: &str = "REKENSCHAP_";

/// Every setting; `config/rekenschap.toml` tells what each means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The directory of the ledger.
    pub(crate) data: Option<PathBuf>,
    /// Where `serve` and `demo` listen.
    pub(crate) listen: SocketAddr,
    /// How log lines look.
    pub(crate) log_format: LogFormat,
    /// What is logged.
    pub(crate) log_level: String,
    /// The name of a new ledger in its first event and its checkpoints.
    pub(crate) origin: String,
    /// How old the newest checkpoint must be before a request for one makes another.
    pub(crate) checkpoint_every_s: u64,
    /// A tape segment is closed when it is longer than this.
    pub(crate) tape_segment_bytes: u64,
    /// How far a segment is filled ahead.
    pub(crate) tape_fill_bytes: u64,
    /// What sled may keep in memory.
    pub(crate) sled_cache_bytes: u64,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs, one object a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        let store = Options::new("rekenschap.local/ledger");
        Self {
            data: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            log_format: LogFormat::Text,
            log_level: "info".to_owned(),
            checkpoint_every_s: 60,
            tape_segment_bytes: store.segment_bytes,
            tape_fill_bytes: store.fill_bytes,
            sled_cache_bytes: store.sled_cache_bytes,
            origin: store.origin,
        }
    }
}

impl Settings {
    /// Loads what holds for this run.
    pub(crate) fn load(global: &Global) -> Result<Self, Failure> {
        let file = match &global.config {
            Some(file) => Some(file.as_path()),
            None => Some(Path::new(FILE)).filter(|file| file.exists()),
        };
        let mut settings = Self::read(file, &std::env::vars().collect())?;
        if let Some(data) = &global.data {
            settings.data = Some(data.clone());
        }
        Ok(settings)
    }

    fn read(file: Option<&Path>, environment: &HashMap<String, String>) -> Result<Self, Failure> {
        let mut sources = Config::builder();
        if let Some(file) = file {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml));
        }
        // Only names of settings are taken: other programs' variables may start alike.
        let ours = environment
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_lowercase(), value.clone())))
            .filter(|(name, _)| NAMES.contains(&name.as_str()))
            .collect();
        sources
            .add_source(Environment::default().source(Some(ours)))
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|error| Failure::Usage(format!("the configuration cannot be used: {error}")))
    }

    /// What the log is opened with.
    pub(crate) fn options(&self) -> Options {
        Options {
            segment_bytes: self.tape_segment_bytes,
            fill_bytes: self.tape_fill_bytes,
            sled_cache_bytes: self.sled_cache_bytes,
            ..Options::new(self.origin.as_str())
        }
    }
}

/// The names of all settings.
const NAMES: [&str; 9] = [
    "checkpoint_every_s",
    "data",
    "listen",
    "log_format",
    "log_level",
    "origin",
    "tape_segment_bytes",
    "tape_fill_bytes",
    "sled_cache_bytes",
];

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/rekenschap.toml");

    fn read(file: Option<&Path>, environment: &[(&str, &str)]) -> Result<Settings, Failure> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Settings::read(file, &environment)
    }

    #[test]
    fn the_shipped_file_has_every_setting_at_its_default() {
        let shipped = read(Some(Path::new(SHIPPED)), &[]).expect("readable");
        assert_eq!(shipped, Settings::default());
        let text = std::fs::read_to_string(SHIPPED).expect("readable");
        let names = serde_json::to_value(Settings::default()).expect("an object");
        let names: Vec<&String> = names.as_object().expect("an object").keys().collect();
        assert_eq!(names.len(), NAMES.len());
        for name in names {
            assert!(
                NAMES.contains(&name.as_str()),
                "{name} can be set in the environment"
            );
            assert!(
                text.lines()
                    .any(|line| line.trim_start_matches("# ").starts_with(&format!("{name} = "))),
                "{name}"
            );
        }
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let settings = read(
            Some(Path::new(SHIPPED)),
            &[
                ("REKENSCHAP_LISTEN", "127.0.0.1:0"),
                ("REKENSCHAP_TAPE_SEGMENT_BYTES", "4096"),
                ("REKENSCHAP_LOG_FORMAT", "json"),
                ("REKENSCHAP_OF_ANOTHER_PROGRAM", "1"),
            ],
        )
        .expect("readable");
        assert_eq!(settings.listen.port(), 0);
        assert_eq!(settings.tape_segment_bytes, 4096);
        assert_eq!(settings.log_format, LogFormat::Json);
    }

    #[test]
    fn a_setting_that_does_not_exist_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("rekenschap.toml");
        std::fs::write(&file, "listne = \"127.0.0.1:1\"\n").expect("written");
        assert!(
            matches!(read(Some(&file), &[]), Err(Failure::Usage(sentence)) if sentence.contains("listne"))
        );
        assert!(matches!(
            read(Some(Path::new("absent.toml")), &[]),
            Err(Failure::Usage(_))
        ));
        assert!(matches!(
            read(None, &[("REKENSCHAP_LISTEN", "here")]),
            Err(Failure::Usage(_))
        ));
    }
}
