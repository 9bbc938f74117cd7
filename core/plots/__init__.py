"""Plots as inline SVG drawn on the server: each with a title, units, and the same numbers as a table.

Colours come by class (`p-s1`, `p-kept`, …) from static/css/plots.css, so the strict content policy and both
themes hold. Call one of `lines`, `bars`, `heat`, `dots`, `funnel`, `sparkline`; show it with `{% plot p %}`. `strip` draws
one row of a waterfall on a `time_axis`, `share_bar` the bar of a table row.
"""

from core.plots.bars import Bar, bars, funnel
from core.plots.dots import Dot, dots
from core.plots.frame import Legend, Plot
from core.plots.heat import heat
from core.plots.lines import Series, lines, sparkline
from core.plots.share import Part, share_bar
from core.plots.timeline import TimeAxis, strip, time_axis

__all__ = ["Bar", "Dot", "Legend", "Part", "Plot", "Series", "TimeAxis", "bars", "dots", "funnel", "heat", "lines",
           "share_bar", "sparkline", "strip", "time_axis"]  # fmt: skip
