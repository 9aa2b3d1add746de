//! README's chapter on protected routes is code of the examples, word for word.

use std::fs;
use std::path::Path;

/// The language of a block, and the file that it is out of.
const SOURCES: [(&str, &str); 5] = [
    ("python", "examples/fastapi/app.py"),
    ("js", "examples/express/app.js"),
    ("go", "examples/go/main.go"),
    ("rust", "examples/axum/src/main.rs"),
    ("rust", "examples/mount.rs"),
];

/// Lines of its own that a protected route takes at most.
const MAX_LINES: usize = 10;

#[test]
fn its_routes_are_those_of_the_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("README.md")).unwrap();
    let chapter = text.split("\n## ").find(|part| part.starts_with("Protect"));
    let blocks = chapter.unwrap().split("\n```").skip(1).step_by(2);
    let blocks: Vec<_> = blocks
        .filter_map(|block| block.split_once('\n'))
        .filter(|(language, _)| !["", "json", "toml"].contains(language))
        .collect();
    let languages: Vec<&str> = blocks.iter().map(|(language, _)| *language).collect();
    assert_eq!(languages, SOURCES.map(|(language, _)| language));
    for ((_, block), (_, file)) in blocks.iter().zip(SOURCES) {
        let source = fs::read_to_string(root.join(file)).unwrap();
        let mut rest = source.as_str();
        // Parts stand in the order of the file, with an empty line between them.
        for part in block.split("\n\n") {
            let [spaces, tabs] = ["\n    ", "\n\t"].map(|indent| part.replace('\n', indent));
            let found = [part, &spaces, &tabs]
                .into_iter()
                .find_map(|part| rest.split_once(part.trim_end()));
            let (_, after) = found.unwrap_or_else(|| panic!("{file} has no\n{part}"));
            rest = after;
        }
        let lines = block.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= MAX_LINES, "{file}: {lines} lines\n{block}");
    }
}
