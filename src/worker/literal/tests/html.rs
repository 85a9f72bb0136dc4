//! Edits of HTML pages.

use super::support::*;

fn assert_diffs(table: &[(&str, &str)]) {
    for (instruction, expected) in table {
        assert_eq!(diff(&shop(), instruction), *expected, "{instruction}");
    }
}

#[test]
fn texts_are_replaced_where_a_reader_sees_them() {
    assert_diffs(&[
        (
            "replace \"Monday to Friday\" with \"every day\"",
            "index.html\n-<p>Open <b>9</b>-5, Monday to Friday</p>\n+<p>Open <b>9</b>-5, every day</p>",
        ),
        (
            "replace \"Open 9-5\" with \"Open 10-5\"",
            "index.html\n-<p>Open <b>9</b>-5, Monday to Friday</p>\n+<p>Open <b>10</b>-5, Monday to Friday</p>",
        ),
        (
            "replace \"Open 9-5, Monday to Friday\" with \"Closed\"",
            "index.html\n-<p>Open <b>9</b>-5, Monday to Friday</p>\n+<p>Closed</p>",
        ),
        (
            "replace \"Plants & seeds for every garden\" with \"Plants < seeds\"",
            "index.html\n-<p>Plants &amp; seeds for every   garden.\n+<p>Plants &lt; seeds.",
        ),
        (
            "replace \"Roses\" with \"<b>Tulips</b> & co\"",
            "index.html\n-<li>Roses</li>\n+<li>&lt;b&gt;Tulips&lt;/b&gt; &amp; co</li>",
        ),
        (
            "replace \"herbs\" with \"Fresh herbs\"",
            "index.html\n-<li>Herbs</li>\n+<li>Fresh herbs</li>",
        ),
        (
            "\"see us\" should be \"visit us\"",
            "index.html\n-Come and <em>see</em> us!</p>\n+Come and <em>visit</em> us!</p>",
        ),
        (
            "replace \"Our story\" with \"Our history\" on the about page",
            "about.html\n-<h1>Our story</h1>\n+<h1>Our history</h1>",
        ),
        (
            "replace \"A rose in bloom\" with \"Roses\"",
            "index.html\n-<img src=\"a.jpg\" alt=\"A rose in bloom\">\n+<img src=\"a.jpg\" alt=\"Roses\">",
        ),
        (
            "replace \"seeds in town\" with \"\\seeds 'here'\"",
            "index.html\n-<meta name=\"description\" content=\"Plants &amp; seeds in town\">\n+<meta name=\"description\" content=\"Plants &amp; \\seeds &#39;here&#39;\">",
        ),
    ]);
}

#[test]
fn everywhere_means_everywhere() {
    assert_diffs(&[(
        "replace \"Call 044 123 45 67\" with \"Call 044 765 43 21\" everywhere",
        "contact.html\n-<p>Call 044 123 45 67</p>\n+<p>Call 044 765 43 21</p>\nindex.html\n-<p>Call 044 123 45 67</p>\n+<p>Call 044 765 43 21</p>",
    )]);
    assert_eq!(
        summary(
            &shop(),
            "replace all \"Call 044 123 45 67\" with \"Ring us\""
        ),
        "Replaced “Call 044 123 45 67” with “Ring us” in 2 places on 2 pages (contact.html, index.html)."
    );
}

#[test]
fn a_link_that_shows_its_address_follows_it() {
    let site = shop();
    let done = diff(
        &site,
        "replace \"old@garden.example\" with \"new@garden.example\"",
    );
    assert!(
        done.contains("<a href=\"mailto:new@garden.example\">new@garden.example</a>"),
        "{done}"
    );
    let done = diff(
        &site,
        "replace \"+41 44 123 45 67\" with \"+41 44 765 43 21\"",
    );
    assert!(
        done.contains("<a href=\"tel:+41447654321\">+41 44 765 43 21</a>"),
        "{done}"
    );
    let done = diff(
        &site,
        "replace \"Write to old@garden.example\" with \"Write to new@garden.example\"",
    );
    assert!(
        done.contains("Write to <a href=\"mailto:new@garden.example\">new@garden.example</a>"),
        "{done}"
    );
    let done = diff(
        &site,
        "replace \"Garden Street 1\" with \"Garden Street 2\"",
    );
    assert!(
        done.contains("<a href=\"map.html\">Garden Street 2</a>"),
        "{done}"
    );
    let told = summary(
        &site,
        "replace \"Find us at Garden Street 1\" with \"We moved\"",
    );
    assert!(
        told.ends_with("The link in it is now plain text."),
        "{told}"
    );
}

#[test]
fn link_targets_are_found_when_no_text_is() {
    let page = "<p><a href=\"mailto:a@x.org?subject=Hi\">Write us</a></p>";
    assert_eq!(
        edited("a.html", page, "replace \"a@x.org\" with \"b@x.org\""),
        page.replace("a@x.org", "b@x.org")
    );
    assert_diffs(&[(
        "change the link \"Garden Street 1\" to https://maps.example.com/a?b=1&c=2",
        "contact.html\n-<p>Find us at <a href=\"map.html\">Garden Street 1</a>.</p>\n+<p>Find us at <a href=\"https://maps.example.com/a?b=1&amp;c=2\">Garden Street 1</a>.</p>",
    )]);
}

#[test]
fn a_text_is_made_a_link() {
    assert_diffs(&[(
        "make \"Herbs\" a link to the contact page",
        "index.html\n-<li>Herbs</li>\n+<li><a href=\"contact.html\">Herbs</a></li>",
    )]);
    let new = edited(
        "a.md",
        "Some *herbs* here\n",
        "make \"herbs\" a link to https://x.org",
    );
    assert_eq!(new, "Some *[herbs](<https://x.org>)* here\n");
}

#[test]
fn titles_and_headings_are_set() {
    assert_diffs(&[
        (
            "Change the title of the contact page to Get in touch",
            "contact.html\n-<head><title>Contact - Green Garden</title></head>\n+<head><title>Get in touch</title></head>",
        ),
        (
            "change the heading on the contact page to \"Find us\"",
            "contact.html\n-<h1>Contact</h1>\n+<h1>Find us</h1>",
        ),
        (
            "change the heading \"Opening hours\" to \"When we are open\"",
            "index.html\n-<h2>Opening hours</h2>\n+<h2>When we are open</h2>",
        ),
        (
            "change the text under \"Opening hours\" to \"Always open\"",
            "index.html\n-<p>Open <b>9</b>-5, Monday to Friday</p>\n+<p>Always open</p>",
        ),
        (
            "change the second paragraph on the about page to \"We are four.\"",
            "about.html\n-<p>We are three people.\n+<p>We are four.",
        ),
    ]);
    let both = edited(
        "index.html",
        INDEX,
        "Change the title to Welcome to our shop",
    );
    assert_eq!(
        both,
        INDEX
            .replace("<title>Green Garden", "<title>Welcome to our shop")
            .replace("<h1>Green Garden", "<h1>Welcome to our shop")
    );
    assert_eq!(
        summary(
            &shop(),
            "change the title of the contact page to \"Find us\""
        ),
        "Changed the title of contact.html from “Contact - Green Garden” to “Find us”. The heading on the page still says “Contact”; to change it, write: change the heading to \"…\"."
    );
    assert_eq!(
        edited(
            "a.html",
            "<head></head><p>x</p>",
            "change the title to \"A & B\""
        ),
        "<head>\n<title>A &amp; B</title></head><p>x</p>"
    );
    assert_eq!(
        edited(
            "a.html",
            "<title></title><p>x</p>",
            "change the title to \"A\""
        ),
        "<title>A</title><p>x</p>"
    );
}

#[test]
fn paragraphs_are_added_like_their_neighbours() {
    assert_diffs(&[
        (
            "add a paragraph \"We <3 you\"",
            "index.html\n+<p>We &lt;3 you</p>",
        ),
        (
            "add a paragraph \"New\" under the heading \"Opening hours\"",
            "index.html\n+<p>New</p>",
        ),
        (
            "add a paragraph \"New\" before \"Roses\"",
            "index.html\n+<p>New</p>",
        ),
        (
            "On the contact page, add a paragraph \"New\"",
            "contact.html\n+<p>New</p>",
        ),
        (
            "add a paragraph \"New\" on the about page",
            "about.html\n+<p>New</p>",
        ),
    ]);
    let new = edited(
        "index.html",
        INDEX,
        "add a paragraph \"New\" under the heading \"Opening hours\"",
    );
    assert_eq!(
        new,
        INDEX.replace("hours</h2>\n", "hours</h2>\n    <p>New</p>\n")
    );
    let new = edited(
        "index.html",
        INDEX,
        "add a paragraph \"New\" before \"Roses\"",
    );
    assert_eq!(
        new,
        INDEX.replace(
            "    <ul>\n      <li>Herbs",
            "    <p>New</p>\n    <ul>\n      <li>Herbs"
        )
    );
    let new = edited(
        "about.html",
        ABOUT,
        "add a paragraph \"New\" after \"We began in 1999.\"",
    );
    assert_eq!(new, ABOUT.replace("1999.\r\n", "1999.\r\n<p>New</p>\r\n"));
    let new = edited(
        "a.html",
        "<body><p>a</p></body>",
        "add a paragraph \"one\n\ntwo\"",
    );
    assert_eq!(new, "<body><p>a</p><p>one</p><p>two</p></body>");
    let new = edited(
        "a.html",
        "<main><section><h2>A</h2><p>a</p></section><section><h2>B</h2><p>b</p></section></main>",
        "add a paragraph \"c\"",
    );
    assert_eq!(
        new,
        "<main><section><h2>A</h2><p>a</p></section><section><h2>B</h2><p>b</p><p>c</p></section></main>"
    );
}

#[test]
fn items_and_links_are_added() {
    assert_diffs(&[
        ("add a list item \"Tulips\"", "index.html\n+<li>Tulips</li>"),
        (
            "add \"Tulips\" to the list under \"What we sell\"",
            "index.html\n+<li>Tulips</li>",
        ),
        (
            "add \"Tulips\" after \"Herbs\"",
            "index.html\n+<li>Tulips</li>",
        ),
        (
            "add a link \"Map\" to https://x.org/?a=1&b=2 after \"Roses\"",
            "index.html\n+<li><a href=\"https://x.org/?a=1&amp;b=2\">Map</a></li>",
        ),
        (
            "add a link \"Write to us\" to the contact page",
            "index.html\n+<p><a href=\"contact.html\">Write to us</a></p>",
        ),
        (
            "add a link \"Shop\" to shop.html to the menu",
            "index.html\n+<li><a href=\"shop.html\">Shop</a></li>",
        ),
        (
            "add a link \"Mail\" to me@x.org",
            "index.html\n+<p><a href=\"mailto:me@x.org\">Mail</a></p>",
        ),
    ]);
    let new = edited("index.html", INDEX, "add \"Tulips\" after \"Herbs\"");
    assert_eq!(
        new,
        INDEX.replace(
            "<li>Herbs</li>\n",
            "<li>Herbs</li>\n      <li>Tulips</li>\n"
        )
    );
    let new = edited(
        "a.html",
        "<ul class=x><li class=\"i active\">a<li class=i>b</ul>",
        "add a list item \"c\"",
    );
    assert_eq!(
        new,
        "<ul class=x><li class=\"i active\">a<li class=i>b<li class=\"i\">c</li></ul>"
    );
    let new = edited(
        "a.html",
        "<nav><a href=a.html>A</a> <a class=n href=b.html>B</a></nav><p>x</p>",
        "add a link \"C\" to c.html to the menu",
    );
    assert_eq!(
        new,
        "<nav><a href=a.html>A</a> <a class=n href=b.html>B</a> <a class=\"n\" href=\"c.html\">C</a></nav><p>x</p>"
    );
}

#[test]
fn whole_blocks_and_single_words_are_removed() {
    assert_diffs(&[
        ("remove \"Herbs\"", "index.html\n-<li>Herbs</li>"),
        (
            "delete the paragraph \"Open 9-5, Monday to Friday\"",
            "index.html\n-<p>Open <b>9</b>-5, Monday to Friday</p>",
        ),
        (
            "remove \"every\"",
            "index.html\n-<p>Plants &amp; seeds for every   garden.\n+<p>Plants &amp; seeds for   garden.",
        ),
        (
            "remove \"9\"",
            "index.html\n-<p>Open <b>9</b>-5, Monday to Friday</p>\n+<p>Open -5, Monday to Friday</p>",
        ),
        ("remove the last list item", "index.html\n-<li>Roses</li>"),
        (
            "remove the list item \"About us\"",
            "index.html\n-<li><a href=\"about.html\">About us</a></li>",
        ),
        (
            "remove \"We began in 1999.\"",
            "about.html\n-<p>We began in 1999.",
        ),
    ]);
    let new = edited("a.html", "<p>a <b>big</b> word</p>", "remove \"big\"");
    assert_eq!(new, "<p>a word</p>");
    let new = edited(
        "a.html",
        "<p>a <b><i class=icon></i>big</b> word</p>",
        "remove \"big\"",
    );
    assert_eq!(new, "<p>a<b><i class=icon></i></b> word</p>");
}

#[test]
fn several_edits_are_done_in_order() {
    assert_eq!(
        diff(
            &shop(),
            "Hi,\n\n1. Replace \"Herbs\" with \"Basil\"\n2. Add a list item \"Mint\" after \"Basil\"\n3. Remove \"Roses\"\n\nThanks\nAnna"
        ),
        "index.html\n-<li>Herbs</li>\n-<li>Roses</li>\n+<li>Basil</li>\n+<li>Mint</li>"
    );
    assert_eq!(
        summary(
            &shop(),
            "Replace \"Herbs\" with \"Basil\" and remove \"Roses\""
        ),
        "- Replaced “Herbs” with “Basil” on index.html.\n- Removed the list item “Roses” from index.html."
    );
}

#[test]
fn what_is_already_so_stays() {
    for instruction in [
        "change the title to \"Green Garden\"",
        "replace \"Herbs\" with \"Herbs\"",
        "replace \"Radishes\" with \"Roses\"",
        "change the heading of the contact page to \"Contact\"",
    ] {
        assert!(
            diff(&shop(), instruction).starts_with("unchanged: "),
            "{instruction}: {}",
            diff(&shop(), instruction)
        );
    }
}

#[test]
fn line_ends_marks_and_odd_markup_stay() {
    let page = "\u{feff}<!DOCTYPE html>\r\n<BODY>\r\n\t<P Class=x>it&rsquo;s 10&nbsp;km<BR>away<p>b\r\n</BODY>\r\n";
    assert_eq!(
        edited(
            "a.html",
            page,
            "replace \"it's 10 km away\" with \"it is near\""
        ),
        page.replace("it&rsquo;s 10&nbsp;km<BR>away", "it is near")
    );
    assert_eq!(
        edited("a.html", page, "replace \"away\" with \"far\""),
        page.replace("away", "far")
    );
    assert_eq!(
        edited("a.html", page, "add a paragraph \"c\""),
        page.replace("<p>b\r\n", "<p>b<p>c</p>\r\n")
    );
}
