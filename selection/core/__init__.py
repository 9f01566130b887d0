"""Nouns and contracts that every other folder shares: numpy and pydantic only, no I/O."""
