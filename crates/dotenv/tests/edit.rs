//! What an edit does to a text, shown whole.

use keybaton_dotenv::{Change, Document, EditErrorKind, Note, edit};

#[test]
fn only_the_value_of_the_line_changes() {
    let text = "# shop\n\nDEBUG=1\n  export SECRET_KEY = \"old\"  # from ops\nPORT=80";
    let expected = "# shop\n\nDEBUG=1\n  export SECRET_KEY = new  # from ops\nPORT=80";
    assert_eq!(set(text, &[("SECRET_KEY", "new")]), expected);
}

#[test]
fn a_missing_final_line_end_stays_missing() {
    assert_eq!(set("SECRET_KEY=old", &[("SECRET_KEY", "new")]), "SECRET_KEY=new");
}

#[test]
fn a_byte_order_mark_stays() {
    assert_eq!(set("\u{feff}SECRET_KEY=old\n", &[("SECRET_KEY", "new")]), "\u{feff}SECRET_KEY=new\n");
    assert_eq!(set("\u{feff}", &[("SECRET_KEY", "new")]), "\u{feff}SECRET_KEY=new\n");
}

#[test]
fn every_line_keeps_its_own_end_and_new_ones_take_the_usual() {
    let new = [("K", "new"), ("K_RING", "r")];
    assert_eq!(set("A=1\r\nK=old\r\nB=2\n", &new), "A=1\r\nK=new\r\nK_RING=r\r\nB=2\n");
    assert_eq!(set("A=1\nK=old\r\nB=2\n", &new), "A=1\nK=new\r\nK_RING=r\nB=2\n");
    assert_eq!(set("A=1\rK=old\r", &new), "A=1\rK=new\rK_RING=r\r");
}

#[test]
fn new_variables_follow_the_last_changed_one() {
    let text = "K=old\nDEBUG=1\nexport K_FALLBACKS=old\nPORT=80\n";
    let expected = "K=b\nDEBUG=1\nexport K_FALLBACKS=b,a\nexport K_RING=r\nPORT=80\n";
    assert_eq!(set(text, &[("K_RING", "r"), ("K_FALLBACKS", "b,a"), ("K", "b")]), expected);
    assert_eq!(set("A=1\nK=old", &[("K", "new"), ("K_RING", "r")]), "A=1\nK=new\nK_RING=r\n");
}

#[test]
fn without_such_a_line_new_variables_stand_at_the_end() {
    let new = [("K", "a"), ("K_RING", "r")];
    assert_eq!(set("", &new), "K=a\nK_RING=r\n");
    assert_eq!(set("A=1\n\n", &new), "A=1\n\nK=a\nK_RING=r\n");
    assert_eq!(set("A=1\r\n# end", &new), "A=1\r\n# end\r\nK=a\r\nK_RING=r\r\n");
}

#[test]
fn of_duplicates_the_last_stays_and_no_comment_is_lost() {
    let text = "K=1 # first\nA=1\n\nK='2\n2'\n# about K\nexport K=3 # last\n";
    let edited = edit(text, &[Change { name: "K", value: "new" }]).unwrap();
    assert_eq!(*edited.text, "# first\nA=1\n\n# about K\nexport K=new # last\n");
    assert_eq!(edited.notes, [Note::DuplicatesJoined { name: "K".into(), lines: vec![1, 4, 7] }]);
    assert_eq!(
        edited.notes[0].to_string(),
        "K stood on lines 1, 4 and 7; only the last line, which counted, was kept"
    );
}

#[test]
fn another_line_that_uses_the_variable_is_named() {
    let text = "K=old\nTOKEN='x${K:-y}'\nOTHER=$K\n# ${K}\n";
    let notes = edit(text, &[Change { name: "K", value: "new" }]).unwrap().notes;
    assert_eq!(notes, [Note::Interpolated { name: "K".into(), by_line: 2 }]);
    assert_eq!(notes[0].to_string(), "line 2 uses ${K} and changes with it");
}

#[test]
fn a_line_that_uses_a_variable_which_stays_as_it_is_is_not_named() {
    let same = Change { name: "K", value: "same" };
    let notes = |text: &str| edit(text, &[same, Change { name: "K_RING", value: "new" }]).unwrap().notes;
    assert_eq!(notes("K=same\nK_RING=old\nTOKEN=x${K}\n"), []);
    assert_eq!(
        notes("K=same\nOTHER=${K_RING}\nTOKEN=x${K}\n"),
        [Note::Interpolated { name: "K_RING".into(), by_line: 2 }]
    );
    // The line between two of one variable loses the value of the first.
    let between = Note::Interpolated { name: "K".into(), by_line: 2 };
    assert!(notes("K=first\nTOKEN=x${K}\nK=same\n").contains(&between));
}

#[test]
fn a_line_without_value_gets_one() {
    assert_eq!(set("K\n", &[("K", "new")]), "K=new\n");
    assert_eq!(set("K # key\n", &[("K", "new")]), "K=new # key\n");
    assert_eq!(set("K= # key\n", &[("K", "new")]), "K=new # key\n");
    assert_eq!(set("'K'=\n", &[("K", "new")]), "'K'=new\n");
}

#[test]
fn a_comment_right_behind_a_quote_stays_a_comment() {
    assert_eq!(set("K='old'#key\n", &[("K", "new")]), "K=new #key\n");
    assert_eq!(set("K='old'#key\n", &[("K", "n w")]), "K='n w' #key\n");
    assert_eq!(set("K='old'#key\n", &[("K", "")]), "K=''#key\n");
}

#[test]
fn a_line_that_has_the_value_keeps_its_quotes() {
    assert_eq!(set("K = \"same\"\n", &[("K", "same")]), "K = \"same\"\n");
}

#[test]
fn an_unclosed_quote_elsewhere_does_not_matter_to_a_plain_value() {
    assert_eq!(set("A='x\nK=old\n", &[("K", "new")]), "A='x\nK=new\n");
}

#[test]
fn an_unclosed_quote_that_would_swallow_the_value_is_refused() {
    let refused = edit("B=1\nA='x\nK=old\n", &[Change { name: "K", value: "n w" }]).unwrap_err();
    assert_eq!(refused.kind(), EditErrorKind::UnclosedQuote { line: 2 });
    assert_eq!(refused.to_string(), "K cannot be written, because a quote on line 2 is never closed");
    assert_eq!(refused.hint(), "close the quote on line 2, or put # before it");
}

#[test]
fn a_value_that_comes_from_elsewhere_is_not_put_into_the_file() {
    let changes = [("K_FALLBACKS", "planted"), ("K", "planted")].map(|(name, value)| Change { name, value });
    for line in ["K=${VAULTED}", "K='x${VAULTED:-y}'", "K=old\nK=${VAULTED}"] {
        let refused = edit(&format!("A=1\n\n{line}\n"), &changes).unwrap_err();
        let line = 2 + line.lines().count();
        assert_eq!(refused.kind(), EditErrorKind::FromElsewhere { line });
        let sentence = "takes its value from elsewhere by ${…}, and the file would hold it in clear";
        assert_eq!(refused.to_string(), format!("K on line {line} {sentence}"));
        let hint = "or keep the ring where the value comes from";
        assert_eq!(refused.hint(), format!("put the value itself on line {line}, {hint}"));
    }
    let refused = edit("K=a\nK_FALLBACKS=${K},${VAULTED}\n", &changes).unwrap_err();
    assert_eq!(refused.kind(), EditErrorKind::FromElsewhere { line: 2 });
}

#[test]
fn a_changed_variable_may_have_referred_to_another_one() {
    let text = "K=a\nK_FALLBACKS=${K},b\nK=${K}\n";
    assert_eq!(set(text, &[("K", "new"), ("K_FALLBACKS", "new,a")]), "K_FALLBACKS=new,a\nK=new\n");
    assert_eq!(set("K=${VAULTED}\nK=old\n", &[("K", "new")]), "K=new\n");
}

#[test]
fn what_cannot_be_written_is_refused_without_showing_it() {
    let refused = [
        ("K", "planted${A}"),
        ("K", "planted\0"),
        ("K", "${:-planted}"),
        ("K=planted", "v"),
        ("1K", "v"),
        ("", "v"),
    ];
    let said =
        refused.map(|(name, value)| edit("K=old\n", &[Change { name, value }]).unwrap_err().to_string());
    assert_eq!(
        said,
        [
            "the value of K holds a ${…}, which python-dotenv replaces even inside quotes",
            "the value of K holds a NUL, which no environment can hold",
            "the value of K holds a ${…}, which python-dotenv replaces even inside quotes",
            "\"K=planted\" cannot name a variable of a .env file",
            "\"1K\" cannot name a variable of a .env file",
            "\"\" cannot name a variable of a .env file",
        ]
    );
    let twice = [Change { name: "K", value: "planted" }, Change { name: "K", value: "planted" }];
    assert_eq!(edit("", &twice).unwrap_err().to_string(), "two values were given for K");
}

#[test]
fn a_dollar_that_begins_no_reference_can_be_written() {
    for value in ["$A", "${", "${A", "a$(id)", "${A:b}", "$$", "}"] {
        let edited = set("K=old\n", &[("K", value)]);
        assert_eq!(Document::parse(&edited).bindings().next().unwrap().value().unwrap().as_str(), value);
    }
}

#[test]
fn no_debug_form_shows_a_value() {
    let text = "K=planted\nplanted\n'planted\nA=\"planted\" # planted\n";
    let change = Change { name: "K", value: "planted" };
    let edited = edit(text, &[change]).unwrap();
    let document = Document::parse(text);
    let variables = document.variables(&|_| None, keybaton_dotenv::Precedence::File).unwrap();
    let shown = format!("{change:?} {edited:?} {document:?} {:?} {variables:?}", document.statements());
    let assigned = format!("{:?}", document.bindings().map(|binding| binding.assigned).collect::<Vec<_>>());
    assert!(!(shown + &assigned).contains("planted"));
}

fn set(text: &str, new: &[(&str, &str)]) -> String {
    let changes: Vec<_> = new.iter().map(|&(name, value)| Change { name, value }).collect();
    edit(text, &changes).expect("an edit that can be written").text.to_string()
}
