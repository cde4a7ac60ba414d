/*
 * starter — the apps that the program carries, to begin from: those of templates/ and the shipped one.
 */
#ifndef DEF_STARTER_H
#define DEF_STARTER_H
#include "def/app.h"

typedef struct Starter {
    const char *name;
    Label label, help;         /* of its app.yaml */
    Source *file; int nfile;   /* sorted by path: definitions, rules, scenarios, demo data */
} Starter;

/* All of them, sorted by name. Their texts live as long as the program. */
int starter_list(Cx *cx, const Starter **out);
/* E_MISSING with the names that there are. */
const Starter *starter_find(Cx *cx, const char *name);
#endif
