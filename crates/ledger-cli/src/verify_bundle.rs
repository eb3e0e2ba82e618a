//! `verify-bundle`: a figure from a file and a public key, without any ledger.

use ledger_service::check_bundle;

use crate::{arguments::VerifyBundle, failure::Failure, output};

/// Tells what the bundle proves, or the first thing that it does not.
pub(crate) fn run(asked: &VerifyBundle) -> Result<(), Failure> {
    let file = &asked.file;
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", file.display())))?;
    let checked = check_bundle(&bytes, &asked.key)
        .map_err(|fault| Failure::Proof(output::plain(&fault.to_string())))?;
    let (claim, established) = (&checked.claim, &checked.established);
    let mut of = claim.stream.clone();
    let municipality = claim.municipality.as_ref().map(|code| code.0.to_string());
    let names = [&claim.project, &claim.source, &claim.group];
    let names = names.into_iter().flatten().map(|name| name.0.to_string());
    for part in names.chain(municipality) {
        of.push_str(", ");
        of.push_str(&part);
    }
    let year = claim
        .year
        .map(|year| format!(", year {year}"))
        .unwrap_or_default();
    output::line(&format!(
        "{} {} of {of} is {}{year}, as of {}, log position {}",
        claim.report, claim.figure, claim.amount.0, claim.as_of.0, claim.log_position,
    ))?;
    let with_details = established.events.iter().filter(|event| event.details.is_some());
    output::line(&format!(
        "derived from all {} events of {} up to the checkpoint, {} of them shown with details",
        established.events.len(),
        established.stream,
        with_details.count(),
    ))?;
    let checkpoint = &established.checkpoint.checkpoint;
    output::line(&format!(
        "checkpoint of {} events, signed by {}",
        checkpoint.size,
        output::plain(&checkpoint.origin)
    ))?;
    for cosigned in &established.checkpoint.cosigned {
        output::line(&format!(
            "cosigned by {} at {} s since 1970",
            cosigned.by, cosigned.at
        ))?;
    }
    Ok(())
}
