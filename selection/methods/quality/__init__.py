"""Weights from quality scores."""
