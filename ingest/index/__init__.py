"""One generation of the index: a folder with the store, the lexical index and the vectors, finished and never changed.

A writer builds the next generation beside the current one and publishes it by one atomic step; readers open
the finished one. Chroma must not be opened by two processes at one path (chroma #7040), so every reader opens
a private copy of that part.
"""
