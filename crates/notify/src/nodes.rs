//! Which nodes live: each counts up, the others watch. No clocks are compared.

use std::collections::HashMap;

use crate::limits::NODE_GONE_MS;

/// What a node has seen of the others.
#[derive(Debug, Default)]
pub struct Nodes {
    seen: HashMap<String, (i64, u64)>,
}

impl Nodes {
    /// Looks at the others' counts at a monotonic time in milliseconds; gives those that have
    /// stood still for too long.
    pub fn watch(&mut self, own: &str, beats: &[(String, i64)], now_ms: u64) -> Vec<String> {
        self.seen
            .retain(|node, _| beats.iter().any(|(name, _)| name == node));
        let mut gone = Vec::new();
        for (node, beat) in beats.iter().filter(|(node, _)| node != own) {
            let seen = self.seen.entry(node.clone()).or_insert((*beat, now_ms));
            if seen.0 != *beat {
                *seen = (*beat, now_ms);
            } else if now_ms.saturating_sub(seen.1) >= NODE_GONE_MS {
                gone.push(node.clone());
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_stands_still_for_twelve_seconds_is_gone() {
        let mut nodes = Nodes::default();
        let beats = |beat| [("me".to_owned(), 1), ("other".to_owned(), beat)];
        assert!(nodes.watch("me", &beats(1), 0).is_empty());
        assert!(nodes.watch("me", &beats(2), 11_000).is_empty());
        assert!(nodes.watch("me", &beats(2), 22_999).is_empty());
        assert_eq!(nodes.watch("me", &beats(2), 23_000), ["other"]);
        assert!(nodes.watch("me", &beats(3), 24_000).is_empty());
    }
}
