"""XML from outside, parsed without document type, entities or network, and asked by the local names of its parts."""

from lxml import etree

from values.text import one_line

MAX_SIZE = 10_000_000


class UnsafeXml(Exception):
    """The document is too big, broken, or brings a document type of its own."""


class Node:
    """One element, whose children are found by local names: prefixes and namespaces differ from maker to maker."""

    __slots__ = ("element",)

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    @property
    def name(self) -> str:
        """The local name."""
        return etree.QName(self.element).localname

    def all(self, path: str) -> list["Node"]:
        """Every element on a path of local names, such as `СвСчФакт/СвПрод`."""
        nodes = [self]
        for step in path.split("/"):
            nodes = [Node(child) for node in nodes for child in node.element if _local_name(child) == step]
        return nodes

    def one(self, path: str) -> "Node | None":
        """The first element on the path."""
        return next(iter(self.all(path)), None)

    def text(self, path: str) -> str:
        """The text of the first element on the path; empty when there is none."""
        node = self.one(path)
        return one_line(node.element.text or "") if node else ""

    def attribute(self, name: str, path: str = "") -> str:
        """An attribute of this element or of the first one on the path; empty when there is none."""
        node = self.one(path) if path else self
        return one_line(str(node.element.get(name) or "")) if node else ""

    @property
    def own_text(self) -> str:
        """The text of this element itself."""
        return one_line(self.element.text or "")

    @property
    def path(self) -> str:
        """Where it stands, for people who want to look."""
        return "/".join(reversed([self.name, *(_local_name(parent) for parent in self.element.iterancestors())]))


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def parse_xml(content: bytes) -> Node:
    """Parse a whole document, or raise `UnsafeXml`."""
    if len(content) > MAX_SIZE:
        raise UnsafeXml("too big")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsafeXml(str(error)[:200]) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise UnsafeXml("document type")
    return Node(root)
