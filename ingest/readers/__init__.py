"""One file per format; each turns a file into a Document and raises ReadError where it cannot."""
