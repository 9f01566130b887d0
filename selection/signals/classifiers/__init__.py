"""Classifiers of text, trained here on examples."""
