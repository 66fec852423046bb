"""Where the stand-ins of other people part from AWS's documents: for each server the check, and what it does instead.

Why keybaton's tests cannot do with awsmini alone: it moves AWSCURRENT away from whoever has it, so that no race is ever
lost, and it looks at nobody's rights to secrets and parameters. And why not with moto alone: it has no lock.
"""

from __future__ import annotations

WITHOUT_RIGHTS = "looks at the rights to IAM, STS and KMS only, and lets calls pass that nobody signed"
OTHER_CODE = "says InvalidAllowedPatternException for what AWS calls a ValidationException"
NO_LIMIT = "has no such limit"
KEEPS_EMPTY = "goes on listing a version that has lost its last label"
NO_TOKEN = "wants an identity provider that nobody runs here"  # noqa: S105
NOT_JSON = "answers in XML, or with a page of its own trouble"
ANY_NAME = "takes any name"

AWSMINI = {
    "test_a_session_token_that_does_not_fit_is_refused": "does not compare it",
    "test_a_call_without_a_signature_is_refused": WITHOUT_RIGHTS,
    "test_a_web_identity_plays_a_role": NO_TOKEN,
    "test_what_is_no_token_plays_no_role": NO_TOKEN,
    "test_the_type_cannot_change": "changes it",
    "test_a_new_one_needs_a_type": OTHER_CODE,
    "test_the_standard_tier_holds_4_kib_and_the_advanced_8": OTHER_CODE,
    "test_the_advanced_tier_cannot_be_left": "leaves it",
    "test_intelligent_tiering_takes_what_is_needed": "tells that as the tier",
    "test_some_values_cannot_be[]": OTHER_CODE,
    "test_some_values_cannot_be[{{other}}]": NO_LIMIT,
    "test_some_values_cannot_be[a {{ssm:other}} b]": NO_LIMIT,
    "test_some_names_cannot_be[/aws/a]": OTHER_CODE,
    "test_some_names_cannot_be[/ssmx]": OTHER_CODE,
    "test_some_names_cannot_be[a/b]": ANY_NAME,
    "test_some_names_cannot_be[/a b]": ANY_NAME,
    "test_some_names_cannot_be[/a?b]": ANY_NAME,
    "test_some_names_cannot_be[/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a]": ANY_NAME,
    "test_tags_come_with_the_first_version_only": OTHER_CODE,
    "test_who_has_no_right_to_a_parameter_is_denied_with_the_action_and_the_resource": WITHOUT_RIGHTS,
    "test_rotation_wants_a_lambda": "switches it on without one",
    "test_who_has_no_right_to_a_secret_is_denied_with_the_action_and_the_resource": WITHOUT_RIGHTS,
    "test_a_right_is_for_the_secret_that_it_names": WITHOUT_RIGHTS,
    "test_a_replica_cannot_be_written": "says InvalidRequestException for what AWS calls an InvalidParameterException",
    "test_current_does_not_move_from_a_version_that_has_lost_it": "moves it, whoever has it",
    "test_of_twenty_moves_at_once_one_is_done": "does all twenty",
    "test_previous_goes_on_with_current_and_leaves_its_old_place": KEEPS_EMPTY,
    "test_a_version_without_labels_can_still_be_read_by_its_id": KEEPS_EMPTY,
}

MOTO = {
    "test_an_unknown_key_is_invalid": NOT_JSON,
    "test_a_wrong_signature_is_refused": NOT_JSON,
    "test_a_session_token_that_does_not_fit_is_refused": NOT_JSON,
    "test_a_call_without_a_signature_is_refused": NOT_JSON,
    "test_a_web_identity_plays_a_role": NOT_JSON,
    "test_what_is_no_token_plays_no_role": NOT_JSON,
    "test_a_secure_string_is_shown_only_decrypted": "puts the name of the key before the text",
    "test_the_type_cannot_change": "changes it",
    "test_the_standard_tier_holds_4_kib_and_the_advanced_8": NO_LIMIT,
    "test_the_advanced_tier_cannot_be_left": "leaves it",
    "test_intelligent_tiering_takes_what_is_needed": "tells that as the tier",
    "test_some_values_cannot_be[{{other}}]": NO_LIMIT,
    "test_some_values_cannot_be[a {{ssm:other}} b]": NO_LIMIT,
    "test_some_names_cannot_be[a/b]": ANY_NAME,
    "test_some_names_cannot_be[/a b]": ANY_NAME,
    "test_some_names_cannot_be[/a?b]": ANY_NAME,
    "test_some_names_cannot_be[/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a]": ANY_NAME,
    "test_who_has_no_right_to_a_parameter_is_denied_with_the_action_and_the_resource": NOT_JSON,
    "test_a_secret_that_is_not_there_is_not_found": NOT_JSON,
    "test_a_name_has_letters_of_a_short_list[a b]": ANY_NAME,
    "test_a_name_has_letters_of_a_short_list[a:b]": ANY_NAME,
    "test_a_name_has_letters_of_a_short_list[a#]": ANY_NAME,
    "test_64_kib_is_the_limit": NO_LIMIT,
    "test_a_text_and_bytes_together_are_refused": "takes both",
    "test_deleted_means_no_more_calls_until_it_is_restored": "puts values into a deleted one",
    "test_rotation_wants_a_lambda": "switches it on without one",
    "test_a_replica_says_where_it_is": "does not tell the primary region",
    "test_who_has_no_right_to_a_secret_is_denied_with_the_action_and_the_resource": NOT_JSON,
    "test_a_right_is_for_the_secret_that_it_names": NOT_JSON,
    "test_what_is_read_without_a_label_is_current_after_a_move_too": "gives what was current before the move",
    "test_of_twenty_moves_at_once_one_is_done": "has no lock, and has left two versions current",
    "test_previous_goes_on_with_current_and_leaves_its_old_place": KEEPS_EMPTY,
    "test_a_version_without_labels_can_still_be_read_by_its_id": KEEPS_EMPTY,
    "test_deprecated_versions_are_listed_only_when_asked_for": "lists them always",
    "test_a_label_is_on_one_version_only": KEEPS_EMPTY,
}

WRONG: dict[str, dict[str, str]] = {"aws": {}, "awsmini": AWSMINI, "moto": MOTO}

# What goes wrong only where threads meet.
SOMETIMES = {("moto", "test_of_twenty_moves_at_once_one_is_done")}
