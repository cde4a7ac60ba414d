/* yaml_random — random YAML documents with marked comments ("#@12;"), and random operations. */
#ifndef TESTS_YAML_RANDOM_H
#define TESTS_YAML_RANDOM_H
#include "base/node.h"

typedef struct Random { uint64_t state; int mark; } Random;
int random_below(Random *r, int n);
char *random_document(Random *r, Arena *a);
/* An operation that the tree allows; NULL: none was found. */
Node *random_op(Random *r, Arena *a, Node *tree);
/* The text of a node with the lines it stands on and the deeper comments below it. */
char *random_region(Arena *a, const char *text, const Node *n);
#endif
