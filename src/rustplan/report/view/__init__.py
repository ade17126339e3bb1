"""What a reader sees, decided once: every view turns the analysis into words, numbers and rows that are ready to print."""
