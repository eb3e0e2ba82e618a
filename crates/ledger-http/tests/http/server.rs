//! A ledger in memory behind the router, and what it answers.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use ledger_http::{Door, Settings};
use ledger_service::{Clock as _, Ledger, over};
use ledger_store::{EventLog, MemoryLog};
use ledger_testkit::ManualClock;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::schema;

/// A server whose clock stands still, at 2022-01-15T09:30:00Z when it starts.
pub(crate) struct Server {
    pub(crate) door: Door,
    pub(crate) clock: Arc<ManualClock>,
}

/// An answer with its whole body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Server {
    /// With nothing but its opening recorded.
    pub(crate) fn empty() -> Self {
        let clock = Arc::new(ManualClock::at("2022-01-15T09:30:00Z"));
        Self::over(MemoryLog::new("test.example/ledger", clock.now()).unwrap(), clock)
    }

    /// Over any log.
    pub(crate) fn over<L: EventLog + 'static>(log: L, clock: Arc<ManualClock>) -> Self {
        let (writer, queries) = over(log, clock.clone()).unwrap();
        let (ledger, _) = Ledger::start(writer, queries).unwrap();
        let settings = Settings {
            recorded_by: "test".into(),
            clock: clock.clone(),
            ..Settings::default()
        };
        Self {
            door: Door::new(ledger, settings),
            clock,
        }
    }

    /// With one programme, two projects, a funder and an expenditure: events 1 to 7, a minute ago.
    pub(crate) async fn with_programme() -> Self {
        let server = Self::empty();
        for command in commands() {
            let answer = server.post("/v1/commands", &command).await;
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
        server.clock.set("2022-01-15T09:31:00Z");
        server
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.door.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            // Tiles are no text; what a test looks for in them is.
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        answer.check(&method, &path);
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request(Method::GET, path, headers, Body::empty()))
            .await
    }

    pub(crate) async fn post(&self, path: &str, command: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(request(
            Method::POST,
            path,
            &headers,
            Body::from(command.to_string()),
        ))
        .await
    }

    pub(crate) async fn post_lines(&self, lines: &str) -> Answer {
        let headers = [("content-type", "application/x-ndjson")];
        let body = Body::from(lines.to_owned());
        self.send(request(Method::POST, "/v1/commands/batch", &headers, body))
            .await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a problem, after checking that it is one.
    pub(crate) fn problem(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// What holds for every answer.
    fn check(&self, method: &Method, path: &str) {
        assert_eq!(self.header("api-version"), ledger_http::API_VERSION);
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert!(!self.header("cache-control").is_empty());
        if self.body.is_empty() {
            return;
        }
        match self.header("content-type") {
            "application/problem+json" => {
                let problem = self.json();
                schema::check("Problem", &problem);
                assert_eq!(problem["status"], self.status.as_u16());
                let code = problem["code"].as_str().unwrap();
                assert_eq!(problem["type"], format!("urn:rekenschap:problem:{code}"));
            }
            "application/json" => schema::check_answer(method, path, self.status.as_u16(), &self.json()),
            other => assert!(
                [
                    "text/event-stream",
                    "text/plain; charset=utf-8",
                    "application/octet-stream"
                ]
                .contains(&other),
                "{other}"
            ),
        }
    }
}

/// A request from its parts.
pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let start = Request::builder().method(method).uri(path);
    let request = headers
        .iter()
        .fold(start, |request, (name, value)| request.header(*name, *value));
    request.body(body).unwrap()
}

fn decision() -> Value {
    json!({ "reference": "raad 2019-06-25", "by": "council", "decidedOn": "2019-06-25" })
}

/// The commands of [`Server::with_programme`].
pub(crate) fn commands() -> Vec<Value> {
    let project = |project: &str, title: &str, theme: &str| {
        json!({ "type": "openProject", "programme": "jeugd", "project": project, "title": title, "theme": theme,
            "bookingDate": "2019-07-01" })
    };
    let allocate = |project: &str, amount: &str| {
        json!({ "type": "allocateBudget", "programme": "jeugd", "project": project, "amount": amount,
            "decision": decision(), "bookingDate": "2019-07-01" })
    };
    vec![
        json!({ "type": "establishProgramme", "programme": "jeugd", "title": "Investeren in jeugd",
            "municipality": "GM0505", "startsOn": "2019-07-01", "endsOn": "2022-12-31", "authorised": "5000000.00",
            "decision": decision(), "bookingDate": "2019-07-01" }),
        project("jongerenwerk", "Jongerenwerk op school", "Basis op orde"),
        project("mantelzorg", "Vervangende mantelzorg", "Zorgvernieuwing"),
        allocate("jongerenwerk", "699500.00"),
        allocate("mantelzorg", "100000.00"),
        json!({ "type": "pledgeCofinancing", "programme": "jeugd", "project": "jongerenwerk",
            "funder": "lokale-impuls", "amount": "699500.00", "share": "1/2", "bookingDate": "2019-07-01" }),
        json!({ "type": "postExpenditure", "programme": "jeugd", "project": "jongerenwerk", "expenditure": "f-1",
            "amount": "1000.01", "supplier": "Stichting Voorbeeld", "bookingDate": "2020-03-31" }),
    ]
}
