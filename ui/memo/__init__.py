"""Memos: what an analyst collects, as a document with footnotes and a list of sources."""
