"""Weights from shares wanted of domains."""
