//! A site to edit, and short ways to look at what became of it.

pub(super) use crate::worker::literal::document;
pub(super) use crate::worker::literal::{MAX_INSTRUCTION, Outcome, Site, carry_out};

/// A small shop with three pages.
pub(super) fn shop() -> Site {
    Site::new([
        ("index.html".to_owned(), INDEX.to_owned()),
        ("contact.html".to_owned(), CONTACT.to_owned()),
        ("about.html".to_owned(), ABOUT.to_owned()),
    ])
}

pub(super) const INDEX: &str = r#"<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Green Garden</title>
  <meta name="description" content="Plants &amp; seeds in town">
  <style>h1 { color: green }</style>
</head>
<body>
  <header>
    <nav>
      <ul>
        <li><a href="index.html" class="active">Home</a></li>
        <li><a href="about.html">About us</a></li>
        <li><a href="contact.html">Contact</a></li>
      </ul>
    </nav>
  </header>
  <main>
    <h1>Green Garden</h1>
    <p>Plants &amp; seeds for every   garden.
      Come and <em>see</em> us!</p>
    <h2>Opening hours</h2>
    <p>Open <b>9</b>-5, Monday to Friday</p>
    <h2>What we sell</h2>
    <ul>
      <li>Herbs</li>
      <li>Roses</li>
    </ul>
    <img src="a.jpg" alt="A rose in bloom">
  </main>
  <footer>
    <p>Call 044 123 45 67</p>
  </footer>
  <script>var s = "Herbs";</script>
</body>
</html>
"#;

pub(super) const CONTACT: &str = r#"<!doctype html>
<html>
<head><title>Contact - Green Garden</title></head>
<body>
  <main>
    <h1>Contact</h1>
    <p>Write to <a href="mailto:old@garden.example">old@garden.example</a> or call <a href="tel:+41441234567">+41 44 123 45 67</a>.</p>
    <p>Find us at <a href="map.html">Garden Street 1</a>.</p>
  </main>
  <footer>
    <p>Call 044 123 45 67</p>
  </footer>
</body>
</html>
"#;

pub(super) const ABOUT: &str = "<!doctype html>\r\n<title>About us</title>\r\n<h1>Our story</h1>\r\n<p>We began in 1999.\r\n<p>We are three people.\r\n";

/// The lines that an instruction takes away (`-`) and brings (`+`), after the page's path; or the refusal.
pub(super) fn diff(site: &Site, instruction: &str) -> String {
    match carry_out(instruction, site) {
        Outcome::Edited { edits, .. } => {
            let shown = edits.iter().map(|edit| {
                let old: Vec<&str> = site.text(&edit.path).unwrap().lines().collect();
                let new: Vec<&str> = edit.new_text.lines().collect();
                let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
                let back = old[front..]
                    .iter()
                    .rev()
                    .zip(new[front..].iter().rev())
                    .take_while(|(a, b)| a == b)
                    .count();
                let gone = old[front..old.len() - back]
                    .iter()
                    .map(|l| format!("-{}", l.trim()));
                let come = new[front..new.len() - back]
                    .iter()
                    .map(|l| format!("+{}", l.trim()));
                let lines: Vec<String> = gone.chain(come).collect();
                format!("{}\n{}", edit.path, lines.join("\n"))
            });
            shown.collect::<Vec<String>>().join("\n")
        }
        Outcome::Unchanged { summary } => format!("unchanged: {summary}"),
        Outcome::Refused { code, message } => format!("{}: {message}", code.as_str()),
    }
}

pub(super) fn one(path: &str, text: &str) -> Site {
    Site::new([(path.to_owned(), text.to_owned())])
}

/// The whole new text of the only page.
pub(super) fn edited(path: &str, text: &str, instruction: &str) -> String {
    match carry_out(instruction, &one(path, text)) {
        Outcome::Edited { edits, .. } => edits[0].new_text.clone(),
        other @ (Outcome::Unchanged { .. } | Outcome::Refused { .. }) => {
            panic!("{instruction}: {other:?}")
        }
    }
}

pub(super) fn summary(site: &Site, instruction: &str) -> String {
    match carry_out(instruction, site) {
        Outcome::Edited { summary, .. } | Outcome::Unchanged { summary } => summary,
        Outcome::Refused { message, .. } => panic!("{instruction}: {message}"),
    }
}
