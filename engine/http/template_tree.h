/*
 * template_tree — a compiled template, shared by template_parse and template_run.
 */
#ifndef HTTP_TEMPLATE_TREE_H
#define HTTP_TEMPLATE_TREE_H
#include "http/template.h"

/* hash: of the names, see node_hash. */
typedef struct Path { const char **name; uint32_t *hash; int n; } Path;

/* Where a placeholder stands, and so how it is escaped. */
typedef enum Escape { AS_TEXT, AS_ATTR, AS_URL, AS_URL_PART } Escape;

typedef enum TestKind { TEST_PATH, TEST_TEXT, TEST_EQ, TEST_NE, TEST_AND, TEST_OR,
    TEST_NOT } TestKind;
typedef struct Test Test;
struct Test { TestKind kind; Path path; const char *text; Test *a, *b; };

typedef enum OpKind { OP_TEXT, OP_SHOW, OP_IF, OP_EACH, OP_PART, OP_T, OP_ASSET } OpKind;
typedef struct Op Op;
typedef struct Block { Op *op; int n, cap; } Block;
typedef struct Fill { const char *name; Path path; } Fill;
struct Op {
    OpKind kind;
    Escape as;
    const char *text; size_t len;  /* TEXT; T and ASSET: the key; EACH: the variable */
    Path path;                     /* SHOW, EACH, T without text; PART: with */
    Test *test;
    Block body, other;
    const char *part;              /* "pages/x"; "fields/" and "pages/": chosen at run */
    const struct Template *to;
    Fill *fill; int nfill;
    int line;
};

struct Template { const char *name; Block block; };

/* By "pages/x" or "fields/x"; NULL if there is none. */
const Template *template_find(const char *name);

/* The HTML around a placeholder, followed character by character. */
typedef enum HtmlState { HTML_TEXT, HTML_OPEN, HTML_TAG_NAME, HTML_TAG, HTML_ATTR, HTML_AFTER,
    HTML_VALUE, HTML_QUOTED, HTML_BARE, HTML_COMMENT, HTML_RAW } HtmlState;
typedef struct Html {
    HtmlState state;
    char quote, tag[16], attr[24];
    int tag_n, attr_n;
    bool closing, started;         /* an end tag; the value has begun */
    int keep;                      /* inside pre or textarea: white space matters */
} Html;
void html_feed(Html *h, char c, const char *rest);
bool html_same(const Html *a, const Html *b);
/* How a placeholder is escaped here; or NULL in *ok and why not. */
const char *html_place(const Html *h, Escape *as);
#endif
