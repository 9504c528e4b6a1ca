//! One test a rule of bodies, and that no body whatever makes unsafe HTML.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn shows(body: &str, wanted: &str) {
    assert_eq!(html(body).as_str(), wanted, "body: {body:?}");
}

#[test]
fn line_breaks_are_kept() {
    shows(
        "一行目\n二行目\n\n次の段落",
        "<p>一行目<br>\n二行目</p>\n<p>次の段落</p>",
    );
    shows("一行目\r\n二行目", "<p>一行目<br>\n二行目</p>");
}

#[test]
fn raw_html_is_shown_as_text() {
    shows("<b>太字</b>です", "<p>&lt;b&gt;太字&lt;/b&gt;です</p>");
    shows(
        "<div>\n**太字**\n</div>",
        "<p>&lt;div&gt;<br>\n<strong>太字</strong><br>\n&lt;/div&gt;</p>",
    );
    shows("値は a<b です", "<p>値は a&lt;b です</p>");
    shows("<!-- 注 --> 本文", "<p>&lt;!-- 注 --&gt; 本文</p>");
}

#[test]
fn marked_lines_begin_at_the_margin_after_a_bullet() {
    for mark in ["→ ", "※", "・", "〜"] {
        shows(
            &format!("- 項目\n{mark}説明"),
            &format!("<ul>\n<li>項目</li>\n</ul>\n<p>{mark}説明</p>"),
        );
        shows(
            &format!("- 項目\n  {mark}説明"),
            &format!("<ul>\n<li>項目</li>\n</ul>\n<p>{mark}説明</p>"),
        );
    }
    shows(
        "- 項目\n次の文",
        "<ul>\n<li>項目</li>\n</ul>\n<p>次の文</p>",
    );
}

#[test]
fn indented_lines_stay_in_their_item() {
    shows(
        "- 項目\n  続き\n- 次",
        "<ul>\n<li>項目<br>\n続き</li>\n<li>次</li>\n</ul>",
    );
}

#[test]
fn lists_nest_by_two_spaces_or_more() {
    let nested = "<ul>\n<li>親\n<ul>\n<li>子</li>\n</ul>\n</li>\n<li>次</li>\n</ul>";
    shows("- 親\n  - 子\n- 次", nested);
    shows("- 親\n      - 子\n- 次", nested);
    shows("- 親\n\t- 子\n- 次", nested);
}

#[test]
fn a_line_that_begins_with_a_square_is_bold_with_its_mark() {
    shows(
        "■ 発生期間\n7月17日",
        "<p><strong>■ 発生期間</strong><br>\n7月17日</p>",
    );
    shows("■**影響**について", "<p><strong>■影響について</strong></p>");
    shows("文中の■は太字にしない", "<p>文中の■は太字にしない</p>");
    shows("　■ 原因", "<p><strong>　■ 原因</strong></p>");
}

#[test]
fn bold_works_beside_kana_and_brackets() {
    shows("**「重要」**です", "<p><strong>「重要」</strong>です</p>");
    shows(
        "これは**（必須）**の対応",
        "<p>これは<strong>（必須）</strong>の対応</p>",
    );
    shows(
        "**10:00**から**11:00**まで",
        "<p><strong>10:00</strong>から<strong>11:00</strong>まで</p>",
    );
    shows("2 ** 3 ** 4", "<p>2 ** 3 ** 4</p>");
    shows(
        "`a ** b` と **c**",
        "<p><code>a ** b</code> と <strong>c</strong></p>",
    );
    shows("`**a**`", "<p><code>**a**</code></p>");
}

#[test]
fn stars_that_mark_notes_are_stars() {
    shows(
        "*1 一部のみ\n*2 東京のみ",
        "<p>*1 一部のみ<br>\n*2 東京のみ</p>",
    );
    shows("5*3*2 構成", "<p>5*3*2 構成</p>");
    shows("*一部の*お客さま", "<p><em>一部の</em>お客さま</p>");
    shows(
        "**太*字*です**",
        "<p><strong>太<em>字</em>です</strong></p>",
    );
}

#[test]
fn bare_addresses_are_linked_and_end_before_japanese() {
    let link =
        |address: &str| format!("<a href=\"{address}\" rel=\"nofollow noopener\">{address}</a>");
    let address = "https://example.jp/a_b_c";
    for after in [
        "をご覧ください",
        "。",
        "、次",
        "）",
        "」",
        "です",
        "　次",
        " 次",
        ". 次",
        "**",
    ] {
        shows(
            &format!("詳細は{address}{after}"),
            &format!("<p>詳細は{}{after}</p>", link(address)),
        );
    }
    shows(
        "（https://example.jp/x(1)）",
        &format!("<p>（{}）</p>", link("https://example.jp/x(1)")),
    );
    shows(
        "(https://example.jp/x)",
        &format!("<p>({})</p>", link("https://example.jp/x")),
    );
    shows("https:// は", "<p>https:// は</p>");
}

#[test]
fn links_with_words_are_links_once() {
    shows(
        "[手順](https://example.jp/a)を確認",
        "<p><a href=\"https://example.jp/a\" rel=\"nofollow noopener\">手順</a>を確認</p>",
    );
    shows(
        "[https://example.jp/a](https://example.jp/b)",
        "<p><a href=\"https://example.jp/b\" rel=\"nofollow noopener\">https://example.jp/a</a></p>",
    );
    shows(
        "<https://example.jp/a>です",
        "<p><a href=\"https://example.jp/a\" rel=\"nofollow noopener\">https://example.jp/a</a>です</p>",
    );
}

#[test]
fn only_known_schemes_are_linked() {
    shows(
        "[x](\"javascript:alert(1))",
        "<p><a rel=\"nofollow noopener\">x</a></p>",
    );
    shows("[x](/history)", "<p><a rel=\"nofollow noopener\">x</a></p>");
    shows(
        "[x](javascript:alert(1))",
        "<p><a rel=\"nofollow noopener\">x</a></p>",
    );
    shows(
        "[x](data:text/html,x)",
        "<p><a rel=\"nofollow noopener\">x</a></p>",
    );
    shows(
        "<support@example.jp>",
        "<p><a href=\"mailto:support@example.jp\" rel=\"nofollow noopener\">support@example.jp</a></p>",
    );
}

#[test]
fn an_image_is_a_link_to_it() {
    shows(
        "![図](https://example.jp/a.png)",
        "<p><a href=\"https://example.jp/a.png\" rel=\"nofollow noopener\">図</a></p>",
    );
}

#[test]
fn dashes_under_a_line_are_a_rule_not_a_heading() {
    shows(
        "復旧しました\n---\n以上",
        "<p>復旧しました</p>\n<hr>\n<p>以上</p>",
    );
    shows("復旧しました\n=====", "<p>復旧しました<br>\n=====</p>");
    shows("復旧しました\n-", "<p>復旧しました<br>\n-</p>");
    shows(
        "> 引用\n> ---",
        "<blockquote>\n<p>引用<br>\n---</p>\n</blockquote>",
    );
}

#[test]
fn tildes_are_tildes() {
    shows("~10分~お待ちください", "<p>~10分~お待ちください</p>");
    shows("~~10分~~", "<p>~~10分~~</p>");
    shows("~~~~\n本文\n~~~~", "<p>~~~~<br>\n本文<br>\n~~~~</p>");
}

#[test]
fn spaces_do_not_make_code() {
    shows(
        "    10:00 発生\n\n    11:00 解消",
        "<p>10:00 発生</p>\n<p>11:00 解消</p>",
    );
    shows("-     項目", "<ul>\n<li>項目</li>\n</ul>");
}

#[test]
fn years_do_not_make_lists() {
    shows("2024. 7. 17 に発生", "<p>2024. 7. 17 に発生</p>");
    shows("100) 番", "<p>100) 番</p>");
    shows("- 2024. 7. 17", "<ul>\n<li>2024. 7. 17</li>\n</ul>");
    shows(
        "1. 再起動\n2. 確認",
        "<ol>\n<li>再起動</li>\n<li>確認</li>\n</ol>",
    );
}

#[test]
fn a_numbered_list_goes_on_after_a_note() {
    shows(
        "1. 再起動\n※ 保存してから\n2. 確認",
        "<ol>\n<li>再起動</li>\n</ol>\n<p>※ 保存してから<br>\n2. 確認</p>",
    );
}

#[test]
fn headings_stand_below_those_of_the_page() {
    shows("### 概要\n本文", "<h4>概要</h4>\n<p>本文</p>");
    shows("# 概要", "<h4>概要</h4>");
    shows("#### 概要", "<h5>概要</h5>");
    shows("#123 の対応", "<p>#123 の対応</p>");
}

#[test]
fn definitions_of_links_do_not_vanish() {
    shows("[参考]: なし", "<p>[参考]: なし</p>");
}

#[test]
fn code_blocks_are_kept_and_open_ones_are_text() {
    shows(
        "```\na **b** https://example.jp\n  <c>\n```",
        "<pre><code>a **b** https://example.jp\n  &lt;c&gt;\n</code></pre>",
    );
    shows("```\n本文", "<p>```<br>\n本文</p>");
}

#[test]
fn tables_end_with_their_last_row() {
    shows(
        "| 対象 | 件数 |\n| --- | ---: |\n| ジョブ | 3 |\n以上です",
        "<table><thead><tr><th>対象</th><th>件数</th></tr></thead><tbody>\n\
         <tr><td>ジョブ</td><td>3</td></tr>\n</tbody></table>\n<p>以上です</p>",
    );
}

#[test]
fn plain_text_keeps_words_breaks_and_addresses() {
    assert_eq!(
        plain(
            "■ **影響**\n- 配信\n  - メール\n- [手順](https://example.jp/a)\n\n1. 一\n2. 二\n\nhttps://example.jp/b です"
        ),
        "■ 影響\n\n- 配信\n  - メール\n- 手順 (https://example.jp/a)\n\n1. 一\n2. 二\n\nhttps://example.jp/b です"
    );
    assert_eq!(plain("一行目\n二行目"), "一行目\n二行目");
    assert_eq!(plain("<b>太字</b>"), "<b>太字</b>");
}

#[test]
fn deep_nesting_is_cut() {
    for body in [
        "*a ".repeat(3_000) + &"a*".repeat(3_000),
        ">".repeat(20_000) + "a",
        {
            (0..3_000)
                .map(|depth| " ".repeat(depth % 400 * 2) + "- a\n")
                .collect()
        },
    ] {
        assert!(!html(&body).as_str().is_empty());
    }
}

/// The tags of HTML with their attributes, by a reader that knows nothing of how it was made.
fn tags(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(from) = rest.find('<') {
        let mut quoted = false;
        let end = rest[from..].find(|character| {
            quoted ^= character == '"';
            character == '>' && !quoted
        });
        let end = from + end.expect("every tag ends");
        tags.push(rest[from + 1..end].to_owned());
        rest = &rest[end + 1..];
    }
    tags
}

fn is_known(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    if let Some(address) = name
        .strip_prefix("a href=\"")
        .and_then(|rest| rest.strip_suffix("\" rel=\"nofollow noopener\""))
    {
        let address = address.to_ascii_lowercase();
        let has_scheme = ["http:", "https:", "mailto:"]
            .iter()
            .any(|s| address.starts_with(s));
        return has_scheme && !address.contains('"');
    }
    let known = [
        "p",
        "br",
        "strong",
        "em",
        "a",
        "ul",
        "ol",
        "li",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "code",
        "pre",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a rel=\"nofollow noopener\"",
    ];
    let is_numbered = name
        .strip_prefix("ol start=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .is_some_and(|number| number.parse::<u32>().is_ok());
    known.contains(&name) || is_numbered
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_unknown_tags(body in "\\PC{0,120}") {
        let html = html(&body);
        let _ = plain(&body);
        for tag in tags(html.as_str()) {
            prop_assert!(is_known(&tag), "{tag:?} in {html}");
        }
    }

    #[test]
    fn no_pieces_of_markdown_make_unknown_tags(pieces in proptest::collection::vec(
        proptest::sample::select(vec![
            "<script>", "</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "](",
            "[x", ")", "![", "**", "*", "`", "```\n", "~~~", "\n", "\n\n", "    ", "- ", "1. ",
            "> ", "# ", "---\n", "===\n", "■ ", "※", "→", "「", "」", "https://example.jp/a",
            "\"", "'", " onclick=", "<a href=\"", ">", "<", "&lt;", "&#x6a;", "|", "| --- |\n",
            "\\", "です", "2024. ", "\t", "　", "\u{10_FFF0}", "\u{F_0000}", "mailto:a@b.c", "_",
        ]), 0..40)
    ) {
        let body = pieces.concat();
        let html = html(&body);
        let _ = plain(&body);
        prop_assert!(!html.as_str().contains("<script"));
        for tag in tags(html.as_str()) {
            prop_assert!(is_known(&tag), "{tag:?} in {html} from {body:?}");
        }
    }
}

#[test]
fn what_nests_without_end_does_not_grow_with_its_depth() {
    for marks in ["> - ", "- ", "> ", "1. "] {
        let body = marks.repeat(10_000) + "words";
        let (html, plain) = (html(&body).to_string(), plain(&body));
        assert!(html.contains("words") && plain.contains("words"), "{marks}");
        let depth = html.matches("<ul>").count() + html.matches("<blockquote>").count();
        assert!(depth <= super::BLOCK_DEPTH_MAX, "{marks}: {depth}");
        assert!(plain.len() <= 2 * body.len(), "{marks}: {}", plain.len());
    }
}

#[test]
fn a_link_ends_within_reach() {
    let far = format!("[a](https://shop.example/{}) b", "x".repeat(1_000));
    assert!(html(&far).to_string().contains(">a</a> b"));
    let endless = "[a](".repeat(100);
    assert_eq!(plain(&endless), endless);
}
