"""Keep or drop, with the reason per document."""
