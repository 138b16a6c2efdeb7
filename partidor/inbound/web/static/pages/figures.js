/* The portal's figures: draws each table marked data-chart as bars, in the page's own colours. The table stays. */
