"""The commands, each in a line or two; what they do stands in the modules beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workflow.cli.common import Session, default_path, plain_errors, session

app = typer.Typer(
    name="countersign", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Turns a mailbox and a shared spreadsheet into a payment approval process.",
)  # fmt: skip

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def start(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="The settings file.", show_default=False)] = None,
) -> None:
    """Payment approvals by mail and a shared spreadsheet."""
    context.obj = Session(config or default_path())


@app.command()
def init(
    context: typer.Context,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing.")] = False,
) -> None:
    """Ask a few questions and write a settings file with comments."""
    from workflow.cli.setup import write_first_settings

    write_first_settings(session(context).path, defaults)


@app.command()
def check(
    context: typer.Context,
    probe: Annotated[bool, typer.Option("--probe", help="Also mail a letter to the mailbox itself.")] = False,
    as_json: Json = False,
) -> None:
    """Ask settings, templates, mailbox, outgoing mail, registry, journal and folder in turn."""
    from workflow.cli.setup import check_everything

    check_everything(session(context), as_json, probe)


@app.command()
def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do all there is to do, then end.")] = False,
) -> None:
    """The daemon, in the foreground, until SIGTERM or SIGINT."""
    from workflow.cli.running import run_daemon

    run_daemon(session(context), once)


@app.command()
def demo(
    stay: Annotated[bool, typer.Option("--stay", help="Leave it running to try by hand.")] = False,
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo keeps its files.")] = Path("demo"),
    language: Annotated[str, typer.Option("--lang", help="ru or en.")] = "ru",
) -> None:
    """The whole story on an embedded mail server, with every role played."""
    from workflow.demo import play

    raise typer.Exit(play(folder, stay=stay, language=language))


@app.command()
def status(context: typer.Context, as_json: Json = False) -> None:
    """What waits for whom, what is late, what is stuck and why."""
    from workflow.cli.facts import show_status

    show_status(session(context), as_json)


@app.command("list")
def list_requests(
    context: typer.Context,
    status: Annotated[list[str] | None, typer.Option("--status", help="draft, awaiting, approved, …")] = None,
    due: Annotated[str, typer.Option("--due", help="today, week, month, overdue, or a date.")] = "",
    contractor: Annotated[str, typer.Option("--contractor", help="A name, a part of it, or an INN.")] = "",
    as_json: Json = False,
) -> None:
    """Requests, filtered."""
    from workflow.cli.facts import show_list

    show_list(session(context), status or [], due, contractor, as_json)


@app.command()
def show(context: typer.Context, reference: str, as_json: Json = False) -> None:
    """One request whole."""
    from workflow.cli.facts import show_request

    show_request(session(context), reference, as_json)


@app.command()
def form(
    context: typer.Context,
    lang: Annotated[str, typer.Option("--lang", help="ru or en.")] = "",
    contractor: Annotated[str, typer.Option("--contractor", help="A name or an INN.")] = "",
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write a list for several requests here.")] = None,
) -> None:
    """The blank form, prefilled from the last approved request to a contractor, or a workbook for several requests."""
    from workflow.cli.facts import print_form, write_list_form

    if xlsx is not None:
        write_list_form(session(context), lang, xlsx)
    else:
        print_form(session(context), lang, contractor)


@app.command()
def read(context: typer.Context, file: Path, as_json: Json = False) -> None:
    """How a letter would be read and why, changing nothing."""
    from workflow.cli.reading import explain

    explain(session(context), file, as_json)


@app.command()
def rehearse(context: typer.Context, as_json: Json = False) -> None:
    """How every letter of the mailbox would be read, changing nothing."""
    from workflow.cli.rehearsal import rehearse_mailbox

    rehearse_mailbox(session(context), as_json)


@app.command()
def reroute(
    context: typer.Context,
    reference: str,
    to: Annotated[str, typer.Option("--to", help="Who is asked now.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    instead_of: Annotated[str, typer.Option("--from", help="Whose place he takes.")] = "",
) -> None:
    """Put another approver in the place of one who cannot answer."""
    from workflow.cli.orders import reroute_request

    reroute_request(session(context), reference, to, reason, instead_of)


@app.command()
def verify(context: typer.Context, as_json: Json = False) -> None:
    """Check the chains, the materials' hashes and the registry against the journal."""
    from workflow.cli.proof import verify_everything

    verify_everything(session(context), as_json)


@app.command()
def rebuild(
    context: typer.Context,
    registry: Annotated[str, typer.Option("--registry", help="Only the registry of this name.")] = "",
) -> None:
    """Write the registry anew from the journal."""
    from workflow.cli.orders import rebuild_registry

    rebuild_registry(session(context), registry)


@app.command()
def retry(context: typer.Context, item: Annotated[str, typer.Argument(metavar="[ID]")] = "") -> None:
    """Put dead-letter deeds and set-aside letters back in the queue."""
    from workflow.cli.orders import retry_dead

    retry_dead(session(context), item)


@app.command()
def recover(
    context: typer.Context,
    release: Annotated[bool, typer.Option("--release", help="Let the notices go that were held.")] = False,
    drop: Annotated[list[int] | None, typer.Option("--drop", help="A held notice that shall not be sent.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also where no gap is seen.")] = False,
    as_json: Json = False,
) -> None:
    """Take up what registry and folder know after an older journal was put back; all mail is held."""
    from workflow.cli.recover import recover_journal

    recover_journal(session(context), release, drop or [], force, as_json)


@app.command()
def migrate(
    context: typer.Context,
    source: Annotated[str, typer.Option("--from", help="Move the journal from this database first.")] = "",
    adopt: Annotated[bool, typer.Option("--adopt", help="The mailbox or the prefix was changed on purpose.")] = False,
) -> None:
    """Bring the journal's schema up to date."""
    from workflow.cli.migrating import migrate_journal

    migrate_journal(session(context), adopt, source)


def main() -> None:
    try:
        with plain_errors():
            app()
    except typer.Exit as ended:  # raised outside of the commands, where nobody else turns it into a status
        raise SystemExit(ended.exit_code) from None
