"""How mail programs mark quotes, signatures and the place from which on everything is quoted, in their HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailer.lines import Kind

Attributes = Mapping[str, str | None]

_OUTLOOK_RULE = re.compile(
    r"border(?:-top)?\s*:\s*(?:none;\s*border-top\s*:\s*)?solid\s+#(?:e1e1e1|b5c4df|b5c4de)\s+1(?:\.0)?pt|"
    r"border-top\s*:\s*(?:1(?:\.0)?pt|1px)\s+solid\s+(?:#(?:e1e1e1|b5c4df)|rgb\((?:225, 225, 225|181, 196, 223)\))",
    re.IGNORECASE,
)

_QUOTE_CLASSES = ("yahoo_quoted", "protonmail_quote", "zmail_extra", "moz-cite-prefix", "moz-forward-container",
"gmail_attr",
                  "ydpyahoo_quoted", "tutanota_quote", "skiff_quote", "hcmail-quote", "mailru-quote",
                  "freebirdformviewer", "cf_reply", "front-blockquote", "email-quote", "mailrucontainer",
                  "outlookmessageheader")  # fmt: skip
_QUOTE_IDS = ("mail-editor-reference-message-container", "yahoo_quoted", "ymail_android_quoted", "orimsghtmlseperator",
              "ms-outlook-mobile-quoted", "isforwardcontent", "isreplycontent", "reply-intro")  # fmt: skip
_CUT_IDS = ("divrplyfwdmsg", "appendonsend", "stopspelling", "zwchr", "orimsghtmlseperator", "replysplit",
"divrplyfwdmsg_2",
            "spnforwardedmessage")  # fmt: skip
_SIGNATURE_CLASSES = frozenset(("gmail_signature", "moz-signature", "applemailsignature",
"protonmail_signature_block", "signature",
                      "mailru-signature", "yandex-signature", "zmail_signature", "gmail_signature_prefix"))  # fmt: skip
_SIGNATURE_IDS = ("signature", "applemailsignature", "ms-outlook-mobile-signature", "composer_signature",
"linebreakatbeginningofsignature",
                  "ymail_android_signature", "ymail_signature", "mobile-signature", "signature_old",
                  "divtagdefaultwrapper_signature")  # fmt: skip


def place_of(tag: str, attributes: Attributes) -> Kind | None:
    """CUT, QUOTED or SIGNATURE where the element begins such a part; None elsewhere."""
    style = attributes.get("style") or ""
    identity = (attributes.get("id") or "").lower().removeprefix("x_")
    classes = (attributes.get("class") or "").lower()
    if (
        identity in _CUT_IDS
        or attributes.get("data-marker") in ("__DIVIDER__", "__HEADERS__", "__QUOTED_TEXT__")
        or (tag == "div" and bool(style) and bool(_OUTLOOK_RULE.search(style)))
        or (tag == "hr" and attributes.get("tabindex") == "-1")
    ):
        return Kind.CUT
    if (identity and identity.startswith(_QUOTE_IDS)) or (classes and any(name in classes for name in _QUOTE_CLASSES)):
        return Kind.QUOTED
    if (
        identity in _SIGNATURE_IDS
        or attributes.get("data-smartmail") == "gmail_signature"
        or not _SIGNATURE_CLASSES.isdisjoint(classes.split())
    ):
        return Kind.SIGNATURE
    return None


def is_gmail_container(tag: str, attributes: Attributes) -> bool:
    """The element that holds attribution and quote, and the writer's answers between quotes."""
    return tag != "blockquote" and "gmail_quote" in (attributes.get("class") or "")


def is_indent(attributes: Attributes) -> bool:
    """A block that the writer moved to the right himself: no border, no mark of a quotation."""
    style = re.sub(r"\s", "", attributes.get("style") or "").lower()
    marked = attributes.get("type") or attributes.get("cite") or "quote" in (attributes.get("class") or "")
    return (
        not marked
        and "border:none" in style
        and bool(re.search(r"margin(?:-left|:0(?:px)?0(?:px)?0(?:px)?):?40px", style))
    )
