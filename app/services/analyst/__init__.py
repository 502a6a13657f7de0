"""Opinions on proposed trades: from a language model with tools, or from a plain rule."""
