"""Lessons as files: hand-out and trainer's copy, Moodle GIFT, Anki CSV and JSON."""
