"""Who calls the clock from outside: Google's schedulers, known by their tokens."""
