//! What a copy without a server leaves out: forms, and links to what is made on request.

/// An HTML page without what needs a server.
pub(crate) fn without_server_parts(page: &str) -> String {
    let page = without(page, "<form", "</form>", |_| true);
    // The earlier months of a list stand in the pages of the months themselves.
    let page = without(&page, "<a rel=\"next\"", "</a>", |link| {
        link.contains("?page=")
    });
    // Subscribing is asked of a server.
    let page = without(&page, "<a ", "</a>", |link| link.contains("/subscribe"));
    let mut kept = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some((before, after)) = rest.split_once("?page=") {
        kept.push_str(before);
        rest = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
    }
    kept + rest
}

/// A text without the elements that begin and end so, where `goes` says so.
fn without(text: &str, begin: &str, end: &str, goes: impl Fn(&str) -> bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(from) = rest.find(begin) {
        let Some(length) = rest[from..].find(end) else {
            break;
        };
        let to = from + length + end.len();
        kept.push_str(&rest[..from]);
        if !goes(&rest[from..to]) {
            kept.push_str(&rest[from..to]);
        }
        rest = &rest[to..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_what_is_made_on_request_are_left_out_and_nothing_else() {
        let page = "<p>a</p><form class=\"pick\"><input></form><a href=\"/history\">b</a>\
                    <a rel=\"next\" href=\"/history?page=2\">older</a>\
                    <a rel=\"next\" href=\"/history/2026-01\">month</a>\
                    <a href=\"/uptime/x?page=2#d2026-01-01\">day</a>\
                    <a class=\"form\" href=\"/ja/subscribe\">mail</a>";
        let kept = "<p>a</p><a href=\"/history\">b</a>\
                    <a rel=\"next\" href=\"/history/2026-01\">month</a>\
                    <a href=\"/uptime/x#d2026-01-01\">day</a>";
        assert_eq!(without_server_parts(page), kept);
        assert_eq!(without_server_parts(kept), kept);
        assert_eq!(without_server_parts("<form open"), "<form open");
    }
}
