"""Parquet parts and DuckDB queries: the only folder that knows SQL or the layout of a workspace.

A workspace is a folder. Parts are immutable, written under a temporary name and renamed; a completion mark comes last;
nothing holds a database file, so the app, the shell, a notebook and a running job share it freely.
"""
