//! What the program says, word for word.

#[test]
fn the_program_says_what_the_transcripts_show() {
    trycmd::TestCases::new()
        .env("COLUMNS", "100")
        .env("KEYBATON_ENV", "")
        .env("KEYBATON_STORE", "")
        .case("tests/cmd/*.md");
}
