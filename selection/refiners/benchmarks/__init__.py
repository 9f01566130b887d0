"""Refiners that take benchmark items out of documents."""
