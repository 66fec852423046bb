//! Texts made to be slow or to grow. A rule that looks back or ahead again and again would not end within the day.

use keybaton_dotenv::{Change, Document, Precedence, edit};

const SIZE: usize = 5_000_000;

#[test]
fn quotes_backslashes_and_references_are_read_in_one_go() {
    let shards = [
        "'", "\"", "\\", "'\"", "A='\n", "A=\"\n", "A='\\\n", "A=\"\\'", "'\n", "${", "A='${", "A=${", "${:",
        "A=${:-", " ", "\r", "#", " #", "A= #", "export ", "A=${A", "A",
    ];
    for shard in shards {
        read(&shard.repeat(SIZE / shards.len() / shard.len()));
    }
}

#[test]
fn a_large_text_of_one_unclosed_quote_is_read_in_one_go() {
    for head in ["A='", "A=\"", "'A\n", "A=\"${"] {
        read(&(head.to_owned() + &"B=\\'\\\"${x:\n".repeat(SIZE / 50)));
    }
}

#[test]
fn references_that_all_fail_at_one_colon_are_read_in_one_go() {
    let opened = "${".repeat(SIZE / 10);
    read(&format!("A={opened}:x}}\nB='{opened}:-'\nC=\"{opened}"));
}

#[test]
fn a_large_text_is_edited_in_one_go() {
    let text = "K='x' # c\nA=${K}\n".repeat(SIZE / 200);
    let edited = edit(&text, &[Change { name: "K", value: "new" }]).unwrap();
    assert!(edited.text.ends_with("# c\nA=${K}\nK=new # c\nA=${K}\n"));
}

#[test]
fn lines_that_double_each_other_stop_at_a_limit() {
    let doubling: String = (1..60).map(|line| format!("A{line}=${{A{0}}}${{A{0}}}\n", line - 1)).collect();
    let text = format!("A0=0123456789\n{doubling}");
    let refused = Document::parse(&text).variables(&|_| None, Precedence::File).unwrap_err();
    assert_eq!(refused.to_string(), "with line 20 the ${…} of the file put in more than 8 MiB");
    assert_eq!(refused.hint(), "look for lines that put each other in again and again");
}

#[test]
fn names_in_a_large_text_are_found_quickly() {
    let text: String = (0..SIZE / 50).map(|line| format!("A{line}=${{A{}}}\n", line / 2)).collect();
    read(&text);
}

fn read(text: &str) {
    let document = Document::parse(text);
    let _ = document.variables(&|_| None, Precedence::File);
}
