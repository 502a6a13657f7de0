"""The version of Gatehouse."""

VERSION = "0.1.0"
