"""What takes longer than an HTTP answer may: an analyst's opinion, a person's approval."""
