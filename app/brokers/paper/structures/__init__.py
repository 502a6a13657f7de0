"""The simulated options desk: what is listed, what it costs, orders of several legs, margin and expiry."""
