"""Refiners that take lines out and leave the rest as it is."""
