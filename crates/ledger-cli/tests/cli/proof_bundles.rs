//! Bundles are verified where there is no ledger. Whoever forges one can make its digest fit; what was signed cannot be
//! made to.

use std::{fs, process::Output};

use serde_json::{Value, json};

use crate::{
    bundle_document::{altered, document, events, written},
    harness::{Place, ran},
    proof::{key_of, python, serve},
};

/// A figure of the demo: how to ask for it, what a verified bundle says first, and a date at which it was another.
struct Figure {
    explain: &'static [&'static str],
    told: &'static str,
    earlier: &'static str,
    /// A figure of another stream.
    other: &'static [&'static str],
}

const EXPLAIN_SHARE: &[&str] = &[
    "explain",
    "cost-shares",
    "zuid-holland-zuid",
    "--as-of",
    "2022-12-31",
    "--municipality",
    "GM0642",
    "--figure",
    "costShare",
    "--year",
    "2021",
];

const EXPLAIN_OWN_SPEND: &[&str] = &[
    "explain",
    "budget-position",
    "investeringsplan-sociaal-domein",
    "--as-of",
    "2021-12-31",
    "--project",
    "jongerenwerk-op-school",
    "--figure",
    "spentOwn",
];

const SHARE: Figure = Figure {
    explain: EXPLAIN_SHARE,
    told: "cost-shares costShare of region/zuid-holland-zuid, GM0642 is 10236627.48, year 2021, as of 2022-12-31, ",
    earlier: "2021-01-31",
    other: EXPLAIN_OWN_SPEND,
};

const OWN_SPEND: Figure = Figure {
    explain: EXPLAIN_OWN_SPEND,
    told: "budget-position spentOwn of programme/investeringsplan-sociaal-domein, jongerenwerk-op-school is 387500.00, as of \
        2021-12-31, ",
    earlier: "2020-01-31",
    other: EXPLAIN_SHARE,
};

/// What the demo's server gives for a figure, the checkpoint of a moment before, and a bundle of another stream.
struct Proved {
    away: Place,
    key: String,
    with_details: Vec<u8>,
    without: Vec<u8>,
    earlier: String,
    other: Value,
}

fn proved(figure: &Figure) -> Proved {
    let (place, away) = (Place::new(), Place::new());
    let serving = serve(&place, "demo");
    let url = serving.url.clone();
    let asked = |arguments: &[&str]| {
        away.run(&[arguments, &["--url", &url]].concat())
            .with_status(0)
            .stdout
    };
    let bundle = |explain: &[&str], options: &[&str]| {
        asked(
            &[
                explain,
                &["--format", "table", "--with-proofs", "bundle"],
                options,
            ]
            .concat(),
        );
        fs::read(away.path("bundle")).expect("written")
    };
    let earlier = asked(&["checkpoint"]);
    let plan = away.file("plan", crate::harness::PLAN);
    asked(&["import", &plan]);
    let with_details = bundle(figure.explain, &[]);
    let without = bundle(figure.explain, &["--without-details"]);
    let other = document(&bundle(figure.other, &[]));
    let key = asked(&["checkpoint", "--public-key"]).trim().to_owned();
    serving.stop();

    // The directory gives the same as its server did.
    let here = [figure.explain, &["--format", "table", "--with-proofs", "here"]].concat();
    place.run_here(&here).with_status(0);
    assert_eq!(key_of(&place), key);
    assert_eq!(fs::read(place.path("here")).expect("written"), with_details);
    Proved {
        away,
        key,
        with_details,
        without,
        earlier,
        other,
    }
}

impl Proved {
    fn verify(&self, bundle: impl AsRef<[u8]>) -> crate::harness::Ran {
        let file = self.away.file("asked", bundle);
        self.away.run(&["verify-bundle", &file, "--key", &self.key])
    }

    fn python(&self) -> Output {
        let file = self.away.path("asked").display().to_string();
        python("check_bundle.py", &[&file, &self.key])
    }

    /// Refused here with this sentence; by the other program too where it is the proofs that fail, since that one does
    /// not derive figures.
    #[track_caller]
    fn refuse(&self, name: &str, forged: &Value, sentence: &str) {
        let stderr = self.verify(written(forged)).with_status(1).stderr;
        assert!(stderr.contains(sentence), "{name}: {stderr}");
        let of_the_figure = stderr.contains("the bundle claims ") || stderr.contains("the bundle's claim ");
        assert_eq!(self.python().status.success(), of_the_figure, "{name}: {stderr}");
    }
}

fn check(figure: &Figure) {
    let proved = proved(figure);
    for (bundle, all) in [(&proved.with_details, true), (&proved.without, false)] {
        let told = proved.verify(bundle).with_status(0).stdout;
        assert!(told.starts_with(figure.told), "{told}");
        assert_eq!(told.contains(", 0 of them shown with details"), !all, "{told}");
        let python = ran(&proved.python()).with_status(0).stdout;
        assert!(python.starts_with("bundle holds: all "), "{python}");
        // One byte, wherever it is.
        for at in [10, 60, bundle.len() / 3, bundle.len() / 2, bundle.len() - 30] {
            let mut bytes = bundle.clone();
            bytes[at] ^= 1;
            let refused = proved.verify(&bytes).with_status(1).stderr;
            assert!(refused.starts_with("error: "), "{refused}");
        }
        forge_events(&proved, &document(bundle));
        forge_frame(&proved, &document(bundle), figure);
    }
    forge_details(&proved, &document(&proved.with_details));
}

/// Events that were altered, left out, added or twice there.
fn forge_events(proved: &Proved, honest: &Value) {
    let stream = honest["stream"].as_str().expect("a stream");
    let count = honest["events"].as_array().expect("events").len();
    let other = proved.other["events"][0].clone();
    let should_follow =
        |version: usize| format!("event {version} of {stream} should follow; the bundle has ");
    let other_count = |count: usize| format!("{stream} does not have {count} events at the checkpoint");
    let forgeries = [
        (
            "altered",
            altered(honest, |bundle| {
                let leaf = &mut events(bundle)[count - 1]["leaf"];
                *leaf = json!(
                    leaf.as_str()
                        .expect("text")
                        .replace(r#""schema":1"#, r#""schema": 1"#)
                );
            }),
            format!("event {count} of {stream} is not at position "),
        ),
        (
            "missing",
            altered(honest, |bundle| drop(events(bundle).remove(2))),
            should_follow(3),
        ),
        (
            "the stream's tail is cut",
            altered(honest, |bundle| drop(events(bundle).pop())),
            other_count(count - 1),
        ),
        (
            "all are missing",
            altered(honest, |bundle| events(bundle).clear()),
            other_count(0),
        ),
        (
            "of another stream",
            altered(honest, |bundle| events(bundle).push(other)),
            should_follow(count + 1),
        ),
        (
            "invented",
            altered(honest, |bundle| {
                let mut event = events(bundle)[count - 1].clone();
                let leaf = event["leaf"].as_str().expect("text");
                let (last, next) = (
                    format!(r#""version":{count}}}"#),
                    format!(r#""version":{}}}"#, count + 1),
                );
                let later = leaf.replace(r#""position":"#, r#""position":9"#);
                event["leaf"] = json!(later.replace(&last, &next));
                events(bundle).push(event);
            }),
            other_count(count + 1),
        ),
        (
            "twice",
            altered(honest, |bundle| {
                let twice = events(bundle)[1].clone();
                events(bundle).insert(1, twice);
            }),
            should_follow(3),
        ),
        (
            "in another order",
            altered(honest, |bundle| events(bundle).swap(1, 2)),
            should_follow(2),
        ),
    ];
    for (name, forged, sentence) in forgeries {
        proved.refuse(name, &forged, &sentence);
    }
}

/// Another checkpoint, the place of another stream in the map of heads, and claims that the events do not make.
fn forge_frame(proved: &Proved, honest: &Value, figure: &Figure) {
    let stream = honest["stream"].as_str().expect("a stream");
    let other = &proved.other;
    let set = |pointer: &str, value: Value| {
        altered(honest, |bundle| {
            *bundle.pointer_mut(pointer).expect("a field") = value;
        })
    };
    let forgeries = [
        (
            "another checkpoint",
            set("/checkpoint", json!(proved.earlier)),
            "the record of the stream heads is not in the log of the checkpoint: ".to_owned(),
        ),
        (
            "the head of another stream",
            set("/heads", other["heads"].clone()),
            format!("{stream} does not have "),
        ),
        (
            "an event as the record of the heads",
            set("/heads/leaf", honest["events"][0]["leaf"].clone()),
            "the last leaf before the checkpoint is not the record of the stream heads".to_owned(),
        ),
        (
            "another amount",
            set("/query/amount", json!("1.00")),
            "the bundle claims 1.00, and its events make ".to_owned(),
        ),
        (
            "another day",
            set("/query/asOf", json!(figure.earlier)),
            "the bundle claims ".to_owned(),
        ),
        (
            "an earlier position",
            set("/query/logPosition", json!(3)),
            "the bundle's claim cannot be checked: ".to_owned(),
        ),
        (
            "a position beyond the checkpoint",
            set("/query/logPosition", json!(1_000_000)),
            "it stands on 1000000 events, and the checkpoint on ".to_owned(),
        ),
        (
            "a claim about another stream",
            set("/query", other["query"].clone()),
            format!(", and the events are of {stream}"),
        ),
        (
            "another figure",
            set("/query/figure", json!("nothing")),
            " is no figure of ".to_owned(),
        ),
    ];
    for (name, forged, sentence) in forgeries {
        proved.refuse(name, &forged, &sentence);
    }
    let whole = altered(other, |bundle| bundle["query"] = honest["query"].clone());
    proved.refuse(
        "events of another stream",
        &whole,
        &format!("it is about {stream}, and "),
    );
    // Names that narrow nothing would be told with the figure; names of nothing have figures of 0.00.
    let names: &[_] = match honest["query"]["project"] {
        Value::Null => &[
            ("project", "nothing", " of no project or source"),
            ("source", "nothing", " of no project or source"),
            ("group", "nothing", "there is no such cost group at that position"),
        ],
        _ => &[
            ("municipality", "GM0642", " of no municipality or cost group"),
            ("group", "nothing", " of no municipality or cost group"),
            ("project", "nothing", " has no project nothing"),
            ("source", "nothing", " does not tell spentOwn per source"),
        ],
    };
    for (field, name, sentence) in names {
        let forged = set(&format!("/query/{field}"), json!(name));
        proved.refuse(field, &forged, sentence);
    }
    if !honest["query"]["project"].is_null() {
        let of_nobody = altered(honest, |bundle| {
            let query = &mut bundle["query"];
            (query["figure"], query["source"], query["amount"]) =
                (json!("charged"), json!("nothing"), json!("0.00"));
        });
        proved.refuse("a funder of nothing", &of_nobody, " has no funder nothing");
    }
    let other = Place::new();
    other.import(crate::harness::PLAN, &[]).with_status(0);
    let file = proved.away.file("asked", written(honest));
    let refused = proved
        .away
        .run(&["verify-bundle", &file, "--key", &key_of(&other)]);
    let refused = refused.with_status(1).stderr;
    assert!(refused.contains("by none of its trusted keys"), "{refused}");
}

/// Details of another event, and details where there are none.
fn forge_details(proved: &Proved, honest: &Value) {
    let stream = honest["stream"].as_str().expect("a stream");
    let all = honest["events"].as_array().expect("events");
    let held: Vec<usize> = (0..all.len())
        .filter(|at| !all[*at]["details"].is_null())
        .collect();
    let (first, second) = (held[0], held[1]);
    let sentence = format!(
        "the details of event {} of {stream} are not those that were recorded",
        first + 1
    );
    let swapped = altered(honest, |bundle| {
        let (one, two) = (all[first]["details"].clone(), all[second]["details"].clone());
        events(bundle)[first]["details"] = two;
        events(bundle)[second]["details"] = one;
    });
    proved.refuse("details of another event", &swapped, &sentence);
    // Every event of a programme has some; a region's decisions have none.
    if let Some(without) = (0..all.len()).find(|at| all[*at]["details"].is_null()) {
        let invented = altered(honest, |bundle| {
            events(bundle)[without]["details"] = all[first]["details"].clone();
        });
        let sentence = format!("the details of event {} of {stream} are not", without + 1);
        proved.refuse("details where none were recorded", &invented, &sentence);
    }
    // To hold some back is no forgery.
    let fewer = altered(honest, |bundle| events(bundle)[first]["details"] = Value::Null);
    proved.verify(written(&fewer)).with_status(0);
}

#[test]
fn the_cost_share_of_zwijndrecht_is_proved_offline_and_cannot_be_forged() {
    check(&SHARE);
}

#[test]
fn the_own_spend_of_a_cofinanced_project_is_proved_offline_and_cannot_be_forged() {
    check(&OWN_SPEND);
}
