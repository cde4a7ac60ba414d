/*
 * cmd_copy.c — copy: a whole database into another one; what came over, and whether it is the same.
 */
#include "main/cmd.h"
#include "data/content.h"
#include "data/copy.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- progress ---- */

#define TELL_US 200000        /* a line is not written more often */
#define CLEAR "\r\033[K"

typedef struct Meter {
    const char *table;        /* the one it is at; "" before the first */
    int64_t first, began, told;                /* rows there when it came to the table; times */
} Meter;

static void progress(void *ctx, const char *table, int64_t done, int64_t total)
{
    Meter *m = ctx;
    const char *name = table ? table : "files";
    int64_t now = sys_mono_us();
    if (!str_eq(m->table, name)) *m = (Meter){ .table = name, .first = done, .began = now };
    if (done < total && now - m->told < TELL_US) return;
    m->told = now;
    int64_t us = now - m->began, rate = us > 0 ? (done - m->first) * 1000000 / us : 0;
    fprintf(stderr, CLEAR "%s  %lld of %lld", name, (long long)done, (long long)total);
    if (rate && table) fprintf(stderr, "  %lld rows/s", (long long)rate);
    fflush(stderr);
}

/* ---- results ---- */

static bool differs(const CopiedTable *t)
{
    return t->rows[0] != t->rows[1] || !str_eq(t->sum[0], t->sum[1]);
}

static void print_tables(const Copied *x)
{
    int wide = 8;
    for (int i = 0; i < x->n; i++) {
        int n = (int)strlen(x->table[i].name);
        if (n > wide) wide = n;
    }
    printf("%-*s  %10s  %s\n", wide, "table", "rows", "checksum");
    for (int i = 0; i < x->n; i++) {
        const CopiedTable *t = &x->table[i];
        printf("%-*s  %10lld  %s\n", wide, t->name, (long long)t->rows[0], t->sum[0]);
        if (differs(t)) printf("%-*s  %10lld  %s  in the copy\n", wide, "", (long long)t->rows[1],
            t->sum[1]);
    }
}

static void print_diffs(const Copied *x)
{
    for (int i = 0; i < x->ndiff; i++) {
        const CopyDiff *d = &x->diff[i];
        if (d->what == COPY_LACKS) fprintf(stderr, "%s: %s is not in the copy\n", d->table, d->key);
        else if (d->what == COPY_ADDS)
            fprintf(stderr, "%s: %s is only in the copy\n", d->table, d->key);
        else fprintf(stderr, "%s: %s differs in %s: %s, in the copy %s\n", d->table, d->key,
            d->column ? d->column : "?", d->was ? d->was : "", d->now ? d->now : "");
    }
    if (x->differences > x->ndiff)
        fprintf(stderr, "… and %lld more\n", (long long)(x->differences - x->ndiff));
}

static void print_result(const Copied *x, int64_t us)
{
    print_tables(x);
    for (int i = 0; i < x->nmissing; i++)
        fprintf(stderr, "the source has lost the content of a file already: %s\n", x->missing[i]);
    print_diffs(x);
    if (x->differences) {
        fprintf(stderr, "%lld rows differ: the copy is not served. Did the source change meanwhile? "
            "Empty the target and copy again\n", (long long)x->differences);
        return;
    }
    printf("%lld rows of %d tables and %lld files are the same in both (%.1f s)\n",
        (long long)x->rows, x->n, (long long)x->files, (double)us / 1e6);
    if (x->resumed)
        printf("%lld of them were there from a run before\n", (long long)x->resumed);
}

static void json_table(Json *j, const CopiedTable *t)
{
    static const char *const side[] = { "from", "to" };
    json_map(j);
    json_key(j, "name"); json_text(j, t->name);
    json_key(j, "same"); json_bool(j, !differs(t));
    for (int i = 0; i < 2; i++) {
        json_name(j, side[i]);
        json_map(j);
        json_key(j, "rows"); json_int(j, t->rows[i]);
        json_key(j, "checksum"); json_text(j, t->sum[i]);
        json_map_end(j);
    }
    json_map_end(j);
}

static void json_diff(Json *j, const CopyDiff *d)
{
    static const char *const what[] = { "missing", "added", "changed" };
    json_map(j);
    json_key(j, "table"); json_text(j, d->table);
    json_key(j, "row"); json_text(j, d->key);
    json_key(j, "what"); json_text(j, what[d->what]);
    json_key(j, "column"); json_text(j, d->column);
    json_key(j, "from"); json_text(j, d->was);
    json_key(j, "to"); json_text(j, d->now);
    json_map_end(j);
}

static void print_json(Cmd *c, const Copied *x, int64_t us)
{
    Str s = str_begin(c->a);
    Json j = json_begin(&s);
    json_map(&j);
    json_key(&j, "ok"); json_bool(&j, !x->differences);
    json_key(&j, "rows"); json_int(&j, x->rows);
    json_key(&j, "resumed"); json_int(&j, x->resumed);
    json_key(&j, "files"); json_int(&j, x->files);
    json_key(&j, "milliseconds"); json_int(&j, us / 1000);
    json_key(&j, "missing_files");
    json_list(&j);
    for (int i = 0; i < x->nmissing; i++) json_text(&j, x->missing[i]);
    json_list_end(&j);
    json_key(&j, "tables");
    json_list(&j);
    for (int i = 0; i < x->n; i++) json_table(&j, &x->table[i]);
    json_list_end(&j);
    json_key(&j, "differences"); json_int(&j, x->differences);
    json_key(&j, "rows_that_differ");
    json_list(&j);
    for (int i = 0; i < x->ndiff; i++) json_diff(&j, &x->diff[i]);
    json_list_end(&j);
    json_map_end(&j);
    printf("%s\n", str_show(&s));
}

/* ---- the two sides ---- */

static const char *address(Cmd *c, const char *option)
{
    const char *db = cmd_option(c, option);
    return !db || strchr(db, ':') ? db : arena_printf(c->a, "sqlite:%s", db);
}

/* Beside a file; of a server's database, with the app, as `serve` has it. */
static const char *files_of(Cmd *c, const char *option, const char *db)
{
    const char *given = cmd_option(c, option);
    return given ? given : contents_folder(c->a, c->app, db);
}

static bool same_folder(const char *a, const char *b)
{
    char *x = realpath(a, NULL), *y = realpath(b, NULL);
    bool same = str_eq(a, b) || (x && y && str_eq(x, y));
    free(x);
    free(y);
    return same;
}

static bool copy(Cmd *c, const char *from, const char *to, Copied *out)
{
    const char *from_files = files_of(c, "from-files", from), *to_files = files_of(c, "to-files", to);
    Meter meter = { .table = "" };
    bool tells = !c->json && isatty(STDERR_FILENO);
    CopyAsk ask = { .dir = c->app, .progress = tells ? progress : NULL, .ctx = &meter };
    bool ok = db_pool_open(&c->cx, from, true, &ask.from)
        && db_pool_open(&c->cx, to, false, &ask.to);
    if (ok) {
        const char *home = contents_folder(c->a, c->app, to);
        ok = (same_folder(from_files, to_files)
                || contents_open(&c->cx, from_files, home, &ask.from_files))
            && contents_open(&c->cx, to_files, home, &ask.to_files)
            && copy_run(&c->cx, &ask, out);
    }
    if (tells) fprintf(stderr, CLEAR);
    contents_close(ask.from_files);
    contents_close(ask.to_files);
    db_pool_close(ask.from);
    db_pool_close(ask.to);
    return ok;
}

int run_copy(Cmd *c)
{
    const char *from = address(c, "from"), *to = address(c, "to");
    int64_t began = sys_mono_us();
    Copied out;
    if (!from || !to) return cmd_usage(c, "--from and --to are both needed");
    if (str_eq(from, to)) return cmd_usage(c, "--from and --to are the same database");
    expr_init();
    if (!copy(c, from, to, &out)) return cmd_failed(c);
    if (c->json) print_json(c, &out, sys_mono_us() - began);
    else print_result(&out, sys_mono_us() - began);
    return out.differences ? EXIT_ISSUES : EXIT_DONE;
}
