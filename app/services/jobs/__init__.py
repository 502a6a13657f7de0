"""Work that takes longer than an answer may: one job at a time, in a thread that gives way to all others."""
