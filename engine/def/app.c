/*
 * app.c — a folder becomes a snapshot: read all files, load all, then let them meet.
 *
 * Each pass goes over everything before the next begins, so that every mistake of the whole
 * app is told at once. What is loaded lives in the App's own arena.
 */
#include "def/app.h"
#include "base/node_yaml.h"
#include "base/sys.h"
#include "def/app_file.h"
#include "def/kept.h"
#include "def/builtin.h"
#include "def/dashboard.h"
#include "def/pinned.h"
#include "def/ref.h"
#include "def/rewrite.h"
#include "def/webhook.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

bool app_approves(const App *app)
{
    for (int i = 0; i < app->nform; i++)
        if (app->form[i]->approves) return true;
    return false;
}

Form *app_form(const App *app, const char *key)
{
    for (int i = 0; i < app->nform; i++)
        if (str_eq(app->form[i]->key, key)) return app->form[i];
    return NULL;
}

Role *app_role(const App *app, const char *key)
{
    for (int i = 0; i < app->nrole; i++)
        if (str_eq(app->role[i].key, key)) return &app->role[i];
    return NULL;
}

Workflow *app_workflow(const App *app, const char *key)
{
    for (int i = 0; i < app->nworkflow; i++)
        if (str_eq(app->workflow[i]->key, key)) return app->workflow[i];
    return NULL;
}

const Calendar *app_calendar(const App *app, const char *key)
{
    if (!key) return app->ncalendar ? app->calendar : &app->standard;
    for (int i = 0; i < app->ncalendar; i++)
        if (str_eq(app->calendar[i].name, key)) return &app->calendar[i];
    return NULL;
}

const Channel *app_channel(const App *app, const char *key)
{
    for (int i = 0; i < app->nchannel; i++)
        if (str_eq(app->channel[i].key, key)) return &app->channel[i];
    return NULL;
}

Dashboard *app_dashboard(const App *app, const char *key)
{
    for (int i = 0; key && i < app->ndashboard; i++)
        if (str_eq(app->dashboard[i]->key, key)) return app->dashboard[i];
    return NULL;
}

static const Names *find_form(void *ctx, const char *name)
{
    const Form *f = app_form(ctx, name);
    return f ? &f->names : NULL;
}

static bool find_role(void *ctx, const char *name)
{
    return app_role(ctx, name) != NULL;
}

static const char *called(const Names *form, const char *label)
{
    const Form *f = form->form;
    for (int i = 0; f && i < f->nfield; i++)
        for (int k = 0; k < f->field[i]->label.n; k++)
            if (str_eq(f->field[i]->label.text[k], label)) return f->field[i]->key;
    return NULL;
}

ExprWhere app_where(const App *app, const Form *here, ExprUse use)
{
    return (ExprWhere){ .here = here ? &here->names : NULL, .use = use, .form = find_form,
        .role = find_role, .param = app->named ? app_named : NULL, .renamed = rewrite_name,
        .renamed_form = rewrite_form_name, .renamed_role = rewrite_role_name,
        .called = called,
        .ctx = (void *)(uintptr_t)app };
}

const char *app_file_key(Arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return arena_dup_n(a, name, dot ? (size_t)(dot - name) : strlen(name));
}

void app_check_key(Cx *cx, const Node *map, const char *kind, const char *key)
{
    const Node *at = node_find(map, kind);
    if (!at)
        cx_issue(cx, node_place(map), "no_name", "the file must say `%s: %s`", kind, key);
    else if (!str_eq(node_text(at), key))
        cx_issue(cx, node_place(at), "other_name", "the file is named %s.yaml, so `%s` must "
            "be `%s`", key, kind, key);
    else ref_name(cx, at, key, 60);
}

App *app_take(App *app)
{
    atomic_fetch_add(&app->refs, 1);
    return app;
}

void app_give(App *app)
{
    if (app && atomic_fetch_sub(&app->refs, 1) == 1) arena_free(app->a);
}

static int by_path(const void *x, const void *y)
{
    return strcmp(((const Source *)x)->path, ((const Source *)y)->path);
}

/* The hash depends on paths and texts, each with its end. */
static void keep_sources(Cx *cx, App *app, const Source *source, int n)
{
    Str all = str_begin(cx->a);
    app->source = ARENA_ARRAY(cx->a, Source, n + 1);
    app->nsource = n;
    for (int i = 0; i < n; i++)
        app->source[i] = (Source){ arena_dup(cx->a, source[i].path),
            arena_dup_n(cx->a, source[i].text, source[i].n), source[i].n };
    qsort(app->source, (size_t)n, sizeof(Source), by_path);
    for (int i = 0; i < n; i++) {
        const Source *s = &app->source[i];
        str_printf(&all, "%s %zu\n", s->path, s->n);
        str_add_n(&all, s->text, s->n);
    }
    app->hash = sys_sha256_hex(cx->a, str_show(&all), all.n);
}

static Node *parse(Cx *cx, const Source *s)
{
    int issues = cx->nissue;
    if (!utf8_valid(s->text, s->n)) {
        cx_issue(cx, at_line(s->path, 1, 1), "not_utf8", "the file is not valid UTF-8");
        return NULL;
    }
    Node *n = yaml_parse(cx, s->path, s->text, s->n);
    if (n && !node_blank(n)) return n;
    if (cx->nissue == issues)
        cx_issue(cx, at_line(s->path, 1, 1), "empty", "the file is empty");
    return NULL;
}

static void load_app_file(Cx *cx, App *app)
{
    const Source *file = NULL;
    for (int i = 0; i < app->nsource; i++)
        if (str_eq(app->source[i].path, "app.yaml")) file = &app->source[i];
    if (!file)
        cx_issue(cx, at_line("app.yaml", 1, 1), "no_app", "there is no app.yaml");
    app_file_load(cx, app, file ? parse(cx, file) : NULL);
}

static void load_forms(Cx *cx, App *app)
{
    app->form = ARENA_ARRAY(cx->a, Form *, app->nsource + 2);
    builtin_forms_load(cx, app);
    for (int i = 0; i < app->nsource; i++) {
        const Source *s = &app->source[i];
        if (!str_starts(s->path, "forms/")) continue;
        const char *key = app_file_key(cx->a, s->path);
        if (!str_ends(s->path, ".yaml"))
            cx_issue(cx, at_line(s->path, 1, 1), "bad_file", "definitions end in .yaml");
        else if (app_form(app, key))
            cx_issue(cx, at_line(s->path, 1, 1), "built_in", "the form `%s` is built in", key);
        else app->form[app->nform++] = form_load(cx, app, s->path, parse(cx, s));
    }
}

/* Of a file that is no YAML one cannot tell whose stages it has: any form may have them. */
static void any_stage(Cx *cx, App *app)
{
    Workflow *unknown = ARENA_NEW(cx->a, Workflow);
    unknown->key = "";
    for (int i = 0; i < app->nform; i++)
        if (!app->form[i]->staged && !app->form[i]->builtin)
            form_add_workflow(cx, app->form[i], unknown);
}

static void load_workflows(Cx *cx, App *app)
{
    bool broken = false;
    app->workflow = ARENA_ARRAY(cx->a, Workflow *, app->nsource + 1);
    for (int i = 0; i < app->nsource; i++) {
        const Source *s = &app->source[i];
        if (!str_starts(s->path, "workflows/")) continue;
        if (!str_ends(s->path, ".yaml")) {
            cx_issue(cx, at_line(s->path, 1, 1), "bad_file", "definitions end in .yaml");
            continue;
        }
        const Node *n = parse(cx, s);
        Workflow *w = n ? workflow_load(cx, app, s->path, n) : NULL;
        if (w) app->workflow[app->nworkflow++] = w;
        else broken = true;
    }
    if (broken) any_stage(cx, app);
}

/* When all they may name is known. */
static void load_dashboards(Cx *cx, App *app)
{
    app->dashboard = ARENA_ARRAY(cx->a, Dashboard *, app->nsource + 1);
    for (int i = 0; i < app->nsource; i++) {
        const Source *s = &app->source[i];
        if (!str_starts(s->path, "dashboards/")) continue;
        if (!str_ends(s->path, ".yaml")) {
            cx_issue(cx, at_line(s->path, 1, 1), "bad_file", "definitions end in .yaml");
            continue;
        }
        const Node *n = parse(cx, s);
        if (n) app->dashboard[app->ndashboard++] = dashboard_load(cx, app, s->path, n);
    }
}

/* Titles of links are made of titles: a ring would never end. */
static bool title_ring(const Form *f, const Form *start, int depth)
{
    for (int i = 0; i < f->ntitle_field && depth < 32; i++) {
        const Field *like = f->title_field[i]->like;
        if (field_store(f->title_field[i]) != STORE_REF || !like->to) continue;
        if (like->to == start || title_ring(like->to, start, depth + 1)) return true;
    }
    return false;
}

/* Titles stand in links, lists and messages, one text for all who read there. */
static void check_title(Cx *cx, const Form *f)
{
    const Node *n = node_find(f->at, "title");
    for (int i = 0; i < f->ntitle_field; i++) {
        const Role *role = field_kept(f->title_field[i]);
        if (!role) continue;
        cx_issue(cx, node_place(n ? n : f->at), "title_tells",
            "the title would show `%s` to the role `%s`, who may not see it",
            f->title_field[i]->key, role->key);
        return;
    }
}

static void bind_all(Cx *cx, App *app)
{
    form_link(cx, app, app->files);
    for (int i = 0; i < app->nform; i++) form_link(cx, app, app->form[i]);
    form_bind(cx, app, app->files);
    for (int i = 0; i < app->nform; i++) form_bind(cx, app, app->form[i]);
    for (int i = 0; i < app->nworkflow; i++) workflow_bind(cx, app, app->workflow[i]);
    for (int i = 0; i < app->nform; i++)
        if (!app->form[i]->broken && title_ring(app->form[i], app->form[i], 0))
            cx_issue(cx, node_place(node_find(app->form[i]->at, "title")), "ring",
                "the title of `%s` leads through links back to itself", app->form[i]->key);
    for (int i = 0; i < app->nform; i++)
        if (!app->form[i]->broken) check_title(cx, app->form[i]);
    form_order(cx, app);
    load_dashboards(cx, app);
    app_menu_load(cx, app);
    webhooks_load(cx, app);
}

static int by_place(const void *x, const void *y)
{
    const Place *a = &((const Issue *)x)->at, *b = &((const Issue *)y)->at;
    int files = a->file && b->file ? strcmp(a->file, b->file)
        : (b->file != NULL) - (a->file != NULL);
    if (files) return files;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return (a->col > b->col) - (a->col < b->col);
}

/* "lost has no field x" is no news when the file of form lost could not be read. */
static bool caused_by_broken(const App *app, const Issue *issue)
{
    for (int i = 0; i < app->nform; i++) {
        const char *key = app->form[i]->key;
        if (app->form[i]->broken && str_eq(issue->code, "unknown_field") && issue->source
                && str_starts(issue->text, key) && issue->text[strlen(key)] == ' ') return true;
    }
    return false;
}

static void sort_issues(Cx *cx, const App *app)
{
    int n = 0;
    for (int i = 0; i < cx->nissue; i++)
        if (!caused_by_broken(app, &cx->issue[i])) cx->issue[n++] = cx->issue[i];
    cx->nissue = n;
    if (n) qsort(cx->issue, (size_t)n, sizeof(Issue), by_place);
}

App *app_load_over(Cx *cx, const Source *source, int n, const char *dir, const Pins *pins)
{
    Arena *a = arena_new();
    App *app = ARENA_NEW(a, App);
    Cx in = cx_begin(a, cx->lang);
    app->a = a;
    app->refs = 1;
    app->loading = true;
    app->dir = arena_dup(a, dir);
    keep_sources(&in, app, source, n);
    load_app_file(&in, app);
    load_forms(&in, app);
    load_workflows(&in, app);
    bind_all(&in, app);
    pins_load(&in, app, pins);
    sort_issues(&in, app);
    app->loading = false;
    if (cx_check_as(&in, E_DEF)) return app;
    cx_copy(cx, &in);
    arena_free(a);
    return NULL;
}

App *app_load_sources(Cx *cx, const Source *source, int n, const char *dir)
{
    return app_load_over(cx, source, n, dir, NULL);
}

App *app_load(Cx *cx, const char *dir)
{
    Source *source;
    int n;
    if (!app_read(cx, dir, &source, &n)) return NULL;
    return app_load_sources(cx, source, n, dir);
}
