//! What the message files of all languages hold, and whether they agree.
//!
//! The build script and the tests of this crate share this file: a language that lacks a message,
//! or an argument of one, fails the build. Nothing here knows how messages are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression};
use fluent_syntax::ast::{Pattern, PatternElement, Resource, VariantKey};

/// One message file: its language, its name for people, its text.
pub struct Source {
    /// The language's tag: `en`.
    pub language: String,
    /// The path as people know it: `locales/en/front.ftl`.
    pub name: String,
    /// The text in Fluent's syntax.
    pub text: String,
}

/// One message as every language must have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id in kebab case: `next-update-by`.
    pub id: String,
    /// Arguments in the order in which the first language names them.
    pub arguments: Vec<Argument>,
    /// The first language's text, for the documentation of the generated function.
    pub text: String,
}

/// One argument of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The name without `$`.
    pub name: String,
    /// Whether it is a count: a selector chooses by it, or it is named so.
    pub is_count: bool,
}

/// What one language says under one id.
struct Found {
    file: String,
    names: Vec<String>,
    counts: BTreeSet<String>,
    text: String,
}

type Language = BTreeMap<String, Found>;

/// Reads all files and compares the languages; the complaints when they do not agree.
pub fn read(sources: &[Source]) -> Result<Vec<Message>, Vec<String>> {
    let mut complaints = Vec::new();
    let mut languages: BTreeMap<&str, Language> = BTreeMap::new();
    for source in sources {
        let language = languages.entry(source.language.as_str()).or_default();
        read_source(source, language, &mut complaints);
    }
    compare(&languages, &mut complaints);
    let Some(first) = languages.values().next().filter(|_| complaints.is_empty()) else {
        if complaints.is_empty() {
            complaints.push("no message file was found".to_owned());
        }
        return Err(complaints);
    };
    let messages = first.iter().map(|(id, found)| {
        let is_count = |name: &String| {
            name == "count"
                || name.ends_with("_count")
                || languages.values().any(|language| {
                    language
                        .get(id)
                        .is_some_and(|found| found.counts.contains(name))
                })
        };
        let arguments = found
            .names
            .iter()
            .map(|name| Argument {
                name: name.clone(),
                is_count: is_count(name),
            })
            .collect();
        Message {
            id: id.clone(),
            arguments,
            text: found.text.clone(),
        }
    });
    Ok(messages.collect())
}

/// The typed functions, one a message, as Rust source.
pub fn functions(messages: &[Message]) -> String {
    let mut code = String::new();
    for message in messages {
        let name = message.id.replace('-', "_");
        let mut parameters = String::new();
        let mut values = String::new();
        for argument in &message.arguments {
            let (kind, value) = if argument.is_count {
                ("i64", "Count")
            } else {
                ("&str", "Text")
            };
            let _ = write!(parameters, ", {}: {kind}", argument.name);
            let _ = write!(values, "({0:?}, Value::{value}({0})), ", argument.name);
        }
        let _ = write!(
            code,
            "/// English: `{}`.\npub fn {name}(locale: Locale{parameters}) -> String {{\n    \
             format(locale, {:?}, &[{}])\n}}\n\n",
            message.text.replace('`', "'"),
            message.id,
            values.trim_end_matches(", "),
        );
    }
    code
}

fn read_source(source: &Source, language: &mut Language, complaints: &mut Vec<String>) {
    let file = &source.name;
    let resource: Resource<&str> = match fluent_syntax::parser::parse(source.text.as_str()) {
        Ok(resource) => resource,
        Err((_, errors)) => {
            for error in errors {
                let line = source.text[..error.pos.start].lines().count().max(1);
                complaints.push(format!("{file}: line {line}: {error}"));
            }
            return;
        }
    };
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let id = message.id.name;
                let Some(pattern) = message
                    .value
                    .as_ref()
                    .filter(|_| message.attributes.is_empty())
                else {
                    complaints.push(format!(
                        "{file}: {id}: a message is a text, without attributes"
                    ));
                    continue;
                };
                let mut found = Found {
                    file: file.clone(),
                    names: Vec::new(),
                    counts: BTreeSet::new(),
                    text: sketch(pattern),
                };
                if let Err(complaint) = read_pattern(pattern, &mut found) {
                    complaints.push(format!("{file}: {id}: {complaint}"));
                }
                if let Some(other) = language.insert(id.to_owned(), found) {
                    complaints.push(format!("{file}: {id}: stands in {} already", other.file));
                }
            }
            Entry::Term(term) => {
                complaints.push(format!(
                    "{file}: -{}: terms are not used here",
                    term.id.name
                ));
            }
            Entry::Junk { content } => {
                let line = content.lines().next().unwrap_or_default();
                complaints.push(format!("{file}: can not be read: {line}"));
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
        }
    }
}

/// The text with its arguments in braces; of a choice, the last variant.
fn sketch(pattern: &Pattern<&str>) -> String {
    pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => (*value).to_owned(),
            PatternElement::Placeable {
                expression: Expression::Select { variants, .. },
            } => variants
                .last()
                .map(|variant| sketch(&variant.value))
                .unwrap_or_default(),
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => match inline {
                InlineExpression::VariableReference { id } => format!("{{{}}}", id.name),
                InlineExpression::StringLiteral { value } => (*value).to_owned(),
                _ => String::new(),
            },
        })
        .collect()
}

fn read_pattern(pattern: &Pattern<&str>, found: &mut Found) -> Result<(), String> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => {
                read_inline(inline, found)?;
            }
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                read_inline(selector, found)?;
                if let InlineExpression::VariableReference { id } = selector {
                    let plural = variants.iter().all(|variant| match variant.key {
                        VariantKey::NumberLiteral { .. } => true,
                        VariantKey::Identifier { name } => {
                            ["zero", "one", "two", "few", "many", "other"].contains(&name)
                        }
                    });
                    if plural {
                        found.counts.insert(id.name.to_owned());
                    }
                }
                for variant in variants {
                    read_pattern(&variant.value, found)?;
                }
            }
        }
    }
    Ok(())
}

fn read_inline(inline: &InlineExpression<&str>, found: &mut Found) -> Result<(), String> {
    match inline {
        InlineExpression::VariableReference { id } => {
            if !found.names.iter().any(|name| name == id.name) {
                found.names.push(id.name.to_owned());
            }
            Ok(())
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => Ok(()),
        InlineExpression::Placeable { expression } => match expression.as_ref() {
            Expression::Inline(inner) => read_inline(inner, found),
            Expression::Select { .. } => Err("a choice inside braces in braces".to_owned()),
        },
        InlineExpression::FunctionReference {
            arguments: CallArguments { .. },
            ..
        }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {
            Err("only arguments stand in braces, no functions or other messages".to_owned())
        }
    }
}

fn compare(languages: &BTreeMap<&str, Language>, complaints: &mut Vec<String>) {
    for (tag, language) in languages {
        for (other_tag, other) in languages.iter().filter(|(other_tag, _)| *other_tag != tag) {
            for (id, found) in language {
                let Some(twin) = other.get(id) else {
                    complaints.push(format!(
                        "{}: {id}: has no counterpart in language {other_tag}",
                        found.file
                    ));
                    continue;
                };
                for name in found.names.iter().filter(|name| !twin.names.contains(name)) {
                    complaints.push(format!(
                        "{}: {id}: lacks the argument ${name}, which {} has",
                        twin.file, found.file
                    ));
                }
            }
        }
    }
}
