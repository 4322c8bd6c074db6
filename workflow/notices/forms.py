"""What notices say of a form: what was typed, what is wrong or missing, what the files say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from values.text import one_line
from workflow.core import events as e
from workflow.core.compare import OF_THE_INVOICE
from workflow.core.model import Field, Problem, Request
from workflow.core.purpose import says_vat
from workflow.notices.scene import (
    Params,
    Scene,
    Values,
)
from workflow.words import Words, form_text


def blank_form(scene: Scene, params: Params) -> Values:
    typed = {str(name): str(text) for name, text in params.get("typed", {}).items()}
    return {"form": form_text(scene.words.lang, typed), "understood": bool(typed)}


def form_of_request(scene: Scene, params: Params) -> Values:
    """What was typed, right or wrong, so that it can be mended; what the letter's files were refused for."""
    request = scene.request
    if request is None:
        return blank_form(scene, params)
    filled = [recorded.event for recorded in scene.history if isinstance(recorded.event, e.Filled)]
    refused = filled[-1].refused_files if filled else ()
    return {
        "form": form_text(scene.words.lang, prefilled(request), request.suggested.keys()),
        "problems": problem_lines(scene, unproposed(request)),
        "checks": check_lines(scene, request),
        "kept": kept_lines(scene, request),
        "refused_files": [scene.words.refused_file(name, reason) for name, reason in refused],
    }


def correction(scene: Scene, params: Params) -> Values:
    """Only the lines of the letter that was refused: the rest of the request is as it was."""
    problems = [Problem(*(str(part) for part in problem)) for problem in params.get("problems", ())]
    typed = {str(name): str(text) for name, text in params.get("typed", {}).items()}
    lines = form_text(scene.words.lang, typed).split("\n")
    return {
        "problems": problem_lines(scene, problems),
        "form": "\n".join(line for line in lines if not line.endswith(":")),
    }


def receipt(scene: Scene, params: Params) -> Values:
    found, request = form_of_request(scene, params), scene.request
    return {
        "refused_files": found["refused_files"],
        "no_vat": request is not None and _lacks_vat(request),
        "as_model": scene.words.text("as_model", reference=request.model) if request and request.model else "",
    }


def _lacks_vat(request: Request) -> bool:
    """A purpose in roubles that we built, and that could say nothing of VAT."""
    purpose = request.fields.get("purpose")
    built = purpose is not None and purpose.source == "computed" and request.currency == "RUB"
    return built and not says_vat(request.value("purpose"))


def prefilled(request: Request) -> dict[str, str]:
    """The form as far as it is known: what was typed, and what the files say or perhaps say where nothing was."""
    said = {name: value.value for name, value in (*request.suggested.items(), *request.found.items())}
    return said | dict(request.typed)


def unproposed(request: Request) -> list[Problem]:
    """What is wrong or missing, without lines for which there is a proposal."""
    known = set(request.suggested) | ({"bank_details"} if request.suggested.keys() & {"account", "iban"} else set())
    return [problem for problem in request.problems if problem.code != "missing" or problem.field not in known]


def problem_lines(scene: Scene, problems: Sequence[Problem]) -> list[str]:
    told = _each_once(problems)
    return list(dict.fromkeys(scene.reader.tame(scene.words.problem(problem)) for problem in told))


def _each_once(problems: Sequence[Problem]) -> list[Problem]:
    """Bank details that are missing altogether are asked for in one sentence, a missing account alone in its own."""
    missing = {problem.field for problem in problems if problem.code == "missing"}
    if not missing >= {"bank_details", "account"}:
        return list(problems)
    said = {"inn", "account"} if "inn" in missing else {"bank_details"}
    return [problem for problem in problems if problem.code != "missing" or problem.field not in said]


def check_lines(scene: Scene, request: Request) -> tuple[str, ...]:
    """What was read but must be confirmed, and where it was read. The value comes first: the mail comes back quoted,
    and a line that begins with a label would be read as his word."""
    words = scene.words
    shown = replace(request, fields={**request.fields, **request.suggested})
    return tuple(
        scene.reader.tame(
            f"{one_line(words.value(name, shown))} ({words.inside(words.label(name))}, {_read_where(value, words)})"
        )
        for name, value in request.suggested.items()
    )


def _read_where(value: Field, words: Words) -> str:
    return words.text("from_letter") if value.source == "typed" else words.source(value.source)


def kept_lines(scene: Scene, request: Request) -> list[str]:
    """What else should be known: why it waits, what the files say otherwise, which of them could not be read."""
    shown = (one for one in request.warnings if one.code.startswith(("kept_", "model_", "invoice_", *OF_THE_INVOICE)))
    return [scene.reader.tame(scene.words.warning(one)) for one in shown]
