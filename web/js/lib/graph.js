// Where the nodes and arrows of a diagram stand, by dagre. The only file that names the package.
import dagre from '@dagrejs/dagre';

/**
 * From top to bottom.
 * @param {{id: string, width: number, height: number}[]} nodes
 * @param {{id: string, from: string, to: string, width: number, height: number}[]} ways
 * @returns {{nodes: Map<string, {x: number, y: number}>, ways: Map<string, {points: {x: number, y: number}[], x: number, y: number}>, width: number, height: number}}
 *   middles of nodes and of the labels of ways
 */
export function arrange(nodes, ways) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 44, edgesep: 20, ranksep: 34, marginx: 24, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { id, from, to, width, height } of ways) graph.setEdge(from, to, { width, height, labelpos: 'c' }, id);
  dagre.layout(graph);
  const { width, height } = graph.graph();
  return {
    width, height,
    nodes: new Map(nodes.map(({ id }) => [id, graph.node(id)])),
    ways: new Map(ways.map(({ id, from, to }) => [id, graph.edge(from, to, id)])),
  };
}
