"""Signals of documents that say the same: how many there are of each, exactly and nearly."""
