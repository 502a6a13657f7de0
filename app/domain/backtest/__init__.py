"""The past as it is played again: the way of a price through a bar, and what a run came to."""
