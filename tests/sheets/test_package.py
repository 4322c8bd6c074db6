"""Parts of a workbook that are not touched travel as they are packed, whoever packed them."""

import io
import struct
import zipfile

import pytest

from sheets.errors import RegistryBroken
from sheets.package import Package
from sheets.relations import add_relations, parse, relations, rels_of, resolve


def archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("_", "."), content)
    return target.getvalue()


class Unseekable(io.BytesIO):
    """What a program sees that writes into a pipe: sizes must follow the content."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("unseekable")

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError("unseekable")


def saved(package: Package) -> bytes:
    target = io.BytesIO()
    package.save(target)
    return target.getvalue()


def test_only_the_changed_part_is_packed_anew() -> None:
    content = archive(a_xml=b"a" * 5000, b_xml=b"b" * 5000, c_xml=b"c")
    package = Package(content)
    package.replace("b.xml", b"new")
    package.replace("d.xml", b"added")
    package.remove("c.xml")
    after = saved(package)
    with zipfile.ZipFile(io.BytesIO(after)) as made:
        assert made.testzip() is None
        assert {name: made.read(name) for name in made.namelist()} == {
            "a.xml": b"a" * 5000,
            "b.xml": b"new",
            "d.xml": b"added",
        }
    start = content.index(b"a.xml") + len("a.xml")
    assert content[start : start + 20] in after  # the packed bytes themselves


def test_members_whose_sizes_follow_their_content_are_copied_right() -> None:
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.xml", b"a" * 5000)
        made.writestr("b.xml", b"b" * 5000)
    assert struct.unpack_from("<H", stream.getvalue(), 6)[0] & 0x08
    package = Package(stream.getvalue())
    package.replace("b.xml", b"new")
    with zipfile.ZipFile(io.BytesIO(saved(package))) as made:
        assert made.testzip() is None
        assert made.read("a.xml") == b"a" * 5000


def test_a_damaged_part_is_named() -> None:
    content = bytearray(archive(a_xml=bytes(range(256)) * 50))
    content[60] ^= 0xFF
    with pytest.raises(RegistryBroken, match=r"a\.xml"):
        Package(bytes(content)).read("a.xml")


def test_a_doctype_has_no_place_in_a_workbook() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(RegistryBroken):
        parse(bomb)


@pytest.mark.parametrize(
    ("part", "target", "expected"),
    [
        ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "../tables/table1.xml", "xl/tables/table1.xml"),
        ("", "xl/workbook.xml", "xl/workbook.xml"),
    ],
)
def test_targets_are_relative_to_their_part(part: str, target: str, expected: str) -> None:
    assert resolve(part, target) == expected


@pytest.mark.parametrize(
    "before",
    [
        b'<Relationships xmlns="r"><Relationship Id="rId1" Type="t/a" Target="a.xml"/></Relationships>',
        b'<p:Relationships xmlns:p="r"><p:Relationship Id="rId1" Type="t/a" Target="a.xml"/></p:Relationships>',
        b'<Relationships xmlns="r"/>',
    ],
)
def test_a_relation_is_added_under_the_prefix_in_use(before: bytes) -> None:
    package = Package(archive(a_xml=b"<a/>"))
    package.replace(rels_of("a.xml"), before)
    (identifier,) = add_relations(package, "a.xml", [("t/link", 'x?a=1&b="2"', "rId1")], outside=True)
    assert relations(package, "a.xml")[identifier] == ("link", 'x?a=1&b="2"')
    assert identifier == ("rId1_2" if b"rId1" in before else "rId1")
