"""Refiners, one file each: documents in, edited documents out, with a diff."""
