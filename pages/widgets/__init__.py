"""Screen parts that several pages share."""
