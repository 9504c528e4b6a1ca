//! Statuses said without an incident, and holds: ended or changed with one button.

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{Act, Command, ComponentId, HoldId, Status};

use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::visit::{Desk, Visit};
use crate::desk::Refused;

/// `POST …/holds/{hold_id}/end`.
pub(super) async fn end_hold(
    visit: Visit,
    Path((page, hold)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let Ok(hold) = HoldId::parse(&hold) else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    let back = back(&desk, &Form::read(&body));
    let answer = desk.execute(Command::EndHold(hold), None).await?;
    match answer {
        Ok(_) => Ok(desk.done(&back, Told::HoldEnded)),
        Err(error) => Err(desk.visit.refuse_command(&error)),
    }
}

/// `POST …/components/{component_id}/status`: `status`, and `everyone` to end what others say.
pub(super) async fn set_status(
    visit: Visit,
    Path((page, component)): Path<(String, String)>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let form = Form::read(&body);
    let read = (ComponentId::parse(&component).ok()).zip(Status::parse(form.get("status")));
    let Some((id, status)) = read else {
        return Err(desk.visit.refuse(&Refused::NotFound));
    };
    let act = if form.has("everyone") {
        Act::Override
    } else {
        Act::Set
    };
    let answer = desk
        .execute(Command::SetStatus { id, status, act }, form.command_id())
        .await?;
    match answer {
        Ok(_) => Ok(desk.done(&back(&desk, &form), Told::StatusSet)),
        Err(error) => Err(desk.visit.refuse_command(&error)),
    }
}

/// The screen to lead back to: an incident of this page that the form names, else Now.
fn back(desk: &Desk, form: &Form) -> String {
    let named = noroshi_domain::IncidentId::parse(form.get("incident")).ok();
    named
        .filter(|id| desk.state.incidents.contains_key(id))
        .map_or_else(String::new, |id| format!("/incidents/{id}"))
}
