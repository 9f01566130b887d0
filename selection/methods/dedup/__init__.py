"""Keep one document of those that say the same."""
