"""From a file to passages in an index. Knows corpus, and no room behind it."""
