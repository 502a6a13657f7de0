"""Looking back: daily sums that the clock writes, and the figures that are read from them."""
