//! Every text of `vectors/dotenv.json` means here what it means to python-dotenv.

use keybaton_dotenv::{Binding, Document, Place, Precedence, Statement};
use serde_json::{Value, json};
use zeroize::Zeroizing;

#[test]
fn statements_are_those_of_python_dotenv() {
    for case in cases() {
        let document = Document::parse(text(&case));
        let read: Vec<Value> = document.statements().iter().map(|each| as_python(&document, each)).collect();
        assert_eq!(Value::from(read), case["bindings"], "in {:?}", text(&case));
    }
}

#[test]
fn variables_are_those_of_dotenv_values() {
    for case in cases() {
        assert_eq!(variables(&case, Precedence::File), case["values"], "in {:?}", text(&case));
    }
}

#[test]
fn variables_are_those_of_load_dotenv() {
    for case in cases() {
        let expected = case.get("loaded").unwrap_or(&case["values"]);
        assert_eq!(&variables(&case, Precedence::Environment), expected, "in {:?}", text(&case));
    }
}

#[test]
fn statements_cover_the_text() {
    for case in cases() {
        let document = Document::parse(text(&case));
        let mut covered = if document.has_byte_order_mark() { 3 } else { 0 };
        for place in document.statements().iter().map(Statement::place) {
            assert_eq!(place.span.start, covered, "in {:?}", text(&case));
            covered = place.span.end;
        }
        assert_eq!(covered, text(&case).len(), "in {:?}", text(&case));
    }
}

#[test]
fn slots_hold_the_values_and_lines_are_counted() {
    for case in cases() {
        let document = Document::parse(text(&case));
        for binding in document.bindings() {
            let slot = &text(&case)[binding.slot.clone()];
            let raw = binding.assigned.map_or("", |assigned| assigned.raw);
            assert!(slot == raw || slot[1..slot.len() - 1] == *raw, "in {:?}", text(&case));
            assert_eq!(binding.place.line, line_of(&case, binding.place.line_start), "in {:?}", text(&case));
        }
    }
}

fn cases() -> Vec<Value> {
    vectors()["cases"].as_array().expect("a list of cases").clone()
}

fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/dotenv.json");
    let file = std::fs::read_to_string(path).expect("vectors/dotenv.json, made by vectors/make_dotenv.py");
    serde_json::from_str(&file).expect("JSON")
}

fn text(case: &Value) -> &str {
    case["text"].as_str().expect("a text")
}

/// A statement in the form of the vectors. Python sees a file's line ends as `\n`.
fn as_python(document: &Document<'_>, statement: &Statement<'_>) -> Value {
    let Place { span, begins_on, .. } = statement.place();
    let original = document.text()[span.clone()].replace("\r\n", "\n").replace('\r', "\n");
    match statement {
        Statement::Blank(_) => json!([null, null, original, begins_on]),
        Statement::Unreadable(_) => json!([null, null, original, begins_on, "error"]),
        Statement::Binding(binding) => json!([binding.name, value(binding), original, begins_on]),
    }
}

fn value(binding: &Binding<'_>) -> Option<String> {
    binding.value().map(|value| value.to_string())
}

fn variables(case: &Value, precedence: Precedence) -> Value {
    let all = vectors_environment(case["environment"].as_u64().unwrap_or(0));
    let environment = |name: &str| Some(Zeroizing::new(all.get(name)?.as_str()?.to_owned()));
    let document = Document::parse(text(case));
    let variables = document.variables(&environment, precedence).expect("small values");
    variables.iter().map(|(name, value)| json!([name, value])).collect()
}

fn vectors_environment(index: u64) -> Value {
    thread_local!(static ENVIRONMENTS: Value = vectors()["environments"].clone());
    ENVIRONMENTS.with(|all| all[usize::try_from(index).expect("a small number")].clone())
}

fn line_of(case: &Value, byte: usize) -> usize {
    1 + text(case)[..byte].replace("\r\n", "\n").replace('\r', "\n").matches('\n').count()
}
