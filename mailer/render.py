"""Turns a template and its values into the subject, text and HTML of one notice.

A template is one file with the blocks `subject`, `text` and `html`. The first two are plain text and rendered without
escaping, the last one with it, so each file is compiled twice. People may put their own files over ours by name; theirs
run in a sandbox, and one that fails gives way to ours, because a notice must go out whatever happened to its looks.
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailer.errors import MailerError

SUFFIX = ".j2"
OURS = "built-in"  # an override may begin with {% extends "built-in/ru/NAME.j2" %} and change a single block
LONGEST_REPEAT = 10_000

Filters = Mapping[str, Callable[..., Any]]
Values = Mapping[str, Any]
T = TypeVar("T")


class TemplateError(MailerError):
    """A template of ours cannot be rendered with what it was given."""

    def __init__(self, text: str) -> None:
        super().__init__(text, permanent=True)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one notice."""

    subject: str
    text: str
    html: str | None


@dataclass(frozen=True, slots=True)
class Press:
    """One source of templates, compiled without escaping and with it."""

    plain: Environment
    html: Environment


def report_nothing(name: str, error: Exception) -> None:
    """What a renderer does about a broken override unless it is told otherwise."""


class Renderer:
    """Renders notices by name and language; an override that is broken gives way to ours and is reported."""

    def __init__(
        self,
        overrides: Path | None = None,
        filters: Filters | None = None,
        on_broken: Callable[[str, Exception], None] = report_nothing,
        ours: Traversable | None = None,
    ) -> None:
        self.overrides = overrides
        self.on_broken = on_broken
        built_in = Resources(ours or files("templates"))
        self.known = frozenset(built_in.list_templates())
        self._ours = _press(built_in, filters or {})
        self._theirs: Press | None = None
        if overrides is not None:
            loader = ChoiceLoader([FileSystemLoader(overrides), built_in, PrefixLoader({OURS: built_in})])
            self._theirs = _press(loader, filters or {})

    def render(self, name: str, language: str, values: Values) -> Rendered:
        """The notice `name` in that language; html is None when the template has no such block."""
        path = f"{language}/{name}{SUFFIX}"
        return self._print(path, lambda press: _notice(press, path, values))

    def subject(self, name: str, language: str, values: Values) -> str:
        """The subject alone, for links that must repeat it."""
        path = f"{language}/{name}{SUFFIX}"
        return self._print(path, lambda press: _subject(press, path, values))

    def page(self, name: str, language: str, values: Values) -> str:
        """The whole template as an HTML page, with every value escaped."""
        path = f"{language}/{name}{SUFFIX}"
        return self._print(path, lambda press: press.html.get_template(path).render(values))

    def plain(self, name: str, language: str, values: Values) -> str:
        """The whole template as plain text."""
        path = f"{language}/{name}{SUFFIX}"
        return self._print(path, lambda press: _tidy(press.plain.get_template(path).render(values)))

    def check_all(self, samples: Mapping[str, Values] | None = None) -> dict[str, str]:
        """Every override that cannot be used, with the reason; one with a sample (by path) is rendered too."""
        if self.overrides is None or self._theirs is None:
            return {}
        if not self.overrides.is_dir():
            return {str(self.overrides): "There is no such folder."}
        found: dict[str, str] = {}
        for file in sorted(self.overrides.rglob("*" + SUFFIX)):
            path = file.relative_to(self.overrides).as_posix()
            problem = self._problem(self._theirs, path, (samples or {}).get(path))
            if problem:
                found[path] = problem
        return found

    def _print(self, path: str, words: Callable[[Press], T]) -> T:
        if self._theirs is not None:
            try:
                return words(self._theirs)
            except Exception as error:
                self.on_broken(path, error)
        try:
            return words(self._ours)
        except Exception as error:
            raise TemplateError(f"The template {path} cannot be rendered: {sentence(error)}") from error

    def _problem(self, press: Press, path: str, sample: Values | None) -> str | None:
        if path not in self.known:
            return "None of our templates has this name, so this file is never used."
        try:
            template, _ = press.plain.get_template(path), press.html.get_template(path)
            if sample is not None:
                _notice(press, path, sample)
        except Exception as error:
            return sentence(error)
        if _extends(press, path):
            return None
        required = {"subject", "text"} & set(self._ours.plain.get_template(path).blocks)
        missing = sorted(required - set(template.blocks))
        return f"The file has no block {' and no block '.join(missing)}." if missing else None


class Resources(BaseLoader):
    """Loads our templates from wherever the package was installed."""

    def __init__(self, root: Traversable) -> None:
        self.root = root

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool]]:
        file = self.root.joinpath(*template.split("/"))
        if ".." in template.split("/") or not file.is_file():
            raise TemplateNotFound(template)
        return file.read_text(encoding="utf-8"), str(file), lambda: True

    def list_templates(self) -> list[str]:
        return sorted(_below(self.root, ""))


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that also refuses to fill the memory by multiplying texts."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        sizes = [side for side in (left, right) if isinstance(side, int)]
        repeated = any(isinstance(side, Sequence) for side in (left, right))
        if operator == "**" or (repeated and any(size > LONGEST_REPEAT for size in sizes)):
            raise SecurityError(f"The operation {operator} would make too large a result.")
        return super().call_binop(context, operator, left, right)


class FirstPass(dict[str, list[Any]]):
    """Blocks that print nothing while the top of a template runs (imports, parents), and afterwards are themselves."""

    silent = True

    def __getitem__(self, name: str) -> list[Any]:
        return [_no_words] if self.silent else super().__getitem__(name)


def wrap(text: object, width: int = 72, indent: str = "", lead: str = "") -> str:
    """Text folded at `width`, its own line breaks kept; continued lines begin with `indent`, every line with `lead`."""
    lines: list[str] = []
    for line in str(text).splitlines() or [""]:
        folded = textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
        )
        lines += folded or [""]
    return "\n".join((lead + line).rstrip() for line in lines)


def sentence(error: Exception) -> str:
    """What is wrong with a template, with its place where Jinja knows it."""
    place = f" (line {line})" if (line := getattr(error, "lineno", None)) else ""
    return f"{str(error).strip().rstrip('.') or type(error).__name__}{place}."


def _press(loader: BaseLoader, filters: Filters) -> Press:
    return Press(_environment(loader, filters, escape=False), _environment(loader, filters, escape=True))


def _environment(loader: BaseLoader, filters: Filters, *, escape: bool) -> Environment:
    environment = Sandbox(
        loader=loader, autoescape=escape, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=False
    )
    environment.filters["wrap"] = wrap
    environment.filters.update(filters)
    return environment


def _notice(press: Press, path: str, values: Values) -> Rendered:
    words = _blocks(press.plain, path, values, ("subject", "text"))
    page = _blocks(press.html, path, values, ("html",)).get("html")
    for name in ("subject", "text"):
        if name not in words:
            raise TemplateNotFound(path, f"it has no block {name}")
    html = None if page is None else page.strip() + "\n"
    return Rendered(" ".join(words["subject"].split()), _tidy(words["text"]), html)


def _subject(press: Press, path: str, values: Values) -> str:
    return " ".join(_blocks(press.plain, path, values, ("subject",))["subject"].split())


def _blocks(environment: Environment, path: str, values: Values, names: Sequence[str]) -> dict[str, str]:
    """The named blocks that the template or its parents have; nothing else of it is rendered."""
    template = environment.get_template(path)
    context = template.new_context(dict(values))
    blocks = FirstPass(context.blocks)
    context.blocks = blocks
    for _ in template.root_render_func(context):
        pass
    blocks.silent = False
    return {name: "".join(blocks[name][0](context)) for name in names if name in blocks}


def _no_words(context: Any) -> Iterator[str]:
    return iter(())


def _tidy(text: str) -> str:
    """No blanks at line ends, never two empty lines in a row, one line break at the end."""
    lines: list[str] = []
    for line in text.strip("\r\n").splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).rstrip() + "\n"


def _extends(press: Press, path: str) -> bool:
    assert press.plain.loader is not None
    source, _, _ = press.plain.loader.get_source(press.plain, path)
    return "extends" in {token for _, kind, token in press.plain.lex(source) if kind == "name"}


def _below(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            yield prefix + entry.name
