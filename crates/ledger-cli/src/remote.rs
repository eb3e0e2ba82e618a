//! A running server, asked over HTTP. What it refuses becomes the same messages and exit statuses as a directory's.

use std::time::Duration;

use ledger_contract::{command::Fault, problem::Problem};
use serde::{Deserialize, de::DeserializeOwned};
use ureq::{
    Agent, Body,
    http::{Response, StatusCode},
};

use crate::failure::Failure;

/// How long a server may take to accept a connection.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(10);
/// How long it may take to answer: a full batch, or a question that replays a long stream.
const ANSWER_WAIT_MAX: Duration = Duration::from_mins(5);
/// The largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A server with a ledger.
#[derive(Debug)]
pub(crate) struct Server {
    address: String,
    agent: Agent,
}

/// Why a server took nothing: the problem, and for a batch every refused line.
#[derive(Debug, Deserialize)]
pub(crate) struct Refusal {
    #[serde(flatten)]
    pub(crate) problem: Problem,
    #[serde(default)]
    pub(crate) refusals: Vec<RefusedLine>,
}

/// One refused line of a batch.
#[derive(Debug, Deserialize)]
pub(crate) struct RefusedLine {
    /// Its number in the batch, from 1.
    pub(crate) line: u64,
    pub(crate) code: String,
    pub(crate) detail: String,
    #[serde(default)]
    pub(crate) errors: Vec<Fault>,
}

impl Server {
    /// The server at an address; it is not asked anything yet.
    pub(crate) fn at(url: &str) -> Result<Self, Failure> {
        if !url.starts_with("http://") || url.parse::<ureq::http::Uri>().is_err() {
            return Err(Failure::Usage(format!(
                "{url} is not an address: write http://HOST:PORT"
            )));
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_WAIT_MAX))
            .timeout_recv_response(Some(ANSWER_WAIT_MAX))
            .user_agent(concat!("rekenschap/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Ok(Self {
            address: url.trim_end_matches('/').to_owned(),
            agent,
        })
    }

    /// One answer: a report, a page of events.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &[(&str, String)],
    ) -> Result<T, Failure> {
        self.read(self.ask(path, "application/json", parameters)?)
    }

    /// A file of its log. One that is not there is the log's failure, whoever says so and in whatever words.
    pub(crate) fn file(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let response = self.call(path, "*/*", &[])?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(Failure::Proof(format!("{} has no {path}", self.address)));
        }
        let response = self.taken(response)?;
        self.body(response)
    }

    /// What is there as it is, such as a bundle.
    pub(crate) fn bytes(&self, path: &str, parameters: &[(&str, String)]) -> Result<Vec<u8>, Failure> {
        let response = self.ask(path, "*/*", parameters)?;
        self.body(response)
    }

    /// Posts a batch, all or nothing.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        lines: &[u8],
    ) -> Result<Result<T, Refusal>, Failure> {
        let request = self
            .agent
            .post(format!("{}{path}", self.address))
            .content_type("application/x-ndjson")
            .header("accept", "application/json");
        let response = request.send(lines).map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            self.read(response).map(Ok)
        } else {
            self.refusal(response).map(Err)
        }
    }

    fn ask(
        &self,
        path: &str,
        accept: &str,
        parameters: &[(&str, String)],
    ) -> Result<Response<Body>, Failure> {
        let response = self.call(path, accept, parameters)?;
        self.taken(response)
    }

    fn call(
        &self,
        path: &str,
        accept: &str,
        parameters: &[(&str, String)],
    ) -> Result<Response<Body>, Failure> {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.address))
            .header("accept", accept);
        for (name, value) in parameters {
            request = request.query(name, value);
        }
        request.call().map_err(|error| self.unreachable(&error))
    }

    /// The response, unless it is a refusal.
    fn taken(&self, response: Response<Body>) -> Result<Response<Body>, Failure> {
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(self.refusal(response)?.problem.into())
        }
    }

    fn refusal(&self, response: Response<Body>) -> Result<Refusal, Failure> {
        let status = response.status();
        self.read(response).map_err(|_| {
            let address = &self.address;
            Failure::Server(format!(
                "{address} answered {status} without a problem document; is it a rekenschap server?"
            ))
        })
    }

    fn body(&self, mut response: Response<Body>) -> Result<Vec<u8>, Failure> {
        let body = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec();
        body.map_err(|error| self.unreachable(&error))
    }

    fn read<T: DeserializeOwned>(&self, response: Response<Body>) -> Result<T, Failure> {
        let body = self.body(response)?;
        serde_json::from_slice(&body).map_err(|error| {
            let address = &self.address;
            Failure::Server(format!(
                "{address} answered something else than this version of rekenschap reads: {error}"
            ))
        })
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        Failure::Server(format!("{} cannot be reached: {error}", self.address))
    }
}
