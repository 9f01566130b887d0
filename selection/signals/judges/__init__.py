"""Judges: what an LLM is asked about a document and how its answer is read; the rubrics are text files beside this."""
