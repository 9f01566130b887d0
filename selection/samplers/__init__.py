"""Samplers: log weights and token counts in, documents and copies out."""
