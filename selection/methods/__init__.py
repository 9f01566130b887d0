"""Methods: one file each, in families; columns in, one log weight per document out."""
