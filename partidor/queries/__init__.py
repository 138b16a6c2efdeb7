"""WHAT WE CAN ANSWER. Read only; frozen cards out, never table rows."""
