//! Where searched words stand in a text, by the same spelling that the search goes by: width and
//! case do not matter, and Japanese needs no blanks.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::html::Part;

/// How much of a text stands before the first word found, in characters.
const BEFORE_CHARS: usize = 30;
/// How much of a text is shown in all, in characters.
const EXCERPT_CHARS: usize = 180;

/// The words of a question, in the spelling that is compared.
#[derive(Debug)]
pub(crate) struct Wanted(Vec<Vec<char>>);

impl Wanted {
    /// Cuts a question at its blanks.
    pub(crate) fn of(question: &str) -> Self {
        let folded = fold(question);
        Self(
            folded
                .split_whitespace()
                .map(|word| word.chars().collect())
                .collect(),
        )
    }

    /// How many different words stand in a text.
    pub(crate) fn count_in(&self, text: &str) -> usize {
        let (folded, _) = spelled(text);
        let holds = |word: &&Vec<char>| folded.windows(word.len()).any(|part| part == &word[..]);
        self.0.iter().filter(holds).count()
    }

    /// A whole text with its found words marked.
    pub(crate) fn marked(&self, text: &str) -> Vec<Part> {
        parts(text, 0..text.len(), &self.ranges(text))
    }

    /// The place of a text around the first word found, with all that is found there marked; its
    /// beginning where nothing is.
    pub(crate) fn excerpt(&self, text: &str) -> Vec<Part> {
        let ranges = self.ranges(text);
        let first = ranges.first().map_or(0, |range| range.start);
        let start = text[..first]
            .char_indices()
            .rev()
            .nth(BEFORE_CHARS)
            .map_or(0, |(at, letter)| at + letter.len_utf8());
        let end = text[start..]
            .char_indices()
            .nth(EXCERPT_CHARS)
            .map_or(text.len(), |(at, _)| start + at);
        let mut shown = parts(text, start..end, &ranges);
        let dots = || Part {
            text: "…".to_owned(),
            found: false,
        };
        if start > 0 {
            shown.insert(0, dots());
        }
        if end < text.len() {
            shown.push(dots());
        }
        shown
    }

    /// Bytes of the text that are found words, in order, none touching another.
    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let (folded, places) = spelled(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        for word in &self.0 {
            for (index, part) in folded.windows(word.len()).enumerate() {
                if part == &word[..] {
                    found.push(places[index].start..places[index + word.len() - 1].end);
                }
            }
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in found {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        joined
    }
}

/// What of a text lies within `shown`, cut where a found word begins or ends.
fn parts(text: &str, shown: Range<usize>, ranges: &[Range<usize>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut put = |range: Range<usize>, found| {
        if !range.is_empty() {
            parts.push(Part {
                text: text[range].to_owned(),
                found,
            });
        }
    };
    let mut at = shown.start;
    for range in ranges {
        let start = range.start.clamp(at, shown.end);
        let end = range.end.clamp(at, shown.end);
        put(at..start, false);
        put(start..end, true);
        at = end;
    }
    put(at..shown.end, false);
    parts
}

/// A text in the spelling that is compared, and where each of its characters stands in the text.
fn spelled(text: &str) -> (Vec<char>, Vec<Range<usize>>) {
    let (mut folded, mut places) = (Vec::new(), Vec::new());
    let mut rest = text.char_indices().peekable();
    while let Some((start, letter)) = rest.next() {
        let mut end = start + letter.len_utf8();
        // A mark and its letter are one: ﾃ and ﾞ are デ.
        while let Some((at, mark)) = rest.next_if(|(_, next)| is_mark(*next)) {
            end = at + mark.len_utf8();
        }
        for letter in fold(&text[start..end]).chars() {
            folded.push(letter);
            places.push(start..end);
        }
    }
    (folded, places)
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{ff9e}' | '\u{ff9f}') || canonical_combining_class(letter) != 0
}

/// One spelling for all widths and cases, as the store's search has it.
fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(parts: &[Part]) -> String {
        parts
            .iter()
            .map(|part| {
                if part.found {
                    format!("[{}]", part.text)
                } else {
                    part.text.clone()
                }
            })
            .collect()
    }

    fn check(question: &str, text: &str, expected: &str) {
        assert_eq!(told(&Wanted::of(question).marked(text)), expected);
    }

    #[test]
    fn words_are_marked_whatever_their_width_and_case() {
        check("遅延", "応答遅延について", "応答[遅延]について");
        check("api", "公開ＡＰＩとAPI", "公開[ＡＰＩ]と[API]");
        check("データ", "ﾃﾞｰﾀの遅れ", "[ﾃﾞｰﾀ]の遅れ");
        check("Db slow", "The DB is slow", "The [DB] is [slow]");
        check("ab bc", "xabcx", "x[abc]x");
        check("㍿", "株式会社", "[株式会社]");
        check("が", "か\u{3099}", "[か\u{3099}]");
        check("none", "text", "text");
        check(" ", "text", "text");
    }

    #[test]
    fn an_excerpt_begins_before_the_word_and_says_where_it_was_cut() {
        let text = format!("{}障害{}", "前".repeat(100), "後".repeat(300));
        let shown = told(&Wanted::of("障害").excerpt(&text));
        assert!(shown.starts_with("…前") && shown.ends_with("後…"));
        assert!(shown.contains("前[障害]後"));
        assert_eq!(shown.chars().filter(|letter| *letter == '前').count(), 30);
        assert_eq!(told(&Wanted::of("x").excerpt("short")), "short");
    }

    #[test]
    fn words_found_are_counted_once_each() {
        assert_eq!(Wanted::of("a b c").count_in("A b a"), 2);
    }
}
