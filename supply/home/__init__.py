"""The first screen: what needs attention now, for each role."""
