//! Just enough reading of Rust to look for a path in code: comments and literals are blanked, `use` groups written out.

/// The code with every comment, string and character blanked, byte for byte, so that offsets and lines stay.
pub(crate) fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(text, at);
        for byte in code[at..end].iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
        at = end.max(at + 1);
    }
    // Literals begin and end at characters, and what is blanked is ASCII: still text.
    String::from_utf8(code).unwrap_or_default()
}

/// Where the comment or literal that starts at `at` ends; `at` itself when none starts there.
fn literal_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let until = |from: usize, end: &str| {
        bytes[from..]
            .windows(end.len())
            .position(|window| window == end.as_bytes())
            .map(|found| from + found)
    };
    let in_word = at > 0 && is_word(bytes[at - 1]);
    match bytes[at] {
        b'/' if bytes[at..].starts_with(b"//") => until(at, "\n").unwrap_or(bytes.len()),
        b'/' if bytes[at..].starts_with(b"/*") => block_comment_end(bytes, at),
        b'"' => quoted_end(bytes, at + 1, b'"'),
        b'\'' if bytes.get(at + 1) == Some(&b'\\') => quoted_end(bytes, at + 1, b'\''),
        // A character, if one stands between quotes; else a lifetime, which is code.
        b'\'' => match text[at + 1..].chars().next().map(|one| at + 1 + one.len_utf8()) {
            Some(close) if bytes.get(close) == Some(&b'\'') => close + 1,
            _ => at,
        },
        b'r' if !in_word || matches!(bytes[at - 1], b'b' | b'c') => {
            let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
            let open = at + 1 + hashes;
            if bytes.get(open) != Some(&b'"') {
                return at;
            }
            let close = format!("\"{}", "#".repeat(hashes));
            until(open + 1, &close).map_or(bytes.len(), |found| found + close.len())
        }
        _ => at,
    }
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

fn quoted_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// The 1-based lines of blanked code that hold the path, `use` groups included: `use std::{fs, io}` holds `std::fs`.
pub(crate) fn lines_with(code: &str, path: &str) -> Vec<usize> {
    let mut found = offsets(code, path);
    for (at, imported) in imports(code) {
        if !offsets(&imported, path).is_empty() {
            found.push(at);
        }
    }
    let mut lines: Vec<usize> = found
        .into_iter()
        .map(|at| 1 + code[..at].matches('\n').count())
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Whole words only, except that a number may stand before: `1_f64` holds `f64`.
fn offsets(code: &str, path: &str) -> Vec<usize> {
    let whole = |at: usize| {
        let (before, after) = (&code[..at], &code[at + path.len()..]);
        let joined = before.bytes().next_back().is_some_and(is_word)
            && !before.trim_end_matches('_').ends_with(is_digit);
        !joined && !after.bytes().next().is_some_and(is_word)
    };
    code.match_indices(path)
        .map(|(at, _)| at)
        .filter(|at| whole(*at))
        .collect()
}

/// Every path that a `use` with braces brings in, written out, with the offset of its last part.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    for at in offsets(code, "use") {
        let start = at + "use".len();
        let end = code[start..].find(';').map_or(code.len(), |end| start + end);
        if code[start..end].contains('{') {
            write_out(&code[start..end], start, "", &mut paths);
        }
    }
    paths
}

fn write_out(tree: &str, offset: usize, prefix: &str, paths: &mut Vec<(usize, String)>) {
    let (mut depth, mut start) = (0_usize, 0);
    // The comma at the end closes the last branch.
    for (at, byte) in tree.bytes().chain([b',']).enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                branch(&tree[start..at], offset + start, prefix, paths);
                start = at + 1;
            }
            _ => {}
        }
    }
}

fn branch(tree: &str, offset: usize, prefix: &str, paths: &mut Vec<(usize, String)>) {
    let offset = offset + tree.len() - tree.trim_start().len();
    let tree = tree.trim();
    match (tree.find('{'), tree.rfind('}')) {
        (Some(open), Some(close)) if open < close => {
            let prefix = format!("{prefix}{}", tree[..open].trim());
            write_out(&tree[open + 1..close], offset + open + 1, &prefix, paths);
        }
        _ => paths.push((offset, format!("{prefix}{tree}"))),
    }
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, path: &str) -> Vec<usize> {
        lines_with(&blank(text), path)
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        for text in [
            "// std::fs",
            "/* a /* std::fs */ std::fs */",
            "\"a \\\" std::fs\"",
            "r#\"a \" std::fs\"#",
            "b\"std::fs\"",
            "br\"std::fs\"",
        ] {
            assert_eq!(lines(text, "std::fs"), Vec::<usize>::new(), "{text}");
        }
    }

    #[test]
    fn code_after_a_literal_is_code() {
        for text in [
            "/* é */ std::fs",
            "\"\\\\\" std::fs",
            "'\"' std::fs",
            "'\\'' std::fs",
            "'é' std::fs",
            "&'a std::fs",
            "r#type std::fs",
            "r##\"\"# \"## std::fs",
        ] {
            assert_eq!(lines(text, "std::fs"), [1], "{text}");
        }
    }

    #[test]
    fn blanking_keeps_lines() {
        assert_eq!(lines("\"\n\n\"\n// x\nstd::fs::read()", "std::fs"), [5]);
    }

    #[test]
    fn groups_are_written_out() {
        let text = "use std::{\n  collections::BTreeMap,\n  time::{Duration,\n SystemTime},\n  fs,\n};";
        assert_eq!(lines(text, "std::fs"), [5]);
        assert_eq!(lines(text, "std::time::SystemTime"), [4]);
        assert_eq!(lines(text, "std::net"), Vec::<usize>::new());
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(
            lines("std::fsx my_std::fs of64 f64x f64_of", "std::fs"),
            Vec::<usize>::new()
        );
        assert_eq!(lines("of64 f64x f64_of a_f64", "f64"), Vec::<usize>::new());
        for text in ["x as f64", "1.0f64", "1_f64", "Vec<f64>", "f64::NAN"] {
            assert_eq!(lines(text, "f64"), [1], "{text}");
        }
    }
}
