"""The rules: read, edited, published, and tried on one lead."""
