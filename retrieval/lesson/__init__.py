"""Lessons for trainers, composed from digests, catalogue and glossary without a language model."""
