//! A value as lines of YAML.

use serde_json::Value;

use crate::recipes::template::quoted;

/// Its lines, each that deep, without the last line's end.
pub(super) fn block(value: &Value, depth: usize) -> String {
    lines(value).iter().map(|line| format!("{}{line}", " ".repeat(depth))).collect::<Vec<_>>().join("\n")
}

fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let sorted = FIRST.iter().filter_map(|name| members.get_key_value(*name));
            let rest = members.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()));
            sorted
                .chain(rest)
                .flat_map(|(name, member)| under(&format!("{}:", quoted(name)), member))
                .collect()
        }
        Value::Array(items) if !items.is_empty() => items.iter().flat_map(item).collect(),
        Value::String(text) => vec![quoted(text)],
        other => vec![other.to_string()],
    }
}

fn under(head: &str, value: &Value) -> Vec<String> {
    let lines = lines(value);
    match value {
        Value::Object(members) if !members.is_empty() => {
            [vec![head.to_owned()], lines.iter().map(|line| format!("  {line}")).collect()].concat()
        }
        Value::Array(items) if !items.is_empty() => [vec![head.to_owned()], lines].concat(),
        _ => vec![format!("{head} {}", lines.join(""))],
    }
}

fn item(value: &Value) -> Vec<String> {
    let lines = lines(value).into_iter().enumerate();
    lines.map(|(at, line)| format!("{}{line}", if at == 0 { "- " } else { "  " })).collect()
}

/// As people write them.
const FIRST: [&str; 3] = ["name", "path", "port"];

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_written_as_people_write_it() {
        let value = json!([{"value": "no: #", "name": "A"}, {"name": "B", "valueFrom": {"secretKeyRef": {"key": "b", "name": "c"}}}, [1, []], {}]);
        assert_snapshot!(block(&value, 0), @r#"
        - name: A
          value: "no: #"
        - name: B
          valueFrom:
            secretKeyRef:
              name: c
              key: b
        - - 1
          - []
        - {}
        "#);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let value = json!({"a": ["x\n---\ny", "'", "~", "1", "*b", "yes", null, 1, true], "b c": {"d": [[["é"]]], "e": {}}, "<<": "x"});
        let read = crate::recipes::yaml::documents("block", &block(&value, 0)).unwrap();
        assert_eq!(read, [value]);
    }
}
