//! The order of rows: those that a file names stand as it names them, and no other row moves
//! further than it must.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::{Command, ComponentId, ComponentPatch, GroupId, State};

use crate::commands::apply::file::{PageWish, RowWish, Spots};
use crate::commands::apply::plan::{Found, Step};

/// A row among its siblings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Component(ComponentId),
    Group(GroupId),
}

/// The steps that bring the rows of a page into the order of the file. `before` is the page as it
/// stands, `after` as the other steps leave it.
pub(crate) fn steps<'w>(
    wish: &'w PageWish,
    found: &Found<'w>,
    before: &State,
    after: &State,
) -> Vec<Step<'w>> {
    let mut spots: BTreeMap<Row, &'w Spots> = BTreeMap::new();
    for (id, own, _) in &found.components {
        spots.insert(Row::Component(id.clone()), &own.spots);
    }
    for (id, own) in &found.groups {
        spots.insert(Row::Group(id.clone()), &own.spots);
    }
    let mut steps = Vec::new();
    let mut place = |before: Vec<(Row, i64)>, named: Vec<Row>, after: Vec<(Row, i64)>| {
        for (row, position) in moves(&before, &named, &after) {
            let spots = spots.get(&row).copied().unwrap_or(&wish.spots);
            let command = command(row, position);
            steps.push(Step { command, spots });
        }
    };
    place(top(before), named_at_top(wish, found), top(after));
    for id in after.groups.keys() {
        let named = found.components.iter();
        let named = named.filter(|(.., group)| group.as_ref() == Some(id));
        let named = named.map(|(own, ..)| Row::Component(own.clone()));
        place(members(before, id), named.collect(), members(after, id));
    }
    steps
}

fn command(row: Row, position: i64) -> Command {
    match row {
        Row::Component(id) => Command::UpdateComponent {
            id,
            patch: Box::new(ComponentPatch {
                position: Some(position),
                ..ComponentPatch::default()
            }),
        },
        Row::Group(id) => Command::UpdateGroup {
            id,
            name: None,
            description: None,
            components: None,
            position: Some(position),
        },
    }
}

/// The rows of the top level, in order.
fn top(state: &State) -> Vec<(Row, i64)> {
    let components = state.components.values();
    let single = components.filter(|own| own.retired_at.is_none() && own.group_id.is_none());
    let single = single.map(|own| (Row::Component(own.id.clone()), own.position));
    let groups = state.groups.values();
    let groups = groups.map(|own| (Row::Group(own.id.clone()), own.position));
    let mut rows: Vec<(Row, i64)> = single.chain(groups).collect();
    rows.sort_by_key(|(row, position)| (*position, row.clone()));
    rows
}

fn members(state: &State, group: &GroupId) -> Vec<(Row, i64)> {
    let members = state.members_of(group).into_iter();
    members
        .map(|own| (Row::Component(own.id.clone()), own.position))
        .collect()
}

fn named_at_top(wish: &PageWish, found: &Found<'_>) -> Vec<Row> {
    let mut components = found.components.iter();
    let mut groups = found.groups.iter();
    let row = |row: &RowWish| match row {
        // Both were found in the order of the file.
        RowWish::Component(_) => components
            .find(|(.., group)| group.is_none())
            .map(|(id, ..)| Row::Component(id.clone())),
        RowWish::Group(_) => groups.next().map(|(id, _)| Row::Group(id.clone())),
    };
    wish.rows.iter().filter_map(row).collect()
}

/// Which siblings get which position: the fewest that bring them into the wished order.
fn moves(before: &[(Row, i64)], named: &[Row], after: &[(Row, i64)]) -> Vec<(Row, i64)> {
    let order = wished(before, named, after);
    let positions: BTreeMap<&Row, i64> = after.iter().map(|(row, at)| (row, *at)).collect();
    let stood: BTreeSet<&Row> = before.iter().map(|(row, _)| row).collect();
    let mut moves = Vec::new();
    let mut last = 0;
    for row in order {
        let own = positions.get(&row).copied().unwrap_or_default();
        // One that came anew is counted on; one that stood keeps its number while it can.
        let next = if stood.contains(&row) && own > last {
            own
        } else {
            last + 1
        };
        last = next;
        if next != own {
            moves.push((row, next));
        }
    }
    moves
}

/// The order of siblings: named ones share the places they held as the file orders them, and
/// newcomers follow the one named before them.
fn wished(before: &[(Row, i64)], named: &[Row], after: &[(Row, i64)]) -> Vec<Row> {
    let stood: BTreeSet<&Row> = before.iter().map(|(row, _)| row).collect();
    let is_named: BTreeSet<&Row> = named.iter().collect();
    let stays = after.iter().map(|(row, _)| row);
    let stays: Vec<&Row> = stays.filter(|row| stood.contains(row)).collect();
    let mut in_turn = named.iter().filter(|row| stays.contains(row));
    let mut order: Vec<Row> = Vec::new();
    for row in &stays {
        let next = if is_named.contains(row) {
            in_turn.next().unwrap_or(row)
        } else {
            row
        };
        order.push(next.clone());
    }
    for (index, row) in named.iter().enumerate() {
        if stood.contains(row) && stays.contains(&row) {
            continue;
        }
        let mut before_it = named[..index].iter().rev();
        let follows = before_it.find_map(|other| order.iter().position(|own| own == other));
        let precedes = named[index + 1..]
            .iter()
            .find_map(|other| order.iter().position(|own| own == other));
        let at = follows.map(|at| at + 1).or(precedes);
        order.insert(at.unwrap_or(order.len()), row.clone());
    }
    for (row, _) in after {
        if !order.contains(row) {
            order.push(row.clone());
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(code: &str) -> Row {
        Row::Component(ComponentId::parse(code).unwrap())
    }

    /// Rows and positions written like `a1 b2`.
    fn rows(text: &str) -> Vec<(Row, i64)> {
        let one = |word: &str| (row(&word[..1]), word[1..].parse().unwrap());
        text.split_whitespace().map(one).collect()
    }

    fn moved(before: &str, named: &str, after: &str) -> String {
        let named: Vec<Row> = named.split_whitespace().map(row).collect();
        let moves = moves(&rows(before), &named, &rows(after));
        let told = moves.iter().map(|(row, position)| match row {
            Row::Component(id) => format!("{id}{position}"),
            Row::Group(id) => format!("{id}{position}"),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rows_in_the_order_of_the_file_stay_where_they_are() {
        assert_eq!(moved("a1 b3 c7", "a b c", "a1 b3 c7"), "");
        assert_eq!(moved("a1 b3 c7", "a c", "a1 b3 c7"), "");
        assert_eq!(moved("a1 b3 c7", "", "a1 b3 c7"), "");
    }

    #[test]
    fn named_rows_share_the_places_they_held() {
        assert_eq!(moved("a1 b2 c3", "c a", "a1 b2 c3"), "b4 a5");
        assert_eq!(moved("a1 b2 c3", "c b a", "a1 b2 c3"), "b4 a5");
    }

    #[test]
    fn a_new_row_follows_the_one_named_before_it() {
        assert_eq!(moved("a1 c2", "a b c", "a1 c2 b3"), "b2 c3");
        assert_eq!(moved("a1 c5", "a b c", "a1 c5 b6"), "b2");
        assert_eq!(moved("a1 c2", "b a", "a1 c2 b3"), "b1 a2 c3");
        assert_eq!(moved("", "a b", "a1 b2"), "");
        assert_eq!(moved("", "b a", "a1 b2"), "b1 a2");
    }

    #[test]
    fn a_row_that_left_a_group_unnamed_goes_last() {
        assert_eq!(moved("a1 b2", "b", "a1 b2 z3"), "");
    }
}
