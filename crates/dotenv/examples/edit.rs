//! Edits .env texts, for the tests that have the real python-dotenv read them back (`vectors/test_written.py`).
//!
//! Reads `[{"text": …, "changes": [[name, value], …]}, …]` on stdin and writes `[{"text": …} or {"error": …}, …]`.

use std::error::Error;
use std::io;

use keybaton_dotenv::{Change, edit};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let asked: Vec<Value> = serde_json::from_reader(io::stdin().lock())?;
    let answers: Option<Vec<Value>> = asked.iter().map(answer).collect();
    let answers = answers.ok_or(r#"wanted [{"text": …, "changes": [[name, value], …]}, …]"#)?;
    Ok(serde_json::to_writer(io::stdout().lock(), &answers)?)
}

fn answer(asked: &Value) -> Option<Value> {
    let changes = asked["changes"].as_array()?.iter().map(change).collect::<Option<Vec<_>>>()?;
    Some(match edit(asked["text"].as_str()?, &changes) {
        Ok(edited) => json!({"text": edited.text.as_str()}),
        Err(error) => json!({"error": error.to_string()}),
    })
}

fn change(pair: &Value) -> Option<Change<'_>> {
    Some(Change { name: pair[0].as_str()?, value: pair[1].as_str()? })
}
