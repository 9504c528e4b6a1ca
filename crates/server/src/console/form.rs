//! A form as it was sent: every field with every value, in order, so that a refusal can show it
//! again without losing a word.

use noroshi_domain::{CommandId, Locale, Texts};

use crate::limits::FORM_FIELDS_MAX;
use crate::paths::decode;

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a form-encoded body. Line breaks come as browsers send them and are made plain.
    pub(crate) fn read(body: &str) -> Self {
        let fields = body
            .split('&')
            .filter(|pair| !pair.is_empty())
            .take(FORM_FIELDS_MAX)
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name), decode(value).replace("\r\n", "\n"))
            })
            .collect();
        Self { fields }
    }

    /// A form of these fields.
    pub(crate) fn of(fields: Vec<(String, String)>) -> Self {
        Self { fields }
    }

    /// All fields in order.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// A field's value without blanks around it; empty where it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field's value as it was typed; of several the last.
    pub(crate) fn raw(&self, name: &str) -> &str {
        let mut found = self.fields.iter().rev();
        found
            .find(|(own, _)| own == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// All values of a field, as of boxes with one name.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.fields.iter().filter(move |(own, _)| own == name);
        own.map(|(_, value)| value.trim())
    }

    /// Whether a box is ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(own, _)| own == name)
    }

    /// Puts a value in the place of all that a field has.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(own, _)| own != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    /// Takes a field out.
    pub(crate) fn forget_one(&mut self, name: &str) {
        self.fields.retain(|(own, _)| own != name);
    }

    /// Takes every field `PREFIX.…` out.
    pub(crate) fn forget(&mut self, prefix: &str) {
        let is_under = |name: &str| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        self.fields.retain(|(name, _)| !is_under(name));
    }

    /// The values of `PREFIX.ID` by the identifier after the dot.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.fields.iter().filter_map(move |(name, value)| {
            let rest = name.strip_prefix(prefix)?.strip_prefix('.')?;
            Some((rest, value.trim()))
        })
    }

    /// The texts of `NAME.en`, `NAME.ja`: those that are not blank, in the page's locales.
    pub(crate) fn texts(&self, name: &str, locales: &[Locale]) -> Texts {
        locales
            .iter()
            .filter_map(|locale| {
                let text = self.get(&format!("{name}.{}", locale.as_str()));
                (!text.is_empty()).then(|| (*locale, text.to_owned()))
            })
            .collect()
    }

    /// The id under which the command is carried out once, however often the form is sent.
    pub(crate) fn command_id(&self) -> Option<CommandId> {
        CommandId::parse(self.get("command")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let form =
            Form::read("name.en=A+b&name.ja=%E9%9A%9C%E5%AE%B3&body=1%0D%0A2&tick=on&x=1&x=2");
        assert_eq!(form.get("name.en"), "A b");
        assert_eq!(form.get("body"), "1\n2");
        assert_eq!(form.get("x"), "2");
        assert!(form.has("tick") && !form.has("other"));
        let texts = form.texts("name", &Locale::ALL);
        assert_eq!(texts.get(Locale::Ja), Some("障害"));
        let codes: Vec<_> = form.under("name").collect();
        assert_eq!(codes, [("en", "A b"), ("ja", "障害")]);
    }
}
