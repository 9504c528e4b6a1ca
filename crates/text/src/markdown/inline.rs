//! Bold and bare addresses within one line, marked before `CommonMark` reads it.
//!
//! `CommonMark` decides by spaces and punctuation whether `**` begins or ends bold, which fails
//! beside kana and brackets (`**「重要」**です`), and knows no bare addresses. So both are found here
//! and carried through it as private characters, which bodies themselves can not hold.

use std::iter;

/// Private characters that stand for addresses: the first has index 0.
const ADDRESS_FIRST: u32 = 0xF_0000;
/// How many addresses one body links; further ones stay text.
const ADDRESSES_MAX: usize = 0x8000;
/// How far the end of a link's address is looked for: longer ones are none.
const DESTINATION_BYTES_MAX: usize = 2_048;
const STRONG_BEGINS: char = '\u{10_FFF0}';
const STRONG_ENDS: char = '\u{10_FFF1}';
/// The same for a whole line that is bold without having been marked so.
const LINE_BEGINS: char = '\u{10_FFF2}';
const LINE_ENDS: char = '\u{10_FFF3}';
/// A star that is no emphasis: `*1` before a note, `5*3`.
const STAR: char = '\u{10_FFF4}';
/// Emphasis itself is left to `CommonMark`, which gets its star.
const EMPHASIS: char = '*';

/// A part of text that came back from `CommonMark`.
pub(super) enum Piece<'a> {
    Words(&'a str),
    Address(&'a str),
    StrongBegins,
    StrongEnds,
}

/// Whether a character is one of those used here, which bodies must not bring along.
pub(super) const fn is_private(character: char) -> bool {
    character as u32 >= ADDRESS_FIRST
}

/// A line with its bold and its addresses marked; the addresses are added to the list.
pub(super) fn marked(line: &str, addresses: &mut Vec<String>) -> String {
    let mut tokens = tokens(line, addresses);
    pair(
        &mut tokens,
        |token| matches!(token, Token::Stars),
        [STRONG_BEGINS, STRONG_ENDS],
    );
    pair(
        &mut tokens,
        |token| matches!(token, Token::Star),
        [EMPHASIS, EMPHASIS],
    );
    tokens
        .into_iter()
        .fold(String::with_capacity(line.len()), |mut text, token| {
            match token {
                Token::Verbatim(verbatim) => text.push_str(verbatim),
                Token::Stars => text.push_str("**"),
                Token::Star => text.push(STAR),
                Token::Mark(mark) => text.push(mark),
            }
            text
        })
}

/// A line that is bold as a whole: what was marked bold within it is so already.
pub(super) fn marked_bold(line: &str, addresses: &mut Vec<String>) -> String {
    let inner: String = marked(line, addresses)
        .chars()
        .filter(|character| ![STRONG_BEGINS, STRONG_ENDS].contains(character))
        .collect();
    format!("{LINE_BEGINS}{inner}{LINE_ENDS}")
}

/// Splits text at the marks.
pub(super) fn pieces<'a>(
    text: &'a str,
    addresses: &'a [String],
) -> impl Iterator<Item = Piece<'a>> {
    let mut rest = text;
    iter::from_fn(move || {
        let first = rest.chars().next()?;
        if !is_private(first) {
            let end = rest.find(is_private).unwrap_or(rest.len());
            let (words, after) = rest.split_at(end);
            rest = after;
            return Some(Piece::Words(words));
        }
        rest = &rest[first.len_utf8()..];
        Some(match first {
            STRONG_BEGINS | LINE_BEGINS => Piece::StrongBegins,
            STRONG_ENDS | LINE_ENDS => Piece::StrongEnds,
            STAR => Piece::Words("*"),
            mark => Piece::Address(address_of(mark, addresses)),
        })
    })
}

/// Text as it was typed, for places where marks mean nothing: code and addresses of links.
pub(super) fn restored(text: &str, addresses: &[String]) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut typed, character| {
            match character {
                STRONG_BEGINS | STRONG_ENDS => typed.push_str("**"),
                LINE_BEGINS | LINE_ENDS => {}
                STAR => typed.push('*'),
                mark if is_private(mark) => typed.push_str(address_of(mark, addresses)),
                other => typed.push(other),
            }
            typed
        })
}

fn address_of(mark: char, addresses: &[String]) -> &str {
    let index = (mark as u32).saturating_sub(ADDRESS_FIRST) as usize;
    addresses.get(index).map_or("", String::as_str)
}

enum Token<'a> {
    Verbatim(&'a str),
    /// Exactly two stars, which may begin or end bold.
    Stars,
    /// A single one, which may begin or end emphasis.
    Star,
    Mark(char),
}

fn tokens<'a>(line: &'a str, addresses: &mut Vec<String>) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(character) = line[at..].chars().next() {
        let rest = &line[at..];
        let length = match character {
            '`' => code_length(rest),
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '<' => autolink_length(rest),
            ']' => destination_length(rest),
            '*' => rest.len() - rest.trim_start_matches('*').len(),
            'h' | 'H' if addresses.len() < ADDRESSES_MAX && begins_word(&line[..at]) => {
                address_length(rest).unwrap_or(1)
            }
            other => other.len_utf8(),
        };
        let typed = &rest[..length];
        tokens.push(match character {
            '*' if length == 2 => Token::Stars,
            // Between figures or Latin letters it multiplies, or stands for anything.
            '*' if length == 1 && (begins_word(&line[..at]) || ends_word(&rest[1..])) => {
                Token::Star
            }
            '*' if length == 1 => Token::Mark(STAR),
            'h' | 'H' if length > 1 => {
                addresses.push(typed.to_owned());
                let mark = ADDRESS_FIRST + (addresses.len() - 1) as u32;
                Token::Mark(char::from_u32(mark).expect("plane 15 holds all indexes"))
            }
            _ => Token::Verbatim(typed),
        });
        at += length;
    }
    tokens
}

/// Makes stars into marks where two of them in one line hold words between them.
fn pair(tokens: &mut [Token<'_>], is_star: impl Fn(&Token<'_>) -> bool, [begins, ends]: [char; 2]) {
    let is_space = |token: Option<&Token<'_>>| match token {
        Some(Token::Verbatim(text)) => text.chars().all(char::is_whitespace),
        Some(Token::Stars | Token::Star) | None => true,
        Some(Token::Mark(_)) => false,
    };
    let mut open = None;
    for at in 0..tokens.len() {
        if !is_star(&tokens[at]) {
            continue;
        }
        match open {
            Some(from) if !is_space(at.checked_sub(1).and_then(|before| tokens.get(before))) => {
                tokens[from] = Token::Mark(begins);
                tokens[at] = Token::Mark(ends);
                open = None;
            }
            _ if !is_space(tokens.get(at + 1)) => open = Some(at),
            _ => {}
        }
    }
}

fn begins_word(before: &str) -> bool {
    !before
        .chars()
        .next_back()
        .is_some_and(|character| character.is_ascii_alphanumeric())
}

fn ends_word(after: &str) -> bool {
    !after.starts_with(|character: char| character.is_ascii_alphanumeric())
}

/// A code span with its backticks, or the backticks alone when nothing closes it in this line.
fn code_length(rest: &str) -> usize {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let mut at = ticks;
    while let Some(found) = rest[at..].find('`') {
        let from = at + found;
        let run = rest[from..].len() - rest[from..].trim_start_matches('`').len();
        if run == ticks {
            return from + run;
        }
        at = from + run;
    }
    ticks
}

/// `<https://…>` as a whole, which `CommonMark` links itself; else the bracket alone.
fn autolink_length(rest: &str) -> usize {
    let inner = &rest[1..];
    if !begins_with_scheme(inner) {
        return 1;
    }
    match inner.find(['>', '<', ' ']) {
        Some(end) if inner[end..].starts_with('>') => end + 2,
        _ => 1,
    }
}

/// `](address` of a link with words; else the bracket alone.
fn destination_length(rest: &str) -> usize {
    match rest.strip_prefix("](") {
        Some(inner) => {
            let mut begun = inner.bytes().take(DESTINATION_BYTES_MAX);
            2 + begun
                .position(|byte| matches!(byte, b')' | b' '))
                .unwrap_or(0)
        }
        None => 1,
    }
}

/// How long the bare address is that begins here, if one does.
fn address_length(rest: &str) -> Option<usize> {
    if !begins_with_scheme(rest) {
        return None;
    }
    let scheme = rest.find("//")? + 2;
    let end = rest
        .find(|character: char| !character.is_ascii_graphic() || "<>\"`|\\^{}".contains(character))
        .unwrap_or(rest.len());
    // Bold around an address ends it.
    let mut address = &rest[..end];
    address = address
        .find("**")
        .map_or(address, |stars| &address[..stars]);
    address = &address[..unopened_bracket(address).unwrap_or(address.len())];
    address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
    let host = address.get(scheme..)?;
    host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[')
        .then_some(address.len())
}

/// Where a bracket closes that was not opened before: it belongs to the sentence around.
fn unopened_bracket(address: &str) -> Option<usize> {
    let mut round_count = 0_i32;
    let mut square_count = 0_i32;
    address.bytes().position(|byte| {
        match byte {
            b'(' => round_count += 1,
            b')' => round_count -= 1,
            b'[' => square_count += 1,
            b']' => square_count -= 1,
            _ => {}
        }
        round_count < 0 || square_count < 0
    })
}

fn begins_with_scheme(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}
