"""Model raters: trained elsewhere, read from weights on this machine, answering with columns of their own."""
