"""Projections: unit vectors to the points of a map, one file each."""
