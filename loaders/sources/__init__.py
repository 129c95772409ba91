"""Readers of files: every format gives the same stream of chunks of string columns with row numbers."""
