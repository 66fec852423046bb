//! Weak keys are named, drawn keys are left alone. Every key here is made up or published.

use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::generate::{Format, generate};

#[test]
fn each_of_django_s_own_conditions_is_seen() {
    assert_eq!(weaknesses(&drawn(49)), [Weakness::Short]);
    assert_eq!(weaknesses(&drawn(50)), []);
    assert_eq!(weaknesses(&format!("django-insecure-{}", drawn(50))), [Weakness::InsecurePrefix]);
    assert!(weaknesses(&"abcd".repeat(20)).contains(&Weakness::FewCharacters));
    assert!(!weaknesses(&"abcde".repeat(20)).contains(&Weakness::FewCharacters));
}

#[test]
fn length_is_counted_in_characters_as_django_does() {
    let greek: String = ('α'..='ω').chain('Α'..='Ρ').chain('а'..='о').collect();
    assert!(greek.chars().count() < 60 && greek.len() > 100);
    assert!(!weaknesses(&greek).contains(&Weakness::Short));
    assert!(weaknesses(&greek.chars().take(49).collect::<String>()).contains(&Weakness::Short));
}

#[test]
fn a_key_that_says_it_is_insecure_is_believed() {
    for key in [
        format!("{}-insecure", drawn(50)),
        format!("Django-InSecure-{}", drawn(50)),
        format!("shop_in_secure_{}", drawn(50)),
    ] {
        assert_eq!(weaknesses(&key), [Weakness::SaysInsecure]);
    }
}

#[test]
fn placeholders_are_seen_whatever_surrounds_them() {
    for placeholder in [
        "changeme",
        "change-me",
        "CHANGE_ME_IN_PRODUCTION",
        "your-secret-key",
        "your_secret_key_here",
        "!!!SET DJANGO_SECRET_KEY!!!",
        "not very secret in tests",
        "not needed",
        "{{ secret_key }}",
        "${SECRET_KEY}",
        "<your key>",
    ] {
        assert!(weaknesses(placeholder).contains(&Weakness::Placeholder), "{placeholder}");
    }
    assert_eq!(weaknesses(&format!("change-me-{}", drawn(50))), [Weakness::Placeholder]);
}

#[test]
fn a_phrase_of_a_few_words_is_weak_and_one_of_twelve_drawn_words_is_not() {
    let phrase = "my shop is the best shop in this town and my cat knows";
    assert_eq!(weaknesses(phrase), [Weakness::Phrase]);
    let drawn = "cable-moth-unfit-harp-gravel-onset-brisk-yodel-tulip-spoon-radar-fjord";
    assert_eq!(weaknesses(drawn), []);
}

#[test]
fn repeats_and_runs_are_seen() {
    let key = drawn(50);
    for repeated in ["qK7x2Fw9Zp".repeat(6), format!("{key}aaaaaaaa"), key.repeat(2), "fj39dk2".repeat(9)] {
        assert!(weaknesses(&repeated).contains(&Weakness::Repeats), "{repeated}");
    }
    for run in ["34567890", "hgfedcba", "Qwertyuiop", "!@#$%^&*("] {
        assert_eq!(weaknesses(&format!("{key}{run}")), [Weakness::Sequence], "{run}");
    }
}

#[test]
fn few_characters_in_uneven_use_are_predictable() {
    let key = format!("{}{}", "abbab".repeat(4), "babaaabababbbabbaabaaabbbacde");
    assert!(weaknesses(&key).contains(&Weakness::Predictable));
}

#[test]
fn published_keys_are_recognised_and_their_source_named() {
    let key = concat!("cg#p$g+j9tax!#a3cup", "@1$8obt2_+&k3q+pmu)5%asj6yjpkag");
    assert_eq!(weaknesses(key), [Weakness::Sample("MDN's Django tutorial")]);
    assert!(weaknesses("django_tests_secret_key").contains(&Weakness::Sample("Django's own test suite")));
}

#[test]
fn an_empty_key_is_called_empty() {
    assert_eq!(weaknesses("")[0], Weakness::Empty);
    assert_eq!(weaknesses("  \n")[0], Weakness::Empty);
}

#[test]
fn no_key_drawn_at_random_is_called_weak() {
    for (name, format) in Format::ALL {
        let mut random = seeded(0x5eed);
        for _ in 0..10_000 {
            let key = generate(format, None, &mut random).unwrap();
            assert_eq!(weaknesses(key.expose()), [], "a key of the format {name}");
        }
    }
}

#[test]
fn the_sentences_end_what_begins_with_the_key() {
    let sentences: Vec<String> =
        weaknesses("django-insecure-change-me").iter().map(ToString::to_string).collect();
    assert_eq!(
        sentences,
        [
            "begins with django-insecure-, the mark of startproject's development keys",
            "has fewer than 50 characters",
            "is a placeholder, or holds one",
            "is a phrase of a few plain words",
            "holds less than 128 bits: a few characters make up most of it",
        ]
    );
}

#[test]
fn the_logarithm_is_right_to_four_digits() {
    for (n, expected) in [(1, 0), (2, 65_536), (3, 103_872), (10, 217_706), (50, 369_876), (4096, 786_432)] {
        assert!(log2(n).abs_diff(expected) <= 2, "{n}: {}", log2(n));
    }
}

fn drawn(length: usize) -> String {
    let alphabet: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    let mut random = seeded(42);
    let mut bytes = alloc::vec![0; length];
    random(&mut bytes);
    bytes.iter().map(|byte| alphabet[usize::from(*byte) % alphabet.len()]).collect()
}

/// SplitMix64: the same bytes on every run.
fn seeded(mut state: u64) -> impl FnMut(&mut [u8]) {
    move |bytes| {
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}
