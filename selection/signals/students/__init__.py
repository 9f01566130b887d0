"""Students: raters trained on ratings of a sample, so that a corpus of any size is rated without a judge."""
