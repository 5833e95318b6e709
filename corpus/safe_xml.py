"""XML that comes from outside: nothing in it is unfolded, fetched or run."""

from __future__ import annotations

from lxml import etree


class HasDoctype(ValueError):
    """The XML has a DOCTYPE, which may hold entities."""


def parse(data: bytes) -> etree._Element:
    """The root element, without comments and processing instructions.

    raises  XMLSyntaxError if it is broken or nested absurdly deep, HasDoctype
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        raise HasDoctype
    return root
