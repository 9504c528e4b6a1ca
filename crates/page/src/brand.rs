//! What a team's branding adds to the looks: one style sheet of its accent colour and its own
//! rules. Status colours are never replaced.

use noroshi_domain::PageSettings;

/// Least contrast of the accent against the page, as WCAG 2.2 asks of text.
const CONTRAST_MIN: f64 = 4.5;
/// The page's ground in the light and in the dark theme, as in `assets/page.css`.
const LIGHT: [u8; 3] = [0xf8, 0xf9, 0xf8];
const DARK: [u8; 3] = [0x0e, 0x12, 0x13];
/// Steps from a colour to black or white.
const STEPS: u32 = 100;

/// The style sheet of a page's settings; `None` where they add nothing.
///
/// The Content-Security-Policy names the SHA-256 of exactly these bytes. No `<` is left in it, so
/// no rule can close the element.
pub fn style(settings: &PageSettings) -> Option<String> {
    let mut style = String::new();
    if let Some(accent) = settings.accent.as_deref().and_then(parse) {
        let light = hex(readable(accent, LIGHT));
        let dark = hex(readable(accent, DARK));
        style = format!(
            ":root{{--accent:{light}}}\
             @media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{--accent:{dark}}}}}\
             @media screen{{:root[data-theme=light]{{--accent:{light}}}\
             :root[data-theme=dark]{{--accent:{dark}}}}}\
             .masthead-container{{border-top:4px solid var(--accent)}}\
             .show-updates-dropdown{{background:var(--accent)}}"
        );
    }
    if let Some(own) = &settings.css {
        style.push_str(&own.replace('<', "\\3c "));
    }
    (!style.is_empty()).then_some(style)
}

fn parse(colour: &str) -> Option<[u8; 3]> {
    let digits = colour
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The colour, or the nearest on its way to black (on a light ground) or white that is readable.
fn readable(colour: [u8; 3], ground: [u8; 3]) -> [u8; 3] {
    let end = if luminance(ground) > 0.5 { 0 } else { 255 };
    (0..=STEPS)
        .map(|step| colour.map(|part| towards(part, end, step)))
        .find(|candidate| contrast(*candidate, ground) >= CONTRAST_MIN)
        .unwrap_or([end; 3])
}

fn towards(from: u8, to: u8, step: u32) -> u8 {
    let mixed = (u32::from(from) * (STEPS - step) + u32::from(to) * step) / STEPS;
    u8::try_from(mixed).unwrap_or(to)
}

/// Contrast of two colours (WCAG 2.2, contrast ratio).
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accent_is_readable_in_both_themes() {
        for step in 0..=255_u8 {
            for colour in [
                [step; 3],
                [step, 255, 0],
                [255, step, 255 - step],
                [0, 0, step],
            ] {
                for ground in [LIGHT, DARK] {
                    let chosen = readable(colour, ground);
                    assert!(contrast(chosen, ground) >= CONTRAST_MIN, "{colour:?}");
                }
            }
        }
    }

    #[test]
    fn an_accent_that_is_readable_stays_as_it_is() {
        assert_eq!(hex(readable([0x1d, 0x4f, 0x91], LIGHT)), "#1d4f91");
        assert_eq!(hex(readable([0x8d, 0xb8, 0xf2], DARK)), "#8db8f2");
        assert_ne!(hex(readable([0xff, 0xff, 0x00], LIGHT)), "#ffff00");
    }

    #[test]
    fn rules_of_a_team_can_not_close_the_element() {
        let settings = PageSettings {
            css: Some(".name{color:red}</style><script>alert(1)</script>".to_owned()),
            ..PageSettings::default()
        };
        let style = style(&settings).unwrap_or_default();
        assert!(style.starts_with(".name{color:red}\\3c /style>") && !style.contains('<'));
        assert_eq!(super::style(&PageSettings::default()), None);
    }
}
