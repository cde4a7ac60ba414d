/*
 * node_yaml — YAML 1.2 core text to a Node tree, by libyaml.
 *
 * The subset of the definition language: UTF-8, one document, no anchors, tags or merge keys;
 * duplicate keys are issues. Depth 64, 200,000 nodes, 8 MB. libyaml's marks count code points:
 * start/end here are bytes, and a block's end is its last scalar's end.
 */
#ifndef BASE_NODE_YAML_H
#define BASE_NODE_YAML_H
#include "base/node.h"

/* NULL when the text is not YAML (an issue tells the first syntax error); duplicate keys,
   anchors … are issues too, with the tree returned. `file` is borrowed. */
Node *yaml_parse(Cx *cx, const char *file, const char *text, size_t n);
#endif
