"""The Java call graph and what follows from it: how often a method may run, what it may allocate, which methods come first."""
