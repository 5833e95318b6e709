"""What we hold and where it came from: bibliographic records and our own digests.

Knows no other room. Nothing is read when this package is imported.
"""

from corpus.register import read_register, shipped
from corpus.source import KINDS, Kind, Source
from corpus.yaml_file import RegisterError

__all__ = ["KINDS", "Kind", "RegisterError", "Source", "read_register", "shipped"]
