"""HOW THE WORLD REACHES US. Translate, one call inward, translate back. No logic."""
