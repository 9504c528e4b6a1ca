//! Which of a page's languages a browser would like best.

use noroshi_domain::Locale;

/// No browser sends more; what comes after is not read.
const HEADER_BYTES_MAX: usize = 1024;

/// The best of the offered locales for an `Accept-Language` header; `None` when none is wanted.
///
/// Among equals the one named first wins; `*` stands for the first offered one that is not named.
pub fn best(accept_language: &str, offered: &[Locale]) -> Option<Locale> {
    let header = cut(accept_language);
    let ranges: Vec<(&str, u16)> = header.split(',').filter_map(range).collect();
    let named = |locale: Locale| {
        ranges
            .iter()
            .filter(|(tag, _)| Locale::parse(tag) == Some(locale))
            .map(|(_, weight)| *weight)
            .max()
    };
    let mut best: Option<(Locale, u16)> = None;
    for (tag, weight) in &ranges {
        let locale = if *tag == "*" {
            offered
                .iter()
                .copied()
                .find(|locale| named(*locale).is_none())
        } else {
            Locale::parse(tag).filter(|locale| offered.contains(locale))
        };
        let Some(locale) = locale.filter(|_| *weight > 0) else {
            continue;
        };
        if best.is_none_or(|(_, found)| *weight > found) {
            best = Some((locale, *weight));
        }
    }
    best.map(|(locale, _)| locale)
}

/// The header up to its bound, never within a character.
fn cut(header: &str) -> &str {
    &header[..header.floor_char_boundary(HEADER_BYTES_MAX)]
}

/// One range with its weight in thousandths; `None` when it can not be read.
fn range(part: &str) -> Option<(&str, u16)> {
    let mut pieces = part.split(';');
    let tag = pieces.next()?.trim();
    let mut weight = 1000;
    for parameter in pieces {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        if name.trim().eq_ignore_ascii_case("q") {
            let value: f32 = value.trim().parse().ok()?;
            if !(0.0..=1.0).contains(&value) {
                return None;
            }
            weight = (value * 1000.0).round() as u16;
        }
    }
    (!tag.is_empty()).then_some((tag, weight))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOTH: [Locale; 2] = [Locale::En, Locale::Ja];

    #[test]
    fn the_heaviest_offered_language_wins() {
        assert_eq!(best("ja,en-US;q=0.9,en;q=0.8", &BOTH), Some(Locale::Ja));
        assert_eq!(best("fr-FR, ja;q=0.3, en;q=0.7", &BOTH), Some(Locale::En));
        assert_eq!(best("ja-JP, en;q=0.9", &[Locale::En]), Some(Locale::En));
        assert_eq!(best("fr, de;q=0.5", &BOTH), None);
        assert_eq!(best("", &BOTH), None);
    }

    #[test]
    fn nought_refuses_and_a_star_takes_the_rest() {
        assert_eq!(best("en;q=0, *", &BOTH), Some(Locale::Ja));
        assert_eq!(best("ja;q=0", &BOTH), None);
        assert_eq!(
            best("fr, *;q=0.1", &[Locale::Ja, Locale::En]),
            Some(Locale::Ja)
        );
    }

    #[test]
    fn equals_go_by_order() {
        assert_eq!(best("ja, en", &BOTH), Some(Locale::Ja));
        assert_eq!(best("en, ja", &BOTH), Some(Locale::En));
    }

    #[test]
    fn what_lies_beyond_the_bound_is_not_read() {
        let header = format!("{}ja", "x,".repeat(HEADER_BYTES_MAX / 2));
        assert_eq!(best(&header, &BOTH), None);
    }

    proptest! {
        #[test]
        fn no_header_panics(header in ".{0,1500}") {
            let _ = best(&header, &BOTH);
        }

        #[test]
        fn no_header_like_one_panics(header in "([a-z*]{1,3}(;q=[0-9.]{0,5})?[, ]{0,2}){0,40}") {
            let found = best(&header, &[Locale::Ja]);
            prop_assert!(found.is_none_or(|locale| locale == Locale::Ja));
        }
    }
}
