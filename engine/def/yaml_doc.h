/*
 * yaml_doc — a YAML text under edit: its tree, where its entries stand, and splices.
 *
 * An entry is a pair of a map or an item of a list. In a block container it owns whole lines:
 * the comment lines directly above it, its own, what is indented further below it. The first
 * entry of a map that begins behind a dash ("- a: 1") is *led*: it begins at its key.
 */
#ifndef DEF_YAML_DOC_H
#define DEF_YAML_DOC_H
#include "def/yaml_write.h"

typedef struct Splice { size_t at, len; const char *text; } Splice;
typedef struct YamlDoc {
    Cx *cx; Arena *a;
    const char *file, *text; size_t n, bom;
    Node *root;
    YamlStyle style;          /* as the text is written */
    Splice *splice; int nsplice, splice_cap;
} YamlDoc;

/* False after issues: not YAML, or more than one mistake of the subset. */
bool doc_open(Cx *cx, YamlDoc *d, const char *file, const char *text, size_t n);

/* Replaces `len` bytes; those at one place stand in the order they were added. */
void doc_splice(YamlDoc *d, size_t at, size_t len, const char *text);
char *doc_result(YamlDoc *d, size_t *n);

size_t doc_line(const YamlDoc *d, size_t at);            /* where its line starts */
size_t doc_next(const YamlDoc *d, size_t at);            /* where the next line starts, or n */
size_t doc_eol(const YamlDoc *d, size_t at);             /* its line's end, before CR and LF */
int doc_indent(const YamlDoc *d, size_t line);
bool doc_blank(const YamlDoc *d, size_t line);
bool doc_comment(const YamlDoc *d, size_t line);
bool doc_lines_between(const YamlDoc *d, size_t from, size_t to);      /* a line end there? */
char *doc_part(const YamlDoc *d, size_t from, size_t to);

bool doc_is_flow(const YamlDoc *d, const Node *n);       /* { } or [ ] */
bool doc_is_block(const YamlDoc *d, const Node *n);      /* a container by indentation */
/* Of the entry i of a block container: where its key or dash stands, and in which column;
   behind key and colon, or dash. */
size_t entry_at(const YamlDoc *d, const Node *parent, int i);
int entry_col(const YamlDoc *d, const Node *parent);
size_t entry_head(const YamlDoc *d, const Node *parent, int i);
bool entry_led(const YamlDoc *d, const Node *parent, int i);
/* Its lines: from its comments (its key when it is led) to the line after it. */
size_t entry_begin(const YamlDoc *d, const Node *parent, int i);
size_t entry_end(const YamlDoc *d, const Node *parent, int i);
/* The block scalar ("|", ">") that the entry ends with, or NULL. */
const Node *entry_scalar(const YamlDoc *d, const Node *parent, int i);
/* In a flow container: from key or value to the value's end. */
size_t flow_begin(const Node *parent, int i);
size_t flow_end(const YamlDoc *d, const Node *parent, int i);
/* Behind `at`, over white space and comments: the comma, or where there is none. */
size_t flow_comma(const YamlDoc *d, size_t at, bool *found);
#endif
