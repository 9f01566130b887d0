"""Raters: each fills the quality dimensions, as `<dimension>__<rater>`."""
