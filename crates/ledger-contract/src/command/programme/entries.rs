//! What the commands of entries ask: commitments, expenditures, receipts.

use ledger_domain::{
    Tags, Year,
    programme::{
        ChangeCommitment, Charge, Command, CorrectExpenditure, EnterCommitment, PostExpenditure,
        ReceiveCofinancing, ReverseExpenditure,
    },
};

use crate::command::{
    Draft,
    compound::{CHARGES, SIGNED_CHARGES, TAGS},
    form::{DETAIL, ENTRY_ID, FUNDER, ID, POSITIVE, SIGNED, TEXT, YEAR},
};

pub(super) fn enter_commitment(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let project = draft.fields.required("project", &ID);
    let commitment = draft.fields.required("commitment", &ENTRY_ID);
    let amount = draft.fields.required("amount", &POSITIVE);
    draft.details.supplier = draft.fields.required("supplier", &DETAIL);
    describe(draft);
    let booked = booked(draft);
    Some(Command::EnterCommitment(EnterCommitment {
        project: project?,
        commitment: commitment?,
        amount: amount?,
        charges: booked.charges,
        year: booked.year,
        taakveld: booked.taakveld,
        category: booked.category,
        tags: booked.tags,
    }))
}

pub(super) fn change_commitment(draft: &mut Draft<'_, '_>) -> Option<ChangeCommitment> {
    let fields = &mut *draft.fields;
    let commitment = fields.required("commitment", &ENTRY_ID);
    let amount = fields.required("amount", &POSITIVE);
    draft.details.reason = fields.required("reason", &DETAIL);
    draft.details.explanation = fields.optional_text("explanation", &DETAIL);
    Some(ChangeCommitment {
        commitment: commitment?,
        amount: amount?,
    })
}

pub(super) fn post_expenditure(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let project = draft.fields.required("project", &ID);
    let expenditure = draft.fields.required("expenditure", &ENTRY_ID);
    let amount = draft.fields.required("amount", &POSITIVE);
    draft.details.supplier = draft.fields.optional_text("supplier", &DETAIL);
    describe(draft);
    let commitment = draft.fields.optional("commitment", &ENTRY_ID);
    let booked = booked(draft);
    Some(Command::PostExpenditure(PostExpenditure {
        project: project?,
        expenditure: expenditure?,
        amount: amount?,
        commitment,
        charges: booked.charges,
        year: booked.year,
        taakveld: booked.taakveld,
        category: booked.category,
        tags: booked.tags,
    }))
}

/// What an entry is about, and where the proof of it is.
fn describe(draft: &mut Draft<'_, '_>) {
    draft.details.description = draft.fields.optional_text("description", &DETAIL);
    draft.details.document = draft.fields.optional_text("document", &DETAIL);
}

/// How an entry is booked: who pays which part, for which year and under which codes.
struct Booked {
    charges: Option<Vec<Charge>>,
    year: Option<Year>,
    taakveld: Option<String>,
    category: Option<String>,
    tags: Tags,
}

fn booked(draft: &mut Draft<'_, '_>) -> Booked {
    let fields = &mut *draft.fields;
    let charges = fields.optional("charges", &CHARGES);
    let year = fields.optional("year", &YEAR);
    let taakveld = fields.optional_text("taakveld", &TEXT);
    let category = fields.optional_text("category", &TEXT);
    draft.details.explanation = fields.optional_text("explanation", &DETAIL);
    Booked {
        charges,
        year,
        taakveld,
        category,
        tags: fields.optional("tags", &TAGS).unwrap_or_default(),
    }
}

pub(super) fn correct_expenditure(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let expenditure = fields.required("expenditure", &ENTRY_ID);
    let correction = fields.required("correction", &ENTRY_ID);
    let amount = fields.required("amount", &SIGNED);
    let charges = fields.optional("charges", &SIGNED_CHARGES);
    draft.details.reason = fields.required("reason", &DETAIL);
    draft.details.explanation = fields.optional_text("explanation", &DETAIL);
    Some(Command::CorrectExpenditure(CorrectExpenditure {
        expenditure: expenditure?,
        correction: correction?,
        amount: amount?,
        charges,
    }))
}

pub(super) fn reverse_expenditure(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let expenditure = draft.fields.required("expenditure", &ENTRY_ID);
    draft.details.reason = draft.fields.required("reason", &DETAIL);
    Some(Command::ReverseExpenditure(ReverseExpenditure {
        expenditure: expenditure?,
    }))
}

pub(super) fn receive_cofinancing(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let project = fields.required("project", &ID);
    let funder = fields.required("funder", &FUNDER);
    let receipt = fields.required("receipt", &ENTRY_ID);
    let amount = fields.required("amount", &SIGNED);
    draft.details.document = fields.optional_text("document", &DETAIL);
    Some(Command::ReceiveCofinancing(ReceiveCofinancing {
        project: project?,
        funder: funder?,
        receipt: receipt?,
        amount: amount?,
    }))
}
