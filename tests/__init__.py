"""A package by its own name: some installed packages ship a folder called `tests` too."""
