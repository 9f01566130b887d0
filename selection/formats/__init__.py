"""Formats: outside files to rows (readers, sidecars), documents to outside files (writers), text to token counts."""
