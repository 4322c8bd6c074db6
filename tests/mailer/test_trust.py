# ruff: noqa: E501 (letters are kept whole)
"""Sender checks against the vectors of Authentication-Results, and the ways to fool them."""

import json
from pathlib import Path

import pytest

from mailer.address import parse_addresses
from mailer.trust import TrustRules, aligned, findings_of, judge

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "authentication_results.json").read_text("utf-8"))
GOOGLE = "mx.google.com; dmarc=pass header.from=example.ru"
INTERNAL = TrustRules(internal_header="X-MS-Exchange-Organization-AuthAs: Internal")


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_every_vector_gets_its_verdict(case):
    headers = [(name, value) for name, value in case["headers_top_to_bottom"]]
    authors = [address.email for address in parse_addresses(case["from"])]
    verdict = judge(headers, authors, TrustRules(tuple(case["trusted_authserv"])))
    assert verdict.result == case["verdict"], verdict


def test_the_parsed_form_of_the_first_vector_is_found():
    findings = findings_of(VECTORS[0]["headers_top_to_bottom"][0][1], ["mx.google.com"])
    assert [(f.method, f.result) for f in findings] == [("dkim", "pass"), ("spf", "pass"), ("dmarc", "pass")]
    assert findings[0].get("header.i") == "@example.ru"
    assert findings[2].get("header.from") == "example.ru"


def test_nothing_configured_says_nothing():
    assert judge([("Authentication-Results", GOOGLE)], ["head@example.ru"], TrustRules()).result == "none"


def test_a_semicolon_inside_a_comment_or_quotes_does_not_end_a_part():
    value = 'mx.google.com; spf=fail reason="a; dmarc=pass header.from=example.ru" (x; dmarc=pass); dmarc=fail header.from=example.ru'
    assert (
        judge([("Authentication-Results", value)], ["head@example.ru"], TrustRules(("mx.google.com",))).result == "fail"
    )


def test_an_internal_letter_is_believed_by_its_topmost_mark_only():
    mark = "X-MS-Exchange-Organization-AuthAs"
    assert judge([(mark, "Internal")], ["a@b.test"], INTERNAL).by == "internal"
    assert judge([(mark, "Anonymous"), (mark, "Internal")], ["a@b.test"], INTERNAL).result == "none"


def test_an_internal_mark_does_not_outweigh_a_failed_dmarc():
    rules = TrustRules(("mx.google.com",), "X-Internal: yes")
    headers = [("Authentication-Results", "mx.google.com; dmarc=fail header.from=b.test"), ("X-Internal", "yes")]
    assert judge(headers, ["a@b.test"], rules).result == "fail"


def test_neighbours_below_a_public_suffix_are_not_aligned():
    assert not aligned("evil.co.uk", "good.co.uk")
    assert aligned("mail.good.co.uk", "good.co.uk")
    assert not aligned("", "")


def test_two_authors_fail_even_with_a_pass():
    rules = TrustRules(("mx.google.com",))
    assert judge([("Authentication-Results", GOOGLE)], ["a@example.ru", "b@example.ru"], rules).result == "fail"


def test_a_method_result_that_only_contains_pass_is_no_pass():
    headers = [("Authentication-Results", "mx.google.com; dmarc=bypass header.from=example.ru")]
    assert judge(headers, ["head@example.ru"], TrustRules(("mx.google.com",))).result == "fail"
