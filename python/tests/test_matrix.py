"""Which Pythons and Djangos the tests run under."""

from pathlib import Path

import matrix


def pairs(*minors: int) -> list[str]:
    return [str(pair) for pair in matrix.chosen_pairs(dict.fromkeys(minors, Path("python")))]


def test_every_django_runs_on_its_newest_python_and_every_python_once() -> None:
    assert pairs(10, 11, 12, 13) == [
        "Python 3.12, Django 4.2",
        "Python 3.12, Django 5.0",
        "Python 3.13, Django 5.1",
        "Python 3.13, Django 5.2",
        "Python 3.13, Django 6.0",
        "Python 3.13, Django 6.1",
        "Python 3.10, Django 5.2",
        "Python 3.11, Django 5.2",
        "Python 3.10, no Django",
        "Python 3.13, no Django",
    ]


def test_one_python_runs_every_django_that_it_allows() -> None:
    assert pairs(11) == [
        *(f"Python 3.11, Django {version}" for version in ("4.2", "5.0", "5.1", "5.2")),
        "Python 3.11, no Django",
    ]


def test_the_app_is_tested_with_every_django_and_nowhere_else() -> None:
    chosen = matrix.chosen_pairs(dict.fromkeys((10, 12, 13), Path("python")))
    with_app = [pair for pair in chosen if ["python/tests_django"] in matrix.suites([], pair, chosen)]
    assert with_app == [pair for pair in chosen if pair.django]
    assert {pair.django for pair in with_app} == set(matrix.DJANGOS)
    assert matrix.suites(["-k", "it"], chosen[0], chosen) == [["-k", "it"]]
