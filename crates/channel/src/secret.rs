//! A text that nobody is shown, and what is wrong with one.

use reqwest::Url;
use serde::Deserialize;

/// A key, a token, an address that lets whoever has it write. Shows itself to nobody.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text, to be sent to its service alone.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether it is an address that requests can go to: of the web, with a host, without a user.
    pub(crate) fn is_address(&self) -> bool {
        let is_plain = self.is_word();
        Url::parse(&self.0).is_ok_and(|url| {
            is_plain
                && url.fragment().is_none()
                && matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        })
    }

    /// Whether it is such an address that paths can be joined to.
    pub(crate) fn is_base(&self) -> bool {
        self.is_address() && !self.0.contains(['?', '#'])
    }

    /// Whether it is one word.
    pub(crate) fn is_word(&self) -> bool {
        let is_out = |letter: char| letter.is_whitespace() || letter.is_control();
        !self.0.is_empty() && !self.0.contains(is_out)
    }

    /// Whether it is one word that can stand in a header.
    pub(crate) fn is_key(&self) -> bool {
        self.is_word() && self.0.is_ascii()
    }

    /// Whether it is such a word that can stand between two slashes of an address.
    pub(crate) fn is_path(&self) -> bool {
        self.is_key() && !self.0.contains(['/', '\\', '?', '#', '%']) && !self.0.starts_with('.')
    }

    /// Whether it is a line with something in it.
    pub(crate) fn is_line(&self) -> bool {
        !self.0.trim().is_empty() && !self.0.contains(char::is_control)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Names the first field that is wrong.
pub(crate) fn first_wrong(fields: &[(&'static str, bool)]) -> Result<(), &'static str> {
    let wrong = fields.iter().find(|(_, is_right)| !is_right);
    wrong.map_or(Ok(()), |(name, _)| Err(name))
}

/// Where a service is, its own address or another that speaks the same.
pub(crate) fn base_of<'a>(base: Option<&'a Secret>, usual: &'a str) -> &'a str {
    base.map_or(usual, Secret::text).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    #[test]
    fn an_address_is_one_that_requests_can_go_to() {
        for right in [
            "https://hooks.larkspur.example/a?b=c",
            "http://127.0.0.1:8/x",
        ] {
            assert!(secret(right).is_address(), "{right}");
        }
        for wrong in [
            "",
            " ",
            "hooks.larkspur.example",
            "https://",
            "ftp://larkspur.example/",
            "mailto:a@larkspur.example",
            "https://a:b@larkspur.example/",
            "https://larkspur.example/a b",
            "https://larkspur.example/a\nb",
            " https://larkspur.example/",
        ] {
            assert!(!secret(wrong).is_address(), "{wrong}");
        }
        assert!(!secret("https://larkspur.example/?a").is_base());
    }

    #[test]
    fn a_word_that_stands_in_a_path_can_not_leave_it() {
        assert!(secret("123:AA-b_c").is_path());
        for wrong in ["", "a/b", "..", "a?b", "a#b", "a%2fb", "a b", "あ"] {
            assert!(!secret(wrong).is_path(), "{wrong}");
        }
    }
}
