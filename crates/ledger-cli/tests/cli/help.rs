//! The help, word for word.

use crate::harness::Place;

#[test]
fn help_of_every_subcommand() {
    let place = Place::new();
    let all = place.run(&["--help"]).with_status(0);
    assert_eq!(all.stderr, "");
    insta::assert_snapshot!("help", all.stdout);
    for command in [
        "demo",
        "serve",
        "import",
        "report",
        "report budget-position",
        "report cost-shares",
        "report phase-out",
        "report settlement",
        "explain",
        "explain budget-position",
        "explain cost-shares",
        "plan-advances",
        "events",
        "verify",
        "backup",
        "restore",
        "destroy-details",
        "repair",
        "checkpoint",
        "prove",
        "prove consistency",
        "verify-bundle",
        "witness",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = place.run(&words).with_status(0);
        insta::assert_snapshot!(format!("help-{}", command.replace(' ', "-")), help.stdout);
    }
}
