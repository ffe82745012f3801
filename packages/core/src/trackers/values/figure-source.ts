/** A figure of Plotly: what `Plotly.newPlot` takes, or the JSON of one that another program made. */
export type PlotlyFigure = {
  readonly data: readonly object[];
  readonly layout?: object;
  readonly config?: object;
  readonly frames?: readonly object[];
};

/** A specification of Vega-Lite: a view has a `mark`, a view of several views has one of the next six. */
export type VegaLiteSpec = {
  readonly $schema?: string;
  readonly mark?: string | object;
  readonly layer?: readonly object[];
  readonly hconcat?: readonly object[];
  readonly vconcat?: readonly object[];
  readonly concat?: readonly object[];
  readonly facet?: object;
  readonly repeat?: readonly string[] | object;
  readonly spec?: object;
  /** With the values themselves: an address in `url` is refused. */
  readonly data?: object | null;
  readonly datasets?: object;
  readonly encoding?: object;
  readonly transform?: readonly object[];
  readonly params?: readonly object[];
  readonly projection?: object;
  readonly resolve?: object;
  readonly name?: string;
  readonly title?: string | object | null;
  readonly description?: string;
  readonly width?: number | string | object;
  readonly height?: number | string | object;
  readonly columns?: number;
  readonly spacing?: number | object;
  readonly align?: string | object;
  readonly bounds?: string;
  readonly center?: boolean | object;
  readonly autosize?: string | object;
  readonly padding?: number | object;
  readonly background?: string | object;
  readonly view?: object;
  readonly config?: object;
  readonly usermeta?: object;
};

/** A figure to log; also an object that makes its specification, as those of `vega-lite-api` do. */
export type FigureSource = PlotlyFigure | VegaLiteSpec | { toSpec(): object };
