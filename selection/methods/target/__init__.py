"""Towards a target: weights by how like a set of texts a document is."""
