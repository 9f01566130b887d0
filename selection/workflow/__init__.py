"""One file a verb: the only place where store, leaves and engine meet."""
