"""One product a file: what of it is missing, as steps."""
