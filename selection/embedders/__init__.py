"""Embedders: text to unit vectors, one file each."""
