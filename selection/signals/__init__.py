"""Signals: what turns a document into values stored beside it, one file a signal, one folder a family."""
