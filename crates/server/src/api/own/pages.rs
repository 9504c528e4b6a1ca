//! Pages: what they are called, where they stand, their settings.

use noroshi_domain::{Command, NewPage, Page, PagePatch, State as PageState};
use noroshi_ops::Permission;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Call, Method, Operation, Problem, Reply, list_of, of};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        (
            "listPages",
            "/api/noroshi/v1/pages",
            "Lists the pages that the caller may see.",
        ),
        list_of::<PageView>,
        list,
    ),
    Operation::change(
        (
            "createPage",
            Method::Post,
            "/api/noroshi/v1/pages",
            "Makes a page.",
        ),
        Permission::CreatePages,
        create,
    )
    .with_body(of::<NewPage>)
    .answering(201, of::<PageView>),
    Operation::get(
        (
            "getPage",
            "/api/noroshi/v1/pages/{page_id}",
            "Gives a page with its settings.",
        ),
        of::<PageView>,
        get,
    ),
    Operation::change(
        (
            "updatePage",
            Method::Patch,
            "/api/noroshi/v1/pages/{page_id}",
            "Changes a page; `settings` are replaced as a whole.",
        ),
        Permission::EditPage,
        update,
    )
    .with_body(of::<PagePatch>)
    .answering(200, of::<PageView>),
    Operation::change(
        (
            "deletePage",
            Method::Delete,
            "/api/noroshi/v1/pages/{page_id}",
            "Hides a page; what stands on it goes 30 days later.",
        ),
        Permission::DeletePage,
        delete,
    ),
    Operation::change(
        (
            "restorePage",
            Method::Post,
            "/api/noroshi/v1/pages/{page_id}/restore",
            "Brings a hidden page back.",
        ),
        Permission::DeletePage,
        restore,
    )
    .answering(200, of::<PageView>),
];

/// A page, and its newest revision.
#[derive(Debug, Serialize, JsonSchema)]
struct PageView {
    #[serde(flatten)]
    page: Page,
    /// The number of its last change.
    seq: i64,
}

impl PageView {
    fn of(state: &PageState) -> Self {
        Self {
            page: state.page.clone(),
            seq: state.head.seq,
        }
    }
}

/// Not asked of the installation: whoever may see one page is told of that one.
fn list(call: &Call) -> Result<Reply, Problem> {
    let mut pages = Vec::new();
    for id in call.app.pages()? {
        if call.caller.may(Some(&id), Permission::View) {
            pages.push(PageView::of(&*call.app.state(&id)?));
        }
    }
    Reply::of(&pages, None)
}

fn create(call: &Call) -> Result<Reply, Problem> {
    let new: NewPage = call.body()?;
    let answer = call.app.create_page(&call.caller.actor, &new)?;
    let made = noroshi_domain::PageId::parse(&answer.id).map_err(noroshi_domain::Refusal::from)?;
    let state = call.app.state(&made)?;
    Reply::of(&PageView::of(&state), Some(answer.seq))
}

fn get(call: &Call) -> Result<Reply, Problem> {
    let state = call.state()?;
    Reply::of(&PageView::of(&state), Some(state.head.seq))
}

fn update(call: &Call) -> Result<Reply, Problem> {
    let patch: PagePatch = call.body()?;
    call.send(Command::UpdatePage(Box::new(patch)))?;
    get(call)
}

fn delete(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::DeletePage)
        .map(|answer| Reply::done(answer.seq))
}

fn restore(call: &Call) -> Result<Reply, Problem> {
    call.send(Command::RestorePage)?;
    get(call)
}
