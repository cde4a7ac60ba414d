/*
 * prove — findings about an app that loads: what can never happen, never be seen, never be used.
 *
 * A finding is an issue whose code stands in the table of findings. They are sound: each follows
 * from the definitions alone, whatever the data (rules in Lua are taken to use what they name).
 */
#ifndef DEF_PROVE_H
#define DEF_PROVE_H
#include "def/app.h"

typedef struct Finding {
    const char *code, *help;   /* what it says of the place */
    const char *advice;        /* what to do */
    const char *example;       /* a line of a definition that has it */
} Finding;

int finding_list(const Finding **out);
const Finding *finding_find(const char *code);           /* NULL: no finding's code */
/* Adds the findings of the app to cx as issues, sorted by place. */
void prove_app(Cx *cx, const App *app);
/* A label lacks a language of the app: for labels that def does not load (plugins). */
void prove_label(Cx *cx, const App *app, Place at, const Label *label);
/* By file, line and column. */
void prove_sort(Cx *cx);
void findings_markdown(Str *out);
#endif
