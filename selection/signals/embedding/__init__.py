"""Where a document stands among the vectors of the corpus."""
