"""Links that show something once: what a person takes from one device to another."""
