/*
 * run_expr — runs the files of tests/cases/expr through C, SQLite and PostgreSQL (the server of
 * TENON_TEST_PG), and writes the trees and values as JSON for run_expr.mjs, which runs them in
 * JavaScript. All must agree.
 *
 *     given: {"amount": "12.50"}      the record from here on; also  old: {…}
 *     calendar: UTC|032400:64800;     the calendar from here on, as calendar_pack writes it
 *     amount * 2 => 25                the value as text; blank for none
 *     today() + 1 => 2026-03-03       # comments and empty lines are skipped
 * errors.cases:  expression => column: text of the issue
 */
#include "expr_world.h"
#include "base/decimal.h"
#include "base/sys.h"
#include "expr/functions.h"
#include "expr/tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed, passed;

static char *shown(Cx *cx, Type t, Val v)
{
    if (val_is_blank(v)) return arena_dup(cx->a, "blank");
    if (t.kind == T_NUMBER && t.decimals < 0 && v.kind == VAL_DEC) v = val_real(val_number(v));
    return val_show(cx->a, v);
}

static void wrong(const char *file, int line, const char *expr, const char *how, const char *got,
    const char *want)
{
    failed++;
    printf("%s:%d: %s\n    %s gives %s, not %s\n", file, line, expr, how, got, want);
}

/* A raw column back to a value, as a caller of expr_val_kind does it. */
static Val typed(Cx *cx, const Expr *e, Val raw)
{
    int scale;
    Type t = expr_type(e);
    ValKind kind = expr_val_kind(e, &scale);
    if (t.kind == T_LIST) return raw;
    if (t.kind == T_NUMBER && t.decimals < 0) return raw;
    (void)cx;
    return db_typed(raw, kind, scale);
}

/* As a query has it; negated over an alias; or with each function spelled, even of constants. */
typedef enum How { AS_IS, NEGATED, SPELLED } How;

static const char *through_sql(World *w, const Expr *e, How how)
{
    bool negate = how == NEGATED;
    Cx *cx = w->cx;
    Sql q = sql_begin(cx->a, w->now->dialect);
    ExprSql ask = { .asker = &w->asker, .alias = negate ? "t" : NULL,
        .spelled = how == SPELLED };
    Val raw = val_blank();
    bool found;
    sql_add(&q, "SELECT ");
    if (negate) sql_add(&q, "NOT (");
    bool ok = expr_sql(cx, e, &ask, &q);
    if (negate) sql_add(&q, ")");
    if (w->thing) sql_add(&q, " FROM thing");
    if (w->thing && negate) sql_add(&q, " AS t");
    if (!ok || !db_one(cx, w->now->db, &q, &raw, 1, &found)) {
        const char *why = arena_printf(cx->a, "failure: %s %s\n    %s", cx->text,
            cx->detail ? cx->detail : "", sql_explain(cx->a, &q));
        cx_clear(cx);
        return why;
    }
    return shown(cx, expr_type(e), typed(cx, e, raw));
}

static void write_case(World *w, Json *j, const Expr *e, const char *file, int line,
    const char *text, const char *want)
{
    (void)w;
    json_map(j);
    json_key(j, "file"); json_text(j, file);
    json_key(j, "line"); json_int(j, line);
    json_key(j, "expr"); json_text(j, text);
    json_key(j, "want"); json_text(j, want);
    json_key(j, "given");
    if (w->thing) json_node(j, w->thing->from); else json_null(j);
    json_key(j, "old");
    if (w->old) json_node(j, w->old->from); else json_null(j);
    json_key(j, "calendar");
    json_text(j, calendar_pack(w->cx->a, &w->asker));
    json_key(j, "tree");
    expr_json(e, j);
    json_map_end(j);
}

/* C, which asks the database where it must, and the database. */
static void run_base(World *w, const Expr *e, const char *file, int line, const char *text,
    const char *want)
{
    Cx *cx = w->cx;
    Val v;
    Eval env = world_eval(w);
    const char *in = w->now->name;
    if (!expr_eval(e, &env, &v)) {
        wrong(file, line, text, arena_printf(cx->a, "C with %s", in), arena_printf(cx->a,
            "%s %s", cx->text, cx->detail ? cx->detail : ""), want);
        cx_clear(cx);
    } else if (!str_eq(shown(cx, expr_type(e), v), want)) {
        wrong(file, line, text, arena_printf(cx->a, "C with %s", in),
            shown(cx, expr_type(e), v), want);
    }
    Type t = expr_type(e);
    if ((expr_uses(e) & EXPR_OLD) || t.kind == T_LIST) return;
    const char *got = through_sql(w, e, AS_IS);
    if (!str_eq(got, want)) wrong(file, line, text, in, got, want);
    got = through_sql(w, e, SPELLED);
    if (!str_eq(got, want)) wrong(file, line, text, arena_printf(cx->a, "all in %s", in), got, want);
    if (t.kind != T_BOOL) return;
    got = through_sql(w, e, NEGATED);
    if (!str_eq(got, str_eq(want, "true") ? "false" : "true"))
        wrong(file, line, text, arena_printf(cx->a, "not in %s", in), got, want);
}

static void run_case(World *w, Json *j, const char *file, int line, const char *text,
    const char *want)
{
    Cx *cx = w->cx;
    Expr *e = expr_load(cx, NULL, text, &w->where);
    if (!e) {
        wrong(file, line, text, "loading", cx->nissue ? cx->issue[0].text : cx->text, want);
        cx_clear(cx);
        return;
    }
    int before = failed;
    for (int i = 0; i < w->nbase; i++) {
        w->now = &w->base[i];
        run_base(w, e, file, line, text, want);
    }
    if (expr_in_browser(e)) write_case(w, j, e, file, line, text, want);
    if (failed == before) passed++;
}

/* column: text */
static void run_error(World *w, const char *file, int line, const char *text, const char *want)
{
    Cx *cx = w->cx;
    char got[512] = "it loads";
    ExprWhere where = w->where;
    if (str_starts(text, "[stored] ")) { where.use = USE_STORED; text += 9; }
    else if (str_starts(text, "[filter] ")) { where.use = USE_FILTER; text += 9; }
    else if (str_starts(text, "[total] ")) { where.use = USE_AGGREGATE; text += 8; }
    else if (str_starts(text, "[boolean] ")) { where.want.kind = T_BOOL; text += 10; }
    Expr *e = expr_load(cx, NULL, text, &where);
    if (!e && cx->nissue)
        snprintf(got, sizeof got, "%d: %s", cx->issue[0].at.col, cx->issue[0].text);
    if (!str_eq(got, want)) wrong(file, line, text, "loading", got, want);
    else passed++;
    cx_clear(cx);
}

static void run_line(World *w, Json *j, const char *file, int line, char *text)
{
    Cx *cx = w->cx;
    char *arrow = NULL;
    if (str_starts(text, "given:") || str_starts(text, "old:")) {
        bool old = text[0] == 'o';
        const char *json = strchr(text, ':') + 1;
        Node *n = json_parse(cx, json, strlen(json));
        if (!n) { wrong(file, line, text, "JSON", cx->text, "an object"); cx_clear(cx); return; }
        world_given(w, old ? w->thing->from : n, old ? n : NULL);
        return;
    }
    if (str_starts(text, "calendar:")) {
        Call place;
        const char *pack = arena_printf(cx->a, "0|UTC|%s", str_trim(cx->a, text + 9));
        if (!place_unpack(cx->a, pack, &place)) wrong(file, line, text, "reading", "none", "a calendar");
        else w->asker.calendar = place.calendar;
        return;
    }
    for (char *p = text; (p = strstr(p, " => ")); p += 4) arrow = p;
    if (!arrow) { wrong(file, line, text, "reading", "no =>", "a case"); return; }
    *arrow = '\0';
    const char *expr = str_trim(cx->a, text), *want = str_trim(cx->a, arrow + 4);
    if (str_ends(file, "errors.cases")) run_error(w, file, line, expr, want);
    else run_case(w, j, file, line, expr, want);
}

static void run_file(World *w, Json *j, const char *folder, const char *name)
{
    char *text, **line;
    size_t n;
    if (!file_read(w->cx, path_join(w->cx->a, folder, name), 1 << 20, &text, &n)) exit(2);
    int lines = str_split(w->cx->a, text, '\n', &line);
    world_given(w, NULL, NULL);
    w->asker.calendar = NULL;
    for (int i = 0; i < lines; i++)
        if (*str_trim(w->cx->a, line[i]) && line[i][0] != '#')
            run_line(w, j, name, i + 1, line[i]);
}

/* Each function's example in the reference is a case too. */
static void run_examples(World *w, Json *j)
{
    const Function *f;
    int n = function_list(&f);
    world_given(w, NULL, NULL);
    for (int i = 0; i < n; i++)
        if (*f[i].gives && !str_eq(f[i].name, "changed") && !str_eq(f[i].name, "my_departments"))
            run_case(w, j, f[i].name, 1, f[i].example, f[i].gives);
}

int main(int argc, char **argv)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    World w;
    const char **file;
    int n;
    Str out = str_begin(a);
    Json j = json_begin(&out);
    if (argc != 3) return 2;
    world_open(&w, &cx, argv[1]);
    if (!dir_list(&cx, argv[1], ".cases", &file, &n)) return 2;
    json_map(&j);
    json_key(&j, "world");
    json_node(&j, w.json);
    json_key(&j, "cases");
    json_list(&j);
    run_examples(&w, &j);
    for (int i = 0; i < n; i++) run_file(&w, &j, argv[1], file[i]);
    json_list_end(&j);
    json_map_end(&j);
    if (!file_write(&cx, argv[2], str_show(&out), out.n)) return 2;
    world_close(&w);
    if (w.nbase < 2) printf("without PostgreSQL: TENON_TEST_PG names no server\n");
    printf("%d passed, %d failed\n", passed, failed);
    arena_free(a);
    return failed || !passed;
}
