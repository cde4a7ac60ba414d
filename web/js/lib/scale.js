// Scales and shapes of charts, by d3-scale and d3-shape. The only file that names these packages.
export { scaleBand, scaleLinear, scalePoint } from 'd3-scale';
export { arc, area, curveLinearClosed, curveMonotoneX, line, lineRadial, pie } from 'd3-shape';
