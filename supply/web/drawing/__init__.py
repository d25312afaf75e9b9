"""Geometry of the drawings on pages: values in, frozen Structs with ready coordinates out.

Templates only write them down: a *view* is what one macro of `templates/macros/drawing.html` draws.
Map coordinates are units of a view box; charts use per cent of the width across and pixels down,
so that text keeps its size on a phone and on a wide screen.
Floats are at home here: nothing drawn is ever counted, stored or added up.
"""
