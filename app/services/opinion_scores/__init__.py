"""Looking back at opinions: what they were worth, and what another model or limit would have made of them."""
