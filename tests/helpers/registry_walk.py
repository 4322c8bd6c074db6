"""The steps of a random walk over a registry: what a person types, what the daemon writes."""

from hypothesis import strategies as st

from helpers.registry_cast import PAID, TODAY, added, reference
from helpers.registry_person import Person
from sheets.model import Change
from sheets.registry import Registry

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(
    lambda text: f"x{text}"  # a person's spreadsheet would read =, + and digits as something else than text
)
NUMBERS = st.integers(1, 8)
STEPS = st.one_of(
    st.tuples(st.just("comment"), NUMBERS, TEXTS),
    st.tuples(st.just("paid"), NUMBERS, st.just("")),
    st.tuples(st.just("note"), st.integers(2, 16), TEXTS),
    st.tuples(st.just("insert"), st.integers(1, 6), st.just("")),
    st.tuples(st.just("write"), NUMBERS, TEXTS),
    st.tuples(st.just("add"), NUMBERS, st.just("")),
    st.tuples(st.just("leave"), NUMBERS, st.just("")),
)
NOTES = 40  # a column that is not ours


def take(step: tuple[str, int, str], registry: Registry, person: Person, generation: int) -> None:
    """One step of either a person or the daemon."""
    kind, number, text = step
    snapshot = registry.read()
    name = reference(number)
    match kind:
        case "comment" if name in snapshot.rows:
            person.type_in(name, "comment", text)
        case "paid" if name in snapshot.rows:
            person.type_in(name, "status", PAID["en"])
            person.type_in(name, "paid_on", TODAY)
        case "note":
            person.put(number, NOTES, text)
        case "insert":
            person.insert_rows(number)
        case "write" if name in snapshot.rows:
            registry.write([Change(name, {"message": text})], snapshot.version, generation=generation)
        case "leave" if name in snapshot.rows and len(snapshot.rows) > 1:
            rows = registry.take([name], snapshot.version).rows
            assert [row.reference for row in rows] == [name]
            registry.write([], snapshot.version, generation=generation, remove=[name])
        case "add":
            registry.write([added(number)], snapshot.version, generation=generation)
