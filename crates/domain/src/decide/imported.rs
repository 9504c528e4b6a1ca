//! Imported records: worked out elsewhere, written through the one door.

use crate::command::{ImportedFacts, Needs};
use crate::decide::draft::Draft;
use crate::facts::Fact;
use crate::journal::Audience;
use crate::refusal::Refusal;
use crate::time::Instant;

/// Writes an imported record; public lanes are worked out from its claims.
pub(super) fn import(draft: &mut Draft<'_>, facts: &ImportedFacts) -> Result<(), Refusal> {
    draft.acts(&facts.action, &facts.subject);
    for key in &facts.drop {
        if let Some(Fact::Claim(claim)) = draft.state.get(key) {
            draft.touch(
                &claim.component_id,
                claim.from,
                claim.to.unwrap_or(Instant::MAX),
            );
        }
        draft.remove(key.clone());
    }
    for fact in &facts.put {
        match fact {
            Fact::Span(_) | Fact::Page(_) => {
                return Err(Refusal::BadSetting {
                    field: "import",
                    reason: "an import holds no lanes and no page".to_owned(),
                });
            }
            Fact::Claim(claim) => {
                if !claim.status.can_be_said() {
                    return Err(Refusal::Unsayable(claim.status));
                }
                if let Some(Fact::Claim(old)) = draft.state.get(&fact.key()) {
                    draft.touch(&old.component_id, old.from, old.to.unwrap_or(Instant::MAX));
                }
                draft.put_claim(claim.clone());
            }
            Fact::Incident(incident) => {
                let old = draft.state.incidents.get(&incident.id);
                let was_shown = old.is_some_and(|old| old.deleted_at.is_none());
                if was_shown && incident.deleted_at.is_some() {
                    let reason = incident.deleted_reason.clone().unwrap_or_default();
                    draft.audience = Audience::Team;
                    draft.tell_deletion(incident, &reason);
                }
                let fact = replacing(draft, fact.clone());
                draft.put(fact);
            }
            _ => {
                let fact = replacing(draft, fact.clone());
                draft.put(fact);
            }
        }
    }
    Ok(())
}

/// Words and settings that stand already are replaced by this entry.
fn replacing(draft: &Draft<'_>, mut fact: Fact) -> Fact {
    if draft.state.get(&fact.key()).is_some() {
        let seq = Some(draft.seq());
        match &mut fact {
            Fact::Component(component) => component.edited_seq = seq,
            Fact::Group(group) => group.edited_seq = seq,
            Fact::Incident(incident) => incident.edited_seq = seq,
            Fact::Update(update) => update.edited_seq = seq,
            _ => {}
        }
    }
    fact
}

/// The lanes that its claims touch, and what it deletes: whether readers know that is to be told.
pub(super) fn needs(needs: &mut Needs, facts: &ImportedFacts, now: Instant) {
    for fact in &facts.put {
        if let Fact::Incident(incident) = fact
            && incident.deleted_at.is_some()
        {
            needs.incidents.push(incident.id.clone());
        }
        if let Fact::Claim(claim) = fact {
            let to = claim.to.unwrap_or(now).max(claim.from);
            needs
                .windows
                .push((claim.component_id.clone(), claim.from, to));
        }
    }
    let open = |to: Instant| if to == Instant::MAX { now } else { to };
    needs.windows.extend(
        facts
            .windows
            .iter()
            .map(|(id, from, to)| (id.clone(), *from, open(*to).max(*from))),
    );
}
