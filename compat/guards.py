"""The guards, and what must get through where one is missing.

Each names a test and the lines that make it pass; `scripts/without-guards` takes them out of a
copy of the source, builds it, and expects just that test to fail. Here it is only checked, quickly,
that the lines are still where they are said to be.
"""

import os

from installation import ROOT
from suite import Suite

# A test: a suite of this folder and a test's name in it, or a suite of `e2e`.
# Each change: a file, what stands there once, and what is put in its place.
GUARDS = {
    "forms of other sites": ("attacks.ForeignForms.test_no_form_of_another_site_does_anything", [
        ("crates/server/src/authority.rs",
         "&& !origin::is_ours(request.uri(), request.headers())", "&& request.uri().path().is_empty()"),
    ]),
    "a new session at each sign-in": (
        "attacks.Sessions.test_each_sign_in_is_another_session_and_signing_out_ends_it", [
            ("crates/ops/src/sessions.rs", 'let secret = self.secret("");',
             'let secret = "a".repeat(64);'),
        ]),
    "cookies out of reach": (
        "attacks.Sessions.test_the_cookie_is_out_of_reach_of_scripts_and_other_sites", [
            ("crates/server/src/accounts/cookie.rs", "; HttpOnly", ""),
        ]),
    "frames, console": ("attacks.Frames", [
        ("crates/server/src/console/visit.rs", "frame-ancestors 'none'", "frame-ancestors *"),
    ]),
    "frames, pages": ("attacks.Frames", [
        ("crates/server/src/answer.rs", "base-uri 'none'; frame-ancestors 'none'",
         "base-uri 'none'; frame-ancestors *"),
    ]),
    "one page and another": ("attacks.OtherPages.test_no_code_of_another_page_opens_anything", [
        ("crates/server/src/authority.rs",
         "Role::OnPage(permission) => caller.may(page, permission),",
         "Role::OnPage(permission) => caller.access().may_anywhere(permission),"),
    ]),
    "a record and its page": ("attacks.OtherPages.test_no_code_of_another_page_opens_anything", [
        ("crates/ops/src/templates.rs", ".filter(|own| own.page.as_ref() == Some(page))",
         ".filter(|own| own.page.is_some() && !page.as_str().is_empty())"),
    ]),
    "fields nobody may set": ("attacks.MoreThanMay.test_no_field_that_nobody_may_set_is_taken", [
        ("crates/server/src/api/own/templates.rs",
         "#[serde(deny_unknown_fields)]", '#[serde(rename_all = "snake_case")]'),
    ]),
    "roles nobody may give": ("attacks.MoreThanMay.test_nobody_makes_himself_more_than_he_is", [
        ("crates/ops/src/tokens.rs", "if !caller.access().covers(&access) {",
         "if access.is_empty() {"),
        ("crates/ops/src/users.rs", "if caller.access().covers(access) {",
         "if !access.is_empty() {"),
    ]),
    "ways that lead elsewhere": (
        "attacks.Ways.test_signing_in_and_choosing_a_language_lead_nowhere_else", [
            ("crates/server/src/accounts/door.rs",
             "if is_own && !leaves && path.bytes().all(is_plain) {",
             "if is_own || leaves || path.bytes().all(is_plain) {"),
        ]),
    "the same work for nobody": (
        "attacks.Guessing.test_an_account_that_is_not_there_costs_the_same_work", [
            ("crates/ops/src/passwords.rs", "let Ok(hash) = kept.work(password) else {",
             "if of.is_none() {\n            return false;\n        }\n"
             "        let Ok(hash) = kept.work(password) else {"),
        ]),
    "how often one may try": (
        "attacks.Guessing.test_guessing_at_one_account_is_stopped_before_the_password_is_looked_at", [
            ("crates/ops/src/sign_in.rs", "gate.try_once(&names, self.now())?;", ""),
        ]),
    "whom a proxy names": ("attacks.Guessing.test_a_name_that_he_gave_himself_hides_nobody", [
        ("crates/server/src/accounts.rs", "list.rsplit(',').next()", "list.split(',').next()"),
    ]),
    "how long a body is": (
        "attacks.Bombs.test_bodies_that_are_too_much_are_refused_and_cost_little", [
            ("crates/server/src/limits.rs", "desk_body_bytes: 1024 * 1024,",
             "desk_body_bytes: 1024 * 1024 * 1024,"),
        ]),
    "how large a picture is": ("attacks.Bombs.test_pictures_are_never_unpacked", [
        ("crates/domain/src/decide/page.rs",
         "!coded.is_empty() && coded.bytes().all(fits) && text.len() <= bytes_max",
         "!coded.is_empty() && coded.bytes().all(fits) && bytes_max > 0"),
    ]),
    "how deep a text is": (
        "attacks.Bombs.test_texts_that_nest_without_end_are_published_all_the_same", [
            ("crates/text/src/markdown/inline.rs", "DESTINATION_BYTES_MAX: usize = 2_048",
             "DESTINATION_BYTES_MAX: usize = 2_048_000"),
        ]),
    "announcements before their time": ("leaks", [
        ("crates/page/src/view.rs", "announcements.filter(|one| one.from <= self.now).collect()",
         "announcements.collect()"),
    ]),
    "what entries are for the team": ("leaks", [
        ("crates/domain/src/decide/announcement.rs", "if announcement.from > draft.now {",
         "if announcement.from > draft.now.plus_seconds(i64::from(i32::MAX)) {"),
    ]),
    "components nobody sees": ("leaks", [
        ("crates/page/src/view.rs", ".filter(|component| component.restricted)",
         ".filter(|component| component.restricted && component.retired_at.is_some())"),
    ]),
    "what the log may say": ("leaks", [
        ("crates/noroshi/src/main.rs", 'SILENT: &str = "html5ever=off"',
         'SILENT: &str = "html5ever=debug"'),
    ]),
    "words that are no markup": ("e2e attacks", [
        ("crates/text/src/markdown.rs", "SafeHtml(CLEANER.clean(&raw).to_string().trim_end().to_owned())",
         "drop(CLEANER.clean(&raw));\n    SafeHtml(raw.trim_end().to_owned())"),
    ]),
    "rules that end no element": ("e2e attacks", [
        ("crates/page/src/brand.rs", "own.replace('<', \"\\\\3c \")", "own"),
    ]),
    "titles that are no markup": ("e2e attacks", [
        ("crates/page/templates/incident.html", "{% endif %}>{{ title }}</h1>",
         "{% endif %}>{{ title|safe }}</h1>"),
        ("crates/server/templates/console/incidents.html",
         '<a href="{{ row.href }}">{{ row.title }}</a>',
         '<a href="{{ row.href }}">{{ row.title|safe }}</a>'),
    ]),
}


class Guards(Suite):
    def test_each_guard_stands_where_it_is_said_to(self):
        for name, (_, changes) in GUARDS.items():
            for path, stands, instead in changes:
                with self.subTest(name):
                    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                        self.assertEqual(file.read().count(stands), 1, f"{path}: {stands}")
                    self.assertNotEqual(stands, instead)
