"""The REST door: version 1 of the interface for other programs (home of fastapi)."""
