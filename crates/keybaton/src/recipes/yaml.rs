//! YAML that people wrote, as JSON has it: anchors and merges are in their places, and no text of it gets into an error.

use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;

/// The documents of a file. `name` is what an error calls it.
pub(crate) fn documents(name: &str, text: &str) -> Result<Vec<Value>, Failure> {
    serde_saphyr::from_multiple(text).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line());
        Failure::new(Exit::Configuration, format!("{name} cannot be read as YAML, in line {line}"))
            .hint("mend it first; a file with templates in it is read once they are filled")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_merges_and_several_documents_are_read() {
        let text = "a: &a {x: 1, y: 2}\r\nb: {<<: *a, y: 3}\r\n---\r\nc: !reset null\r\nd: !override [1]\r\n";
        let read = documents("compose.yaml", text).unwrap();
        assert_eq!(read[0]["b"], serde_json::json!({"x": 1, "y": 3}));
        assert_eq!(read[1], serde_json::json!({"c": null, "d": [1]}));
    }

    #[test]
    fn what_is_no_yaml_is_named_by_its_line_alone() {
        for text in
            ["a: 1\nb: [LEAK\nc: 2\n", "a: 'LEAK\n", "services:\n  {{ LEAK }}:\n    {% x %}\n", "a: *LEAK\n"]
        {
            let failure = documents("compose.yaml", text).unwrap_err();
            assert!(
                failure.in_full().starts_with("compose.yaml cannot be read as YAML, in line "),
                "{}",
                failure.in_full()
            );
            assert!(!failure.in_full().contains("LEAK"));
        }
    }

    #[test]
    fn a_file_that_grows_without_end_is_refused() {
        let mut text = "a0: &a0 [x, x]\n".to_owned();
        for at in 1..100 {
            text += &format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1);
        }
        assert!(documents("compose.yaml", &text).is_err());
    }
}
