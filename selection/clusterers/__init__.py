"""Clusterers: unit vectors to cluster numbers, one file each."""
