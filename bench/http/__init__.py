"""What bench/http is made of."""
