"""Whether our own receiving server vouches for the sender: Authentication-Results read tolerantly, judged strictly.

Anybody can put such a field into a letter; our server's own stands on top of them. So only the topmost field that bears
a configured name counts, and what is below it is hearsay. Microsoft 365 writes no name: `#microsoft365` trusts that
shape; `*.yandex.net` trusts every host below a domain. DMARC decides where it was checked, else an aligned DKIM
signature; SPF alone says nothing about From. A signature that we check ourselves (`dkim`) is a second line: it must
bear out what the server says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mailer.address import domain_of, fold_domain

Result = Literal["pass", "fail", "none"]
FIELD = "authentication-results"
MICROSOFT = "#microsoft365"
MAX_LENGTH = 20_000
_METHOD = re.compile(r"^([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)\b(.*)$", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([a-z]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*((?:\"[^\"]*\"|[^\s;\"])+)", re.IGNORECASE)
_PIECE = re.compile(r"(?:[^;\"]|\"[^\"]*(?:\"|$))+")
"""What stands between semicolons; one in quotes, as a quoted local part may hold, separates nothing."""
_NAME = re.compile(r'^(?:"([^"]*)"|([^\s="]+))(?:\s+(\S+))?$')
_SUFFIXES = frozenset(
    [
        "co.uk",
        "org.uk",
        "ac.uk",
        "gov.uk",
        "com.au",
        "net.au",
        "org.au",
        "co.nz",
        "co.jp",
        "or.jp",
        "ne.jp",
        "com.br",
        "com.tr",
        "com.ua",
        "com.cn",
        "net.cn",
        "org.cn",
        "co.in",
        "co.il",
        "co.za",
        "com.mx",
        "com.ar",
        "com.sg",
        "com.hk",
        "com.tw",
        "com.pl",
        "com.kz",
        "co.kr",
        "msk.ru",
        "spb.ru",
        "com.ru",
        "org.ru",
        "net.ru",
        "pp.ru",
        "nov.ru",
        "kiev.ua",
        "in.ua",
        "org.ua",
        "onmicrosoft.com",
    ]
)
"""Two-label suffixes below which different people register: the usual ones, for relaxed alignment."""


@dataclass(frozen=True, slots=True)
class TrustRules:
    """Whose word is believed; both empty: nothing is configured and the token alone carries the proof."""

    authserv_ids: tuple[str, ...] = ()
    internal_header: str | None = None

    @property
    def configured(self) -> bool:
        return bool(self.authserv_ids or self.internal_header)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the receiving server says: `none` when nothing. `by` names the proof, `why` tells it in a sentence."""

    result: Result
    why: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One method of the field with its result and properties."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.properties if key == name), None)


def judge(headers: Sequence[tuple[str, str]], from_addresses: Sequence[str], rules: TrustRules) -> Verdict:
    """The verdict on a letter with these fields (top to bottom) and these authors."""
    if not rules.configured:
        return Verdict("none", "sender checks are not set up")
    if len(from_addresses) != 1:
        return Verdict("fail", f"the letter has {len(from_addresses)} authors instead of one")
    domain = domain_of(from_addresses[0])
    found = (findings_of(value, rules.authserv_ids) for name, value in headers if name.lower() == FIELD)
    top = next((findings for findings in found if findings is not None), None)
    verdict = _weigh(top, domain) if top is not None else Verdict("none", "our server left no result of a sender check")
    if rules.internal_header and _is_internal(headers, rules.internal_header) and not _contradicts(verdict):
        return Verdict("pass", "our server marked the letter as internal", "internal")
    return verdict


def needs_signature(verdict: Verdict, rules: TrustRules) -> bool:
    """Whether a signature that we check ourselves can change anything: a no stays a no, and mail that never left the
    house bears none."""
    return not rules.configured or (verdict.result == "pass" and verdict.by != "internal")


def confirm(verdict: Verdict, rules: TrustRules, signers: Sequence[str], why_not: str) -> Verdict:
    """The verdict with the second line: what our server says must be borne out by a signature that we found good
    ourselves; where no server is named the signature alone proves."""
    if signers:
        ours = Verdict("pass", f"signed by {signers[0]}, as we checked ourselves", "dkim")
        return verdict if rules.configured else ours
    if rules.configured:
        return Verdict("fail", f"our server vouches for the letter, but we do not find it proven: {why_not}", "dkim")
    return Verdict("fail", why_not, "dkim")


def _contradicts(verdict: Verdict) -> bool:
    """The server marked the letter as internal and yet says that DMARC failed."""
    return verdict.result == "fail" and verdict.by == "dmarc"


def findings_of(value: str, authserv_ids: Sequence[str]) -> tuple[Finding, ...] | None:
    """The findings of a field, None when it is not from one of these servers."""
    pieces = [piece.strip() for piece in _PIECE.findall(_without_comments(value[:MAX_LENGTH]))]
    first = pieces[0] if pieces else ""
    if _METHOD.match(first):
        return tuple(_findings(pieces)) if MICROSOFT in authserv_ids else None
    match = _NAME.match(first)
    if not match or not _is_ours((match[1] or match[2] or "").lower(), authserv_ids) or (match[3] or "1") != "1":
        return None
    return tuple(_findings(pieces[1:]))


def _is_internal(headers: Sequence[tuple[str, str]], rule: str) -> bool:
    """The topmost field of that name has that value; further ones may have come with the letter."""
    name, _, wanted = rule.partition(":")
    value = next((value for key, value in headers if key.lower() == name.strip().lower()), None)
    return value is not None and (not wanted.strip() or value.strip().lower() == wanted.strip().lower())


def _is_ours(name: str, authserv_ids: Sequence[str]) -> bool:
    for rule in authserv_ids:
        rule = rule.strip().lower()
        if rule.startswith("*."):
            if name.endswith(rule[1:]) and len(name) > len(rule) - 1:
                return True
        elif name == rule and not rule.startswith("#"):
            return True
    return False


def _findings(pieces: Sequence[str]) -> Iterator[Finding]:
    """What has the form method=result; a tenant's name between the parts and `none` have not."""
    for piece in pieces:
        match = _METHOD.match(piece)
        if match:
            properties = tuple(
                (f"{kind.lower()}.{name.lower()}", text.strip('"')) for kind, name, text in _PROPERTY.findall(match[3])
            )
            yield Finding(match[1].lower(), match[2].lower(), properties)


def _weigh(findings: Sequence[Finding], domain: str) -> Verdict:
    dmarc = [finding for finding in findings if finding.method == "dmarc"]
    checked = [finding for finding in dmarc if finding.result not in ("none", "bestguesspass")]
    if checked:
        return _by_dmarc(checked, domain)
    for finding in findings:
        if finding.method == "dkim" and finding.result == "pass" and aligned(_signer(finding), domain):
            return Verdict("pass", f"signed by {_signer(finding)} (DKIM)", "dkim")
    if not findings:
        return Verdict("none", "our server checked nothing")
    return Verdict("fail", f"no valid signature belongs to {domain}", "dkim")


def _by_dmarc(checked: Sequence[Finding], domain: str) -> Verdict:
    for finding in checked:
        claimed = domain_of((finding.get("header.from") or domain).strip("<>"))
        if finding.result != "pass":
            return Verdict("fail", f"DMARC of {claimed} did not pass ({finding.result})", "dmarc")
        if claimed != domain:
            return Verdict("fail", f"DMARC passed for {claimed}, but the letter is from {domain}", "dmarc")
    return Verdict("pass", f"DMARC of {domain} passed", "dmarc")


def _signer(finding: Finding) -> str:
    return domain_of(finding.get("header.d") or finding.get("header.i") or "")


def aligned(signer: str, author: str) -> bool:
    """Relaxed alignment: both belong to the same organisation's domain."""
    return bool(signer) and organisation(signer) == organisation(author)


def organisation(domain: str) -> str:
    """The registered domain: the last two labels, three below the usual two-label suffixes."""
    labels = fold_domain(domain).split(".")
    keep = 3 if ".".join(labels[-2:]) in _SUFFIXES else 2
    return ".".join(labels[-keep:])


def _without_comments(value: str) -> str:
    """The field without comments, which may be nested, hold semicolons, and stand anywhere but in quotes."""
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
            continue
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and not quoted and depth:
            depth -= 1
            out.append(" ")
            continue
        if not depth:
            out.append(" " if char in "\r\n\t" else char)
    return "".join(out)
