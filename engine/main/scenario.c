/*
 * scenario.c — a file of steps: fresh database, test clock, one line for each step.
 */
#include "main/scenario.h"
#include "base/node_yaml.h"
#include "base/sys.h"

#include <stdio.h>

/* "li create lead a": how a step is called in the report. */
static const char *describe(Arena *a, const Node *step)
{
    Str s = str_begin(a);
    const char *as = node_text(node_find(step, "as")),
        *name = node_text(node_find(step, "name"));
    const ScenarioStep *kind = step_kind(step);
    const char *what = kind ? node_text(node_find(step, kind->key)) : NULL;
    if (as) str_printf(&s, "%s: ", as);
    if (what) str_printf(&s, "%s %s", kind->key, what);
    if (what && name) str_printf(&s, " %s", name);
    const char *to = node_text(node_find(step, "to")), *run = node_text(node_find(step, "run"));
    if (to) str_printf(&s, " to %s", to);
    if (run) str_printf(&s, " run %s", run);
    if (node_find(step, "refuse")) str_add(&s, " is refused");
    return str_show(&s);
}

static void report(Scenario *s, const Node *step, const Outcome *o)
{
    const char *what = describe(s->a, step);
    if (o->ok) s->passed++;
    else s->failed++;
    if (s->json) {
        Json *j = s->json;
        json_map(j);
        json_key(j, "file"); json_text(j, s->file);
        json_key(j, "line"); json_int(j, step->line);
        json_key(j, "step"); json_text(j, what);
        json_key(j, "ok"); json_bool(j, o->ok);
        if (!o->ok) {
            json_key(j, "expected"); json_text(j, o->expected);
            json_key(j, "actual"); json_text(j, o->actual);
        }
        json_map_end(j);
        return;
    }
    printf("%s %s:%d %s\n", o->ok ? "ok" : "not ok", s->file, step->line, what);
    if (!o->ok)
        printf("    expected: %s\n    actual:   %s\n", o->expected ? o->expected : "",
            o->actual ? o->actual : "");
    fflush(stdout);
}

static bool start_clock(Cx *cx, Scenario *s, const Node *root, const Zone *zone)
{
    const char *now = node_text(node_find(root, "now"));
    s->now = sys_now();
    if (now && !datetime_parse(now, zone, &s->now))
        return cx_issue(cx, node_place(node_find(root, "now")), "datetime",
            "is no date and time");
    sys_clock_set(s->now);
    return true;
}

static bool run_steps(Scenario *s, Cx *cx, const Node *root)
{
    const Node *steps = node_find(root, "steps");
    attr_check_keys(cx, root, scenario_attrs);
    if (!node_is(steps, NODE_LIST))
        cx_issue(cx, node_place(root), "steps", "a scenario needs a list of steps");
    if (!cx_check_as(cx, E_DEF)) return false;
    if (!s->json)
        printf("# %s\n", node_text(node_find(root, "scenario")) ? node_text(node_find(root,
            "scenario")) : s->file);
    if (!steps_given(s, cx, node_find(root, "given"))) return false;
    for (int i = 0; i < steps->n; i++) {
        Outcome o = step_run(s, steps->item[i]);
        report(s, steps->item[i], &o);
    }
    return true;
}

/* The app's own mistakes are told before any step. */
static bool open_fresh(Cmd *c, Scenario *s, const Scratch *db)
{
    EngineOptions o = { .dir = c->app, .db = db->url, .fleeting = true };
    return scratch_clear(&c->cx, db) && engine_open(&c->cx, &o, &s->e);
}

bool scenario_run(Cmd *c, const Scratch *db, const char *file, Json *json, int *passed,
    int *failed)
{
    char *text;
    size_t n;
    Arena *a = arena_new();
    Scenario s = { .c = c, .file = file, .a = a, .names = node_map(a), .json = json };
    if (!file_read(&c->cx, file, 8 << 20, &text, &n)) { arena_free(a); return false; }
    Node *root = yaml_parse(&c->cx, file, text, n);
    bool ok = root && cx_check_as(&c->cx, E_DEF) && start_clock(&c->cx, &s, root, zone_utc());
    if (!root) ok = cx_check_as(&c->cx, E_DEF);
    if (ok) {
        ok = open_fresh(c, &s, db) && run_steps(&s, &c->cx, root);
        if (s.e) engine_close(s.e);
    }
    sys_clock_clear();
    *passed += s.passed;
    *failed += s.failed;
    arena_free(a);
    return ok;
}
