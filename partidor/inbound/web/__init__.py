"""The two faces, console and portal, and the door before them. Server-rendered; a page is a view, a template, parts."""
