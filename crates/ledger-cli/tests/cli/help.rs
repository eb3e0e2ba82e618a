//! The help, word for word.

use crate::harness::Place;

#[test]
fn help_of_every_subcommand() {
    let place = Place::new();
    let all = place.run(&["--help"]).with_status(0);
    assert_eq!(all.stderr, "");
    insta::assert_snapshot!("help", all.stdout);
    for command in ["demo", "serve", "import", "report", "explain", "events", "verify"] {
        let help = place.run(&[command, "--help"]).with_status(0);
        insta::assert_snapshot!(format!("help-{command}"), help.stdout);
    }
}
