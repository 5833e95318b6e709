"""Questions with known places, and how well retrieval and answers do on them. Knows corpus, ingest, retrieval."""
