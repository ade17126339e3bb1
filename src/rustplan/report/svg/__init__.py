"""Charts as SVG text from small pure functions: laid out here, readable without style sheets, scripts or network."""
