"""The settings file: its defaults, its paths, and that one run names everything that is wrong."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import Rate, SecretError, Settings, SettingsError, load, warnings

LEAST = """
[company]
name = "North Wind"
[mailbox]
address = "Payments@Example.test"
imap = { host = "127.0.0.1", port = 1143, security = "none" }
smtp = { host = "127.0.0.1", port = 1587, security = "none" }
"""
CAST = """
[[people]]
name = "Rita"
email = "rita@example.test"
roles = ["requester"]
[[people]]
name = "Adam"
email = "adam@example.test"
aliases = ["boss@example.test"]
roles = ["approver"]
[[people]]
name = "Ada"
email = "ada@example.test"
roles = ["approver", "operator"]
[[people]]
name = "Fiona"
email = "fiona@example.test"
roles = ["accountant"]
"""
RULE = """
[[approval]]
when = {}
steps = [ { any = ["adam@example.test"] } ]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "countersign.toml"
    path.write_text(text, encoding="utf-8")
    return path


def good(folder: Path, *, top: str = "", cast: str = CAST, rules: str = RULE, more: str = "") -> Settings:
    return load(write(folder, top + LEAST + more + cast + rules), {})


def problems(folder: Path, *, top: str = "", cast: str = CAST, rules: str = RULE, more: str = "") -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        good(folder, top=top, cast=cast, rules=rules, more=more)
    return {problem.key: problem.text for problem in caught.value.problems}


def rule(when: str, steps: str) -> str:
    return f"[[approval]]\nwhen = {when}\nsteps = {steps}\n"


# defaults and values


def test_the_least_file_gets_every_default(folder: Path) -> None:
    settings = good(folder)
    assert settings.language == "ru"
    assert settings.timezone.key == "Europe/Moscow"
    assert settings.company.reference_prefix == "PAY"
    assert settings.mailbox.poll == timedelta(seconds=30)
    assert settings.mailbox.max_size == 25 * 1024 * 1024
    assert settings.mailbox.answers_per_sender == Rate(20, timedelta(hours=1))
    assert settings.mailbox.authserv_id == ()
    assert settings.mailbox.read_from is None
    assert settings.notices.paid_delay == timedelta(minutes=10)
    assert settings.notices.morning == time(9)
    assert settings.decisions.undo_window is None
    assert settings.contractor.language == "auto"


def test_paths_begin_at_the_folder_of_the_file(folder: Path) -> None:
    settings = good(folder)
    assert settings.data_dir == folder / "var"
    assert settings.journal == f"sqlite:///{folder}/var/journal.db"
    assert settings.registries[0].path == folder / "registry.xlsx"
    assert settings.materials.path == folder / "materials"
    assert settings.mailbox.password_file == folder / "secrets" / "mailbox"


def test_absolute_paths_stay_as_they_are(folder: Path) -> None:
    settings = good(folder, top='journal = "sqlite:////srv/journal.db?timeout=5"\ndata_dir = "/srv/var"\n')
    assert settings.journal == "sqlite:////srv/journal.db?timeout=5"
    assert settings.data_dir == Path("/srv/var")


def test_a_relative_name_of_the_file_still_gives_absolute_paths(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, LEAST + CAST + RULE)
    monkeypatch.chdir(folder)
    assert load(Path("countersign.toml"), {}).data_dir == folder / "var"


def test_a_postgresql_journal_names_its_driver(folder: Path) -> None:
    settings = good(folder, top='journal = "postgresql://app:hidden@db/countersign"\n')
    assert settings.journal == "postgresql+psycopg://app:hidden@db/countersign"
    assert "hidden" not in repr(settings)


def test_values_are_read_into_what_they_mean(folder: Path) -> None:
    text = LEAST + (
        'poll = "2m"\nmax_size = "500KB"\nread_from = 2026-11-16\nanswers_per_sender = "5/d"\n'
        '[notices]\npaid_delay = "0s"\nmorning = "8:30"\n[decisions]\nundo_window = "12h"\n'
        '[keywords]\nreturn = ["назад"]\n[registry]\naliases = { amount = ["Sum"] }\n'
    )
    settings = load(write(folder, text + CAST + RULE), {})
    assert settings.mailbox.poll == timedelta(minutes=2)
    assert settings.mailbox.max_size == 500 * 1024
    assert settings.mailbox.read_from == date(2026, 11, 16)
    assert settings.mailbox.answers_per_sender == Rate(5, timedelta(days=1))
    assert settings.notices.paid_delay == timedelta(0)
    assert settings.notices.morning == time(8, 30)
    assert settings.decisions.undo_window == timedelta(hours=12)
    assert settings.keywords.return_ == ("назад",)
    assert settings.registries[0].aliases == {"amount": ("Sum",)}


def test_addresses_are_compared_without_case(folder: Path) -> None:
    settings = good(folder, rules=RULE.replace("adam@", "Adam@"))
    assert settings.mailbox.address == "payments@example.test"
    assert settings.mailbox.login == "payments@example.test"
    assert settings.approval[0].steps[0].people == ("adam@example.test",)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Rita@Почта.рф", "rita@xn--80a1acny.xn--p1ai"), ("rita@mail", "rita@mail"), ("r.o+x@a-b.ru", "r.o+x@a-b.ru")],
)
def test_an_address_reads_as_letters_show_it(folder: Path, typed: str, read: str) -> None:
    assert good(folder, cast=CAST.replace("rita@example.test", typed)).people[0].email == read


@pytest.mark.parametrize("typed", ["rita", "Rita <rita@example.test>", "rita@example.test, r@example.test", "a b@c.ru"])
def test_what_is_no_plain_address_is_a_problem(folder: Path, typed: str) -> None:
    found = problems(folder, cast=CAST.replace("rita@example.test", typed))
    assert "is not an e-mail address" in found["people[1].email"]


def test_people_speak_the_language_of_the_installation_unless_they_name_one(folder: Path) -> None:
    cast = CAST.replace('roles = ["accountant"]', 'roles = ["accountant"]\nlanguage = "ru"')
    languages = {person.name: person.language for person in good(folder, top='language = "en"\n', cast=cast).people}
    assert languages == {"Rita": "en", "Adam": "en", "Ada": "en", "Fiona": "ru"}


@pytest.mark.parametrize(
    ("step", "needed"),
    [
        ('{ any = ["adam@example.test", "ada@example.test"] }', 1),
        ('{ all = ["adam@example.test", "ada@example.test"] }', 2),
        ('{ quorum = 1, of = ["adam@example.test", "ada@example.test"] }', 1),
    ],
)
def test_a_step_knows_how_many_it_needs(folder: Path, step: str, needed: int) -> None:
    only = good(folder, rules=rule("{}", f"[{step}]")).approval[0].steps[0]
    assert only.needed == needed
    assert only.people == ("adam@example.test", "ada@example.test")


@pytest.mark.parametrize("amount", ['"500000"', "500000", '"500 000"', "500000.0"])
def test_bounds_may_be_text_or_numbers(folder: Path, amount: str) -> None:
    rules = rule(f'{{ currency = "rub", amount_from = {amount} }}', '[{ any = ["ada@example.test"] }]') + RULE
    when = good(folder, rules=rules).approval[0].when
    assert when.amount_from == Decimal("500000")
    assert when.currency == "RUB"


def test_a_file_saved_with_a_byte_order_mark_is_read(folder: Path) -> None:
    path = folder / "countersign.toml"
    path.write_text(LEAST + CAST + RULE, encoding="utf-8-sig")
    assert load(path, {}).company.name == "North Wind"


# secrets


def test_the_password_is_read_from_its_file_when_asked_for(folder: Path) -> None:
    settings = good(folder)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "mailbox").write_text("open sesame\n", encoding="utf-8")
    assert settings.mailbox.password() == "open sesame"
    assert "sesame" not in repr(settings)


def test_the_password_may_stand_in_the_environment(folder: Path) -> None:
    path = write(folder, LEAST + 'password_env = "MAILBOX_PASSWORD"\n' + CAST + RULE)
    settings = load(path, {"MAILBOX_PASSWORD": "open sesame"})
    assert settings.mailbox.password() == "open sesame"
    assert "sesame" not in repr(settings)


def test_a_missing_password_says_where_it_should_be(folder: Path) -> None:
    with pytest.raises(SecretError, match=r"secrets/mailbox cannot be read: No such file"):
        good(folder).mailbox.password()
    settings = load(write(folder, LEAST + 'password_env = "NOWHERE"\n' + CAST + RULE), {})
    with pytest.raises(SecretError, match="NOWHERE"):
        settings.mailbox.password()


def test_signing_in_by_token_needs_no_password(folder: Path) -> None:
    oauth = (
        '[mailbox.oauth]\nprovider = "microsoft"\ntenant = "t"\nclient_id = "c"\nclient_secret_env = "OAUTH_SECRET"\n'
    )
    settings = load(write(folder, LEAST + oauth + CAST + RULE), {"OAUTH_SECRET": "hush"})
    assert settings.mailbox.password_file is None
    assert settings.mailbox.oauth is not None
    assert settings.mailbox.oauth.client_secret() == "hush"


# problems


def test_every_problem_is_named_at_once(folder: Path) -> None:
    text = (
        'language = "de"\ntimezone = "Moscow"\njournal = "mysql://x"\ncolour = "red"\n'
        '[company]\nname = ""\ninn = "123"\nreference_prefix = "pay-1"\n'
        '[mailbox]\naddress = "payments"\nimap = { host = "h", port = "1143", securty = "none" }\n'
        'poll = "soon"\nmax_size = "big"\nplus_addressing = "yes"\nanswers_per_sender = 20\n'
        '[notices]\npaid_delay = 10\n[decisions]\nundo_window = "always"\n'
        '[[people]]\nname = "Rita"\nemail = "rita@example.test"\nroles = ["boss"]\n'
        '[[approval]]\nwhen = { amount_from = "-5", amount_to = "10" }\nsteps = [ { any = ["nobody@example.test"] } ]\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(write(folder, text), {})
    named = {problem.key for problem in caught.value.problems}
    assert named == {
        "language", "timezone", "journal", "colour", "company.name", "company.inn", "company.reference_prefix",
        "mailbox.address", "mailbox.imap.port", "mailbox.imap.securty", "mailbox.smtp", "mailbox.poll",
        "mailbox.max_size", "mailbox.plus_addressing", "mailbox.answers_per_sender", "notices.paid_delay",
        "decisions.undo_window", "people", "people[1].roles[1]", "approval[1].when.amount_from",
        "approval[1].when.currency", "approval[1].when", "approval[1].steps[1].any",
    }  # fmt: skip
    assert all(f"{problem.key}: {problem.text}" in str(caught.value) for problem in caught.value.problems)


def test_one_mistake_is_named_once(folder: Path) -> None:
    cast = CAST.replace('["accountant"]', '"accountant"')
    rules = '[[approval]]\nsteps = [ { any = ["ada@example.test"] } ]\n' + RULE
    assert problems(folder, cast=cast, rules=rules) == {
        "people[4].roles": "must be a list in square brackets",
        "approval[1].when": "is required",
    }


def test_a_misspelt_key_is_answered_with_the_right_one(folder: Path) -> None:
    found = problems(folder, more='[mailbox.oauth]\nprovder = "google"\n[notices]\npaid_dely = "10m"\n')
    assert found["notices.paid_dely"] == 'is not a known key; did you mean "paid_delay"?'
    assert found["mailbox.oauth.provder"] == 'is not a known key; did you mean "provider"?'
    assert found["mailbox.oauth.provider"] == "is required"


def test_a_file_that_is_not_there_names_the_way_to_make_one(folder: Path) -> None:
    with pytest.raises(SettingsError, match="countersign init"):
        load(folder / "none.toml", {})


@pytest.mark.parametrize("content", [b"= broken", b"a = 1\na = 2", b"name = \xff"])
def test_a_file_that_is_no_toml_is_one_problem(folder: Path, content: bytes) -> None:
    path = folder / "countersign.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load(path, {})
    assert len(caught.value.problems) == 1


def test_an_address_belongs_to_one_person(folder: Path) -> None:
    cast = CAST + '[[people]]\nname = "B"\nemail = "BOSS@example.test"\nroles = ["requester"]\n'
    assert problems(folder, cast=cast) == {
        "people[5].email": "boss@example.test is named twice; every address belongs to one person"
    }


def test_the_mailbox_is_nobodys_address(folder: Path) -> None:
    cast = CAST + '[[people]]\nname = "P"\nemail = "payments@example.test"\nroles = ["requester"]\n'
    assert set(problems(folder, cast=cast)) == {"people[5].email"}


def test_somebody_must_approve_and_somebody_must_pay(folder: Path) -> None:
    cast = CAST.replace('"approver"', '"requester"').replace('"accountant"', '"requester"')
    with pytest.raises(SettingsError) as caught:
        good(folder, cast=cast)
    texts = [problem.text for problem in caught.value.problems]
    assert any("role approver; at least one" in text for text in texts)
    assert any("role accountant; at least one" in text for text in texts)


@pytest.mark.parametrize(
    ("steps", "key", "text"),
    [
        ("[]", "steps", "must not be empty"),
        ('[{ any = ["rita@example.test"] }]', "steps[1].any", "does not have the role approver"),
        ('[{ any = ["boss@example.test"] }]', "steps[1].any", "is an alias; name the main address adam@example.test"),
        ('[{ all = ["ada@example.test", "Ada@example.test"] }]', "steps[1].all", "is named twice"),
        ('[{ quorum = 3, of = ["ada@example.test", "adam@example.test"] }]', "steps[1].quorum", "between 1 and 2"),
        ('[{ quorum = 0, of = ["ada@example.test"] }]', "steps[1].quorum", "from 1 up"),
        ('[{ of = ["ada@example.test"] }]', "steps[1].quorum", "is required"),
        ('[{ quorum = 1, any = ["ada@example.test"] }]', "steps[1].quorum", 'goes with "of"'),
        ('[{ any = ["ada@example.test"], all = ["adam@example.test"] }]', "steps[1]", "exactly one of"),
        ("[{}]", "steps[1]", "exactly one of"),
        ("[{ any = [] }]", "steps[1].any", "at least one person"),
    ],
)
def test_a_step_that_cannot_work_is_a_problem(folder: Path, steps: str, key: str, text: str) -> None:
    found = problems(folder, rules=rule("{}", steps))
    assert list(found) == [f"approval[1].{key}"]
    assert text in found[f"approval[1].{key}"]


@pytest.mark.parametrize(
    ("when", "key", "text"),
    [
        ('{ amount_from = "5" }', "currency", "is required beside amount_from"),
        ('{ currency = "RUB", amount_from = "10", amount_to = "10" }', "amount_to", "more than amount_from"),
        ('{ requester = "mallory@example.test" }', "requester", "not in [[people]]"),
        ('{ contractor = "12345" }', "contractor", "10 digits"),
        ('{ currency = "RUR" }', "currency", "three letters"),
        ("{}", "", "takes every request"),
    ],
)
def test_a_condition_that_cannot_work_is_a_problem(folder: Path, when: str, key: str, text: str) -> None:
    found = problems(folder, rules=rule(when, '[{ any = ["ada@example.test"] }]') + RULE)
    name = f"approval[1].when.{key}" if key else "approval[1].when"
    assert list(found) == [name]
    assert text in found[name]


def test_the_last_rule_takes_everything(folder: Path) -> None:
    found = problems(folder, rules=rule('{ currency = "RUB" }', '[{ any = ["ada@example.test"] }]'))
    assert found == {"approval[1].when": "the last rule must take everything that is left: when = {}"}


def test_a_google_registry_needs_its_spreadsheet(folder: Path) -> None:
    found = problems(folder, more='[registry]\nkind = "google"\n')
    assert set(found) == {"registry.spreadsheet", "registry.credentials_file"}


def test_keys_of_the_other_kind_of_registry_only_warn(folder: Path) -> None:
    settings = good(folder, more='[registry]\nspreadsheet = "id"\n')
    assert "registry.spreadsheet" in {warning.key for warning in warnings(settings)}


def test_an_alias_of_an_unknown_column_is_a_problem(folder: Path) -> None:
    found = problems(folder, more='[registry]\naliases = { sum = ["Sum"] }\n')
    assert list(found) == ["registry.aliases.sum"]


def test_several_registries_have_names_and_share_the_requests_out(folder: Path) -> None:
    two = (
        '[[registry]]\nname = "euro"\nwhen = { currency = "EUR" }\npath = "euro.xlsx"\n'
        '[[registry]]\nname = "rest"\nwhen = {}\n'
    )
    assert [one.name for one in good(folder, more=two).registries] == ["euro", "rest"]
    found = problems(folder, more='[[registry]]\n[[registry]]\nname = "rest"\npoll = "0s"\n')
    assert set(found) == {"registry[1].name", "registry[1].when", "registry[2]", "registry[2].poll"}


def test_one_word_has_one_meaning(folder: Path) -> None:
    found = problems(folder, more='[keywords]\napprove = ["ага"]\nreject = ["Ага"]\n')
    assert found == {"keywords.reject": '"ага" already means approve; one word has one meaning'}


def test_two_ways_to_sign_in_are_a_problem(folder: Path) -> None:
    more = 'password_env = "A"\npassword_file = "b"\n'
    assert set(problems(folder, more=more)) == {"mailbox.password_env"}


def test_what_is_allowed_but_likely_to_hurt_is_a_warning(folder: Path) -> None:
    cast = CAST.replace('["approver", "operator"]', '["approver", "accountant"]')
    settings = good(folder, cast=cast, rules=rule("{}", '[{ any = ["ada@example.test", "adam@example.test"] }]'))
    assert [warning.key for warning in warnings(settings)] == ["people", "mailbox.authserv_id", "approval[1].steps[1]"]


def test_checking_signatures_needs_packages_that_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (LEAST + CAST + RULE).replace("[mailbox]\n", "[mailbox]\ndkim = true\n")
    assert load(write(folder, text), {}).mailbox.dkim
    monkeypatch.setattr("config.checks.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"mailbox\.dkim.*pip install"):
        load(write(folder, text), {})
