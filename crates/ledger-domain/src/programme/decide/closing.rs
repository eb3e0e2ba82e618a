//! What frames the money: projects opened and closed, periods closed, forecasts and explanations.

use super::case::Case;
use crate::programme::balance::money;
use crate::programme::{
    ClosePeriod, CloseProgramme, CloseProject, EstablishProgramme, Event, ExplainFigure, OpenProject,
    ProjectClosed, RecordForecast, Released, ReopenProject, YearBound,
};
use crate::{Code, Refusal};

pub(super) fn establish_again(mut case: Case, c: &EstablishProgramme) -> Result<Event, Refusal> {
    case.checks.refuse(Code::DuplicateId, || {
        format!("There is a programme {} already.", c.programme)
    });
    case.finish(Event::ProgrammeEstablished(c.clone()))
}

pub(super) fn open_project(mut case: Case, c: &OpenProject) -> Result<Event, Refusal> {
    let taken = case.programme.projects.contains_key(&c.project);
    case.checks.refuse_if(taken, Code::DuplicateId, || {
        format!("The programme has a project {} already.", c.project)
    });
    case.finish(Event::ProjectOpened(c.clone()))
}

pub(super) fn reopen_project(mut case: Case, c: &ReopenProject) -> Result<Event, Refusal> {
    let project = case.project(&c.project)?;
    case.checks.refuse_if(!project.closed, Code::ProjectOpen, || {
        format!("Project {} is open, so it cannot be reopened.", c.project)
    });
    case.finish(Event::ProjectReopened(c.clone()))
}

pub(super) fn close_project(mut case: Case, c: &CloseProject) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    let committed = project.committed;
    case.checks.refuse_if(committed > 0, Code::OpenCommitments, || {
        format!(
            "Project {} has {} in open commitments, to be drawn down or released first.",
            c.project,
            money(committed)
        )
    });
    case.finish(Event::ProjectClosed(ProjectClosed {
        project: c.project.clone(),
        decision: c.decision.clone(),
        released: released(&project.own),
    }))
}

/// What remains in total, from the buckets that it lies in; nothing when overspent.
fn released(own: &YearBound) -> Vec<Released> {
    if own.left_total() <= 0 {
        return Vec::new();
    }
    // An overspend of multi-year money was paid from what years have left, the earliest first.
    let mut deficit = (-own.left_unbound()).max(0);
    let buckets = std::iter::once(None).chain(own.years().map(Some));
    let part = |year| {
        let left = own.movable(year);
        let amount = (left - deficit).max(0);
        deficit -= left - amount;
        (amount > 0).then(|| Released {
            year,
            amount: money(amount),
        })
    };
    buckets.filter_map(part).collect()
}

pub(super) fn close_programme(mut case: Case, c: &CloseProgramme) -> Result<Event, Refusal> {
    let projects = case.programme.projects.iter();
    let open: Vec<&str> = projects
        .filter(|(_, project)| !project.closed)
        .map(|(id, _)| id.as_str())
        .collect();
    case.checks.refuse_if(!open.is_empty(), Code::OpenProjects, || {
        let listed: Vec<&str> = open.iter().copied().take(NAMED_MAX).collect();
        let projects = if open.len() == 1 { "project" } else { "projects" };
        let more = match open.len() - listed.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "The programme has {} open {projects}: {}{more}.",
            open.len(),
            listed.join(", ")
        )
    });
    case.finish(Event::ProgrammeClosed(c.clone()))
}

/// How many open projects a refusal names.
const NAMED_MAX: usize = 3;

pub(super) fn close_period(case: Case, c: &ClosePeriod) -> Result<Event, Refusal> {
    case.finish(Event::PeriodClosed(c.clone()))
}

pub(super) fn forecast(mut case: Case, c: &RecordForecast) -> Result<Event, Refusal> {
    if let Some(project) = &c.project {
        case.open_project(project)?;
    }
    case.finish(Event::ForecastRecorded(c.clone()))
}

pub(super) fn explain(mut case: Case, c: &ExplainFigure) -> Result<Event, Refusal> {
    if let Some(project) = &c.project {
        case.project(project)?;
    }
    case.finish(Event::FigureExplained(c.clone()))
}
