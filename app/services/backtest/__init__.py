"""The past played again through the very pipeline: prices from bars, alerts from a tape, its own clock."""
