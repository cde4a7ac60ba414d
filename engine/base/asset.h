/*
 * asset — what the browser gets and the templates, embedded in the program.
 *
 * Paths are as below web/: "pages/list.html", "fields/text.html", "css/main.css",
 * "js/form.js", "i18n/zh.json". Scripts are the bundles made by the build. The table comes
 * from the object library `web`: what calls this links it.
 */
#ifndef BASE_ASSET_H
#define BASE_ASSET_H
#include "base/mem.h"

typedef struct Asset {
    const char *path;
    const unsigned char *data;    /* a NUL follows */
    size_t n;
    const unsigned char *gz;      /* the same gzipped, or NULL when that gains nothing */
    size_t gz_n;
    const char *hash;             /* of the contents, for URLs that never change */
} Asset;

/* NULL if there is none. After asset_dir the folder's file, read anew each time;
   safe from any thread, the result stays valid for the process. */
const Asset *asset_find(const char *path);
/* The embedded ones, sorted by path. */
const Asset *asset_list(int *n);
/* While developing (--web DIR): files of this folder win over embedded ones, except js/lib/,
   which wraps npm packages and is always the bundle. NULL turns it off. Before threads
   start. */
void asset_dir(const char *dir);

/* Made by the build. */
extern const Asset asset_table[];
extern const int asset_table_n;
#endif
