//! One typed function for every message of `locales/`: a message that does not exist, or lacks an
//! argument, does not compile.
//!
//! The functions are written by the build script, which has checked that every language has them.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use noroshi_domain::Locale;
use unic_langid::LanguageIdentifier;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::En, EN));
static JAPANESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::Ja, JA));

/// What an argument holds.
#[derive(Clone, Copy)]
enum Value<'a> {
    Text(&'a str),
    Count(i64),
}

fn bundle(locale: Locale, sources: &[&str]) -> Bundle {
    let language: LanguageIdentifier = locale
        .as_str()
        .parse()
        .expect("the domain's tags are language tags");
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Marks around arguments would show up in feeds, mails and titles.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned())
            .expect("the build script has read every file without an error");
        bundle
            .add_resource(resource)
            .expect("the build script has refused doubled ids");
    }
    bundle
}

fn format(locale: Locale, id: &str, values: &[(&'static str, Value<'_>)]) -> String {
    let bundle: &Bundle = match locale {
        Locale::En => &ENGLISH,
        Locale::Ja => &JAPANESE,
    };
    let pattern = bundle
        .get_message(id)
        .and_then(|message| message.value())
        .expect("the build script has found the message in every language");
    let mut arguments = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        let value = match *value {
            Value::Text(text) => FluentValue::from(text),
            Value::Count(count) => FluentValue::from(count),
        };
        arguments.set(*name, value);
    }
    bundle
        .format_pattern(pattern, Some(&arguments), &mut Vec::new())
        .into_owned()
}
