"""Icons: names of shapes in the sprite that the build cuts."""


class Icon(str):
    """The name of an icon that a view picks; the build finds it by this call (templates: ``{% icon "flame" %}``)."""

    __slots__ = ()
