"""Where each request has its row: in which registry, and in which of its yearly archives once it rests there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, and_, func, or_, select, update

from workflow.core.model import CLOSED, Reference, Request
from workflow.journal import tables
from workflow.journal.engine import reading
from workflow.journal.stamp import stamp

_STATE: TypeAdapter[Request] = TypeAdapter(Request)
_CLOSED = sorted(status.value for status in CLOSED)


@dataclass(frozen=True, slots=True)
class Home:
    """The registry of a request, and the year of the archive its row went to."""

    registry: str
    archive: str | None = None


class Homes:
    """Look-ups of homes, and their renewal when the settings name other registries."""

    engine: Engine

    def homes(self, references: Sequence[Reference]) -> dict[Reference, Home]:
        """The homes of these requests; a reference that is none of ours has no home."""
        table = tables.requests
        query = select(table.c.reference, table.c.registry, table.c.archive)
        found: dict[Reference, Home] = {}
        with reading(self.engine) as connection:
            for start in range(0, len(references), 500):
                part = query.where(table.c.reference.in_(references[start : start + 500]))
                found |= {row.reference: Home(row.registry, row.archive) for row in connection.execute(part)}
        return found

    # --- archives -----------------------------------------------------------------------------------------------------

    def resting(self, registry: str, before: datetime, limit: int) -> list[Reference]:
        """Closed requests of a registry that have not stirred since then and are not in an archive, oldest first."""
        table = tables.requests
        query = select(table.c.reference).where(
            table.c.registry == registry, table.c.archive.is_(None), table.c.updated_at < stamp(before),
            table.c.status.in_(_CLOSED),
        )  # fmt: skip
        with reading(self.engine) as connection:
            return list(connection.execute(query.order_by(table.c.updated_at).limit(limit)).scalars())

    def live_rows(self, registry: str) -> int:
        """How many requests have their row in a registry itself."""
        table = tables.requests
        query = select(func.count()).where(table.c.registry == registry, table.c.archive.is_(None))
        with reading(self.engine) as connection:
            return connection.execute(query).scalar_one()

    def note_archived(self, years: Mapping[Reference, str], before: datetime) -> set[Reference]:
        """The archive has these rows; those requests that have not stirred meanwhile are noted as resting there."""
        table, noted = tables.requests, set[Reference]()
        rests = and_(table.c.status.in_(_CLOSED), table.c.updated_at < stamp(before))
        with self.engine.begin() as connection:
            for year in sorted(set(years.values())):
                here = [reference for reference, of in years.items() if of == year]
                for start in range(0, len(here), 500):
                    which = and_(table.c.reference.in_(here[start : start + 500]), or_(rests, table.c.archive == year))
                    marked = update(table).where(which).values(archive=year).returning(table.c.reference)
                    noted.update(connection.execute(marked).scalars())
        return noted

    def archives(self, registry: str) -> list[str]:
        """The years for which a registry has an archive, as far as requests rest in it."""
        table = tables.requests
        query = select(table.c.archive).distinct().where(table.c.registry == registry, table.c.archive.is_not(None))
        with reading(self.engine) as connection:
            return sorted(connection.execute(query).scalars())

    def left_over(self, registry: str) -> dict[Reference, str]:
        """Requests noted as resting in an archive whose rows are agreed with the registry still, with the year."""
        requests, agreed = tables.requests, tables.agreements
        joined = requests.join(agreed, agreed.c.reference == requests.c.reference)
        query = select(requests.c.reference, requests.c.archive).select_from(joined).where(
            requests.c.registry == registry, requests.c.archive.is_not(None),
            agreed.c.registry == registry, agreed.c.current.is_(True),
        )  # fmt: skip
        with reading(self.engine) as connection:
            return {row.reference: row.archive for row in connection.execute(query)}

    def in_archives(self, registry: str, references: Sequence[Reference] | None = None) -> dict[Reference, str]:
        """Requests with a row in an archive of this registry though they rest there no more, with the year; all, or
        those of the ones named."""
        book, agreed, table = tables.registries, tables.agreements, tables.requests
        found: dict[Reference, str] = {}
        with reading(self.engine) as connection:
            archives = book.c.name.startswith(f"{registry}/", autoescape=True)
            names = connection.execute(select(book.c.name).where(archives)).scalars().all()
            for name in names:
                year = name.rpartition("/")[2]
                query = select(agreed.c.reference).join(table, table.c.reference == agreed.c.reference).where(
                    agreed.c.registry == name, agreed.c.current.is_(True),
                    or_(table.c.archive.is_(None), table.c.archive != year),
                )  # fmt: skip
                if references is not None:
                    query = query.where(agreed.c.reference.in_(references))
                found |= dict.fromkeys(connection.execute(query).scalars(), year)
        return found

    # --- other settings -----------------------------------------------------------------------------------------------

    def settle_homes(
        self, names: Iterable[str], registry_of: Callable[[Request], str]
    ) -> dict[Reference, tuple[str, str]]:
        """At the start: open requests go where the rules say now, closed ones only where their registry is gone. The
        moved ones with their former and new registry; waiting deeds follow."""
        names = list(names)
        table = tables.requests
        moved: dict[Reference, tuple[str, str]] = {}
        with self.engine.begin() as connection:
            asked = or_(table.c.status.not_in(_CLOSED), table.c.registry.not_in(names))
            query = select(table.c.reference, table.c.registry, table.c.state).where(asked)
            for row in connection.execute(query).all():
                home = registry_of(_STATE.validate_json(row.state))
                if home != row.registry:
                    moved[row.reference] = (row.registry, home)
            for reference, (_, home) in moved.items():
                connection.execute(update(table).where(table.c.reference == reference).values(registry=home))
            _readdress(connection, names)
        return moved

    def rename_registry(self, old: str, new: str) -> None:
        """A registry that the settings call by another name now: everything that was agreed with it stays so."""
        with self.engine.begin() as connection:
            book = tables.registries
            connection.execute(book.delete().where(book.c.name == new))
            for name in connection.execute(select(book.c.name)).scalars().all():
                if name == old or name.startswith(f"{old}/"):  # its archives
                    now = new + name.removeprefix(old)
                    connection.execute(update(book).where(book.c.name == name).values(name=now))
                    table = tables.agreements
                    connection.execute(update(table).where(table.c.registry == name).values(registry=now))
            for table in (tables.requests, tables.deeds):
                connection.execute(update(table).where(table.c.registry == old).values(registry=new))

    def former_registry(self, identity: str, names: Iterable[str]) -> str | None:
        """The registry of this identity that the settings do not name any more."""
        book = tables.registries
        query = select(book.c.name).where(book.c.identity == identity, book.c.name.not_in(list(names)))
        with reading(self.engine) as connection:
            return connection.execute(query.limit(1)).scalar()


def _readdress(connection: Connection, names: Sequence[str]) -> None:
    """Deeds for a registry that is not there any more go to the home of their request."""
    deeds, requests = tables.deeds, tables.requests
    lost = and_(
        deeds.c.lane == "registry", deeds.c.state.in_(("due", "leased")), deeds.c.reference.is_not(None),
        or_(deeds.c.registry.is_(None), deeds.c.registry.not_in(names)),
    )  # fmt: skip
    home = select(requests.c.registry).where(requests.c.reference == deeds.c.reference).scalar_subquery()
    connection.execute(update(deeds).where(lost).values(registry=home))
