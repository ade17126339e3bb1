"""What C and C++ share: masking, queries and facts."""
