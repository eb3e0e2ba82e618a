//! What can be typed: subcommands and options. Their comments are the help that users read.

use std::{net::SocketAddr, path::PathBuf};

use clap::{ArgGroup, Args, Parser, Subcommand};
use ledger_contract::{command::parse_text, event::Stream, value::parse_date};
use ledger_domain::Date;
use ledger_proof::key::VerifierKey;

use crate::{
    question::{ProgrammeFigure, ProgrammeReport},
    region_question::{AdvancesAsked, CostSharesAsked, PhaseOutAsked, SettlementAsked, ShareFigureAsked},
};

/// A ledger for municipal budgets: every posting is kept, every figure can be explained, nothing is edited.
///
/// Exit status: 0 done; 1 refused, or verification failed; 2 wrong usage; 3 ledger locked, damaged or unreachable, or
/// disk full. Data goes to stdout, messages go to stderr.
#[derive(Debug, Parser)]
#[command(
    name = "rekenschap",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Arguments {
    /// Options of every subcommand.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that stand before or after the subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which ledger")]
pub(crate) struct Global {
    /// The directory of the ledger (also `REKENSCHAP_DATA`, or `data` in the configuration)
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "url")]
    pub(crate) data: Option<PathBuf>,
    /// Ask a running server instead of opening a directory, such as `http://127.0.0.1:8080`
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) url: Option<String>,
    /// The configuration (TOML); without it `rekenschap.toml` in the working directory, if there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load example data into a fresh directory and serve it
    Demo(Demo),
    /// Serve the ledger over HTTP
    Serve(Serve),
    /// Post commands from a file, all or nothing
    Import(Import),
    /// Show a report of a programme or a region
    #[command(subcommand)]
    Report(Report),
    /// Show the events behind one figure of a report
    #[command(subcommand)]
    Explain(Explain),
    /// Print the commands that invoice a year's advances, for import: they sum to the budgeted shares
    PlanAdvances(AdvancesAsked),
    /// Print the events of the record, one JSON object a line
    Events(Events),
    /// Check the whole record: sequence, checksums, hashes, and that tape and store agree
    Verify(Verifying),
    /// Copy what is new of the record to a folder, also while a server posts to it; secret keys are not copied
    Backup(BackingUp),
    /// Make a ledger from a backup: verified before it stands, and without the details that were destroyed since
    Restore(Restoring),
    /// Destroy suppliers, descriptions, clients and other texts of a closed period, for good; figures and proofs stay
    DestroyDetails(DestroyDetails),
    /// Make damaged files of the record right again from the store that is read; the old ones are kept
    Repair(Repairing),
    /// Sign the log as it is, or print the public keys; who keeps a checkpoint can hold the log to it later
    Checkpoint(Checkpointing),
    /// Prove that an event is in the log, or that the log goes on from an earlier size
    Prove(Proving),
    /// Check a bundle that `explain --with-proofs` wrote, without any ledger: proofs, and the figure from its events
    VerifyBundle(VerifyBundle),
    /// Cosign a log's checkpoint if it goes on from the last one seen; a fork or a rewritten past is refused
    Witness(Witnessing),
}

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
}

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Listen beyond this machine, though whoever reaches the address can read and post
    #[arg(long)]
    pub(crate) allow_unauthenticated: bool,
}

/// `import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Commands, one JSON object a line; `.csv` with field names as its header (`decision.reference`; charges and tags
    /// as `source=amount;source=amount`); `-` for JSON lines on standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Append the good lines when others are refused (the exit status is still 1)
    #[arg(long)]
    pub(crate) keep_going: bool,
}

/// `report`
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Of a programme: what was authorised, what is spent, what is left
    BudgetPosition(ProgrammeReport),
    /// Of a programme: what stays unspent, per project and theme, and what is expected to
    Underspend(ProgrammeReport),
    /// Of a programme: where the money comes from and where it lands
    Funding(ProgrammeReport),
    /// Of a region: the costs of a year, divided over the municipalities
    CostShares(CostSharesAsked),
    /// Of a region: how solidarity ends, year by year, also as a simulation
    PhaseOut(PhaseOutAsked),
    /// Of a region: the lines of a settlement as they were drawn up, and what changed since
    Settlement(SettlementAsked),
}

/// `explain`
#[derive(Debug, Subcommand)]
pub(crate) enum Explain {
    /// A figure of a programme's budget position
    BudgetPosition(ProgrammeFigure),
    /// A figure of a programme's underspend
    Underspend(ProgrammeFigure),
    /// A figure of a programme's funding
    Funding(ProgrammeFigure),
    /// A figure of one municipality in a region's cost shares, with the arithmetic in words
    CostShares(ShareFigureAsked),
}

/// `events`
#[derive(Debug, Args)]
pub(crate) struct Events {
    /// Only this stream, such as `programme/ID`
    #[arg(long, value_parser = crate::question::stream)]
    pub(crate) stream: Option<Stream>,
    /// Only events after this position
    #[arg(long, value_name = "POSITION")]
    pub(crate) after: Option<u64>,
    /// At most this many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Print exactly the bytes that are hashed into the tree, one leaf a line
    #[arg(long)]
    pub(crate) leaves: bool,
}

/// `verify`
#[derive(Debug, Args)]
pub(crate) struct Verifying {
    /// A checkpoint that was kept: the log must still begin with what it was signed over
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// A public key of the log that was kept apart, for --checkpoint and --url [default: the keys on the record]
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Vec<VerifierKey>,
}

/// `repair`
#[derive(Debug, Args)]
pub(crate) struct Repairing {
    /// A backup to take details from that are damaged; without it they become blank
    #[arg(long, value_name = "DIR")]
    pub(crate) backup: Option<PathBuf>,
}

/// `backup`
#[derive(Debug, Args)]
pub(crate) struct BackingUp {
    /// Where the backup is, or will be: empty, or with an earlier backup of this ledger, which is gone on with
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// `restore`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("since").required(true).args(["destructions", "none_since"])))]
pub(crate) struct Restoring {
    /// The backup; the ledger is made in `--data`, which must be empty
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The newest file of destructions, as `destroy-details` writes it: they are carried out before anything is opened
    #[arg(long, value_name = "FILE")]
    pub(crate) destructions: Option<PathBuf>,
    /// Say that no details were destroyed since the backup was made
    #[arg(long)]
    pub(crate) none_since: bool,
}

/// `destroy-details`
#[derive(Debug, Args)]
pub(crate) struct DestroyDetails {
    /// A programme or a region, by its id; `programme/ID` or `region/ID` where both have it
    #[arg(value_name = "PROGRAMME|REGION")]
    pub(crate) subject: String,
    /// The last booking date of it; the books must be closed through it
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) through: Date,
    /// The document in which it was decided
    #[arg(long, value_name = "REFERENCE", value_parser = parse_text)]
    pub(crate) decision: String,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `checkpoint`
#[derive(Debug, Args)]
pub(crate) struct Checkpointing {
    /// Print the public keys instead, oldest first; the last signs
    #[arg(long)]
    pub(crate) public_key: bool,
    /// Introduce a new key first; this checkpoint is signed by the old one too, and old signatures stay valid
    #[arg(long, conflicts_with = "public_key")]
    pub(crate) rotate_key: bool,
}

/// `prove`
#[derive(Debug, Args)]
pub(crate) struct Proving {
    #[command(subcommand)]
    pub(crate) what: Prove,
}

/// What is proved.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Prove {
    /// That the event at a position is in the log (C2SP tlog-proof)
    Inclusion {
        /// The event's position
        position: u64,
    },
    /// That the log goes on from an earlier size
    Consistency {
        /// The earlier size
        old: u64,
        /// The later size, which is that of the newest checkpoint
        new: Option<u64>,
    },
}

/// `verify-bundle`
#[derive(Debug, Args)]
pub(crate) struct VerifyBundle {
    /// The bundle
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A public key to trust: the one with which the log signs now, the last that `checkpoint --public-key` prints, and
    /// those of witnesses. Nothing here tells whether the log replaced it: get it from the log's owner, not with the bundle
    #[arg(long, value_name = "KEY", required = true)]
    pub(crate) key: Vec<VerifierKey>,
}

/// `witness`
#[derive(Debug, Args)]
pub(crate) struct Witnessing {
    /// The server of the log
    #[arg(value_name = "URL")]
    pub(crate) log: String,
    /// What this witness saw; made at the first meeting. Losing it is losing the past
    #[arg(long, value_name = "FILE")]
    pub(crate) state: PathBuf,
    /// This witness's secret key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Make a key with this name if the file is not there, such as `zwijndrecht.example/witness`
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The public key of the log, in place of those trusted before [default: at the first meeting the one it names itself]
    #[arg(long, value_name = "KEY")]
    pub(crate) log_key: Vec<VerifierKey>,
}
