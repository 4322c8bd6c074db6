"""Addresses out of honest and dishonest header fields."""

import pytest

from mailer.address import any_addresses, fold, parse_addresses, single_author


@pytest.mark.parametrize(
    ("field", "author"),
    [
        ("head@example.test", "head@example.test"),
        ("Антон Головин <Head@Example.test>", "head@example.test"),
        ('"Головин, Антон" <head@example.test>', "head@example.test"),
        ("=?utf-8?B?0JDQvdGC0L7QvQ==?= <head@example.test>", "head@example.test"),
        ("head@example.test (Anton)", "head@example.test"),
        ('"head@example.test" <evil@bad.test>', "evil@bad.test"),
        ("=?utf-8?Q?head=40example=2Etest=2C?= <evil@bad.test>", "evil@bad.test"),
        ("head@example.test <evil@bad.test>", "evil@bad.test"),
        ("head@example.test, evil@bad.test", None),
        ("<head@example.test> <evil@bad.test>", None),
        ("head@example.test evil@bad.test", None),
        ("undisclosed-recipients:;", None),
        ("", None),
        ("head@пример.рф", "head@xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_the_author_is_the_one_real_address(field, author):
    found = single_author([field])
    assert (found.email if found else None) == author


def test_two_from_fields_have_no_author():
    assert single_author(["a@b.test", "a@b.test"]) is None
    assert single_author([]) is None


def test_a_name_is_decoded_for_people():
    assert parse_addresses("=?koi8-r?B?4c7UzsE=?= <a@b.test>")[0].name == "Антна"


def test_groups_lists_and_noise_give_their_addresses():
    assert [a.email for a in parse_addresses("Team: a@b.test, C <d@e.test>; f@g.test, nobody")] == [
        "a@b.test",
        "d@e.test",
        "f@g.test",
    ]
    assert any_addresses("<Pay+TOKEN@x.test>, 'y@z.test'") == ("Pay+TOKEN@x.test", "y@z.test")


def test_folding_makes_spellings_equal():
    assert fold(" Head@EXAMPLE.test. ") == "head@example.test"


def test_a_hostile_field_costs_linear_time():
    assert single_author(['"' + "\\" * 100_000]) is None
    assert single_author(["(" * 100_000]) is None
    assert single_author(["," * 100_000]) is None
