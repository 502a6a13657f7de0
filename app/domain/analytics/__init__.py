"""What past trades, tickets and opinions come to: sums that can be added up, and the figures made of them."""
