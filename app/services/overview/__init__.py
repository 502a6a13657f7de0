"""What a person sees at first glance, from what the clock saw last: no broker is asked for it."""
