"""Rules in force, the draft in the editor, and tries on one lead."""
