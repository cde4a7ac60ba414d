/*
 * node_json — JSON text to a Node tree, by jansson: strict, duplicate keys refused, exact
 * integers, depth 64. Numbers keep the text they were written with where it matters (integers
 * exactly; reals with 17 digits).
 */
#ifndef BASE_NODE_JSON_H
#define BASE_NODE_JSON_H
#include "base/node.h"

/* NULL and E_SYNTAX "line:column: what" when it is not JSON. */
Node *json_parse(Cx *cx, const char *text, size_t n);
#endif
