/*
 * rewrite.c — places are noted by line and column; the words are found in the file again.
 *
 * A scalar has quotes, escapes and folded lines that its text has not. Names have none, so the
 * n-th whole word of the text is the n-th whole word of the bytes: where the counts differ, the
 * place is refused.
 */
#include "def/rewrite.h"
#include "def/pinned.h"
#include "base/node_yaml.h"
#include "base/sys.h"

#include <stdlib.h>
#include <string.h>

Field *rewrite_find(const Form *form, const char *key)
{
    Field *only = NULL;
    if (!form || !key || form_field(form, key)) return NULL;
    for (int i = form->nsystem; i < form->nfield; i++) {
        Field *f = form->field[i];
        if (!str_eq(f->was, key)) continue;
        if (only) return NULL;
        only = f;
    }
    return only;
}

/* The form that was named so, or NULL. */
static Form *find_form(const App *app, const char *key)
{
    Form *only = NULL;
    for (int i = 0; i < app->nform; i++) {
        if (!str_eq(app->form[i]->was, key)) continue;
        if (only) return NULL;
        only = app->form[i];
    }
    return only;
}

/* The role that was named so, or NULL. */
static Role *find_role(const App *app, const char *key)
{
    Role *only = NULL;
    for (int i = 0; key && i < app->nrole; i++) {
        if (!str_eq(app->role[i].was, key)) continue;
        if (only) return NULL;
        only = &app->role[i];
    }
    return only;
}

static void note(Cx *cx, App *app, Place at, int nth, const char *old, const char *now)
{
    Rewrite r = { .at = at, .nth = nth, .old = arena_dup(cx->a, old), .now = now };
    ARENA_PUSH(cx->a, app->rewrite, app->nrewrite, app->rewrite_cap, r);
}

/* Loading apps only: what people type later says the names as they are. */
static App *loading(const App *app)
{
    return app && app->loading ? (App *)(uintptr_t)app : NULL;
}

Field *rewrite_at(Cx *cx, const Form *form, Place at, const char *key)
{
    App *app = form && at.file ? loading(form->app) : NULL;
    Field *f = app ? rewrite_find(form, key) : NULL;
    if (app && !f) f = form_field(form, pin_name(app, at, form, key));
    if (f) note(cx, app, at, -1, key, f->key);
    return f;
}

Form *rewrite_form_at(Cx *cx, const App *app, Place at, const char *key)
{
    App *in = at.file ? loading(app) : NULL;
    Form *f = in ? find_form(in, key) : NULL;
    if (in && !f) f = app_form(in, pin_name(in, at, NULL, key));
    if (f) note(cx, in, at, -1, key, f->key);
    return f;
}

Workflow *rewrite_flow_at(Cx *cx, const App *app, Place at, const char *key)
{
    App *in = at.file ? loading(app) : NULL;
    Workflow *only = NULL;
    for (int i = 0; in && i < in->nworkflow; i++) {
        if (!str_eq(in->workflow[i]->was, key)) continue;
        if (only) return NULL;
        only = in->workflow[i];
    }
    if (only) note(cx, in, at, 0, key, only->key);
    return only;
}

Role *rewrite_role_at(Cx *cx, const App *app, Place at, const char *key)
{
    App *in = at.file ? loading(app) : NULL;
    Role *role = in ? find_role(in, key) : NULL;
    if (in && !role) role = pin_role(in, at, key);
    if (role) note(cx, in, at, -1, key, role->key);
    return role;
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Where the word stands for the nth time in text[from, to), or -1. *count: how often in all.
   `escapes`: a backslash hides what follows; `holes`: only inside of { }. */
static long find_word(const char *text, size_t from, size_t to, const char *word, int nth,
    bool escapes, bool holes, int *count)
{
    size_t n = strlen(word);
    long found = -1;
    bool inside = !holes;
    *count = 0;
    for (size_t i = from; i < to; i++) {
        if (holes && strchr("{}", text[i])) inside = text[i] == '{';
        if (escapes && text[i] == '\\') {
            i++;
            continue;
        }
        if (!word_char(text[i])) continue;
        size_t end = i;
        while (end < to && word_char(text[end])) end++;
        if (inside && end - i == n && !memcmp(text + i, word, n)) {
            if (*count == nth) found = (long)i;
            (*count)++;
        }
        i = end - 1;
    }
    return found;
}

/* How often the word stands before `pos` in the scalar's text; -1: that text is not of the
   file, so it cannot be named in it. */
static int count_before(const Node *at, const char *text, int pos, const char *key)
{
    const char *whole = at ? at->text : NULL, *word = text + pos;
    int nth;
    if (!whole || word < whole || word >= whole + strlen(whole)) return -1;
    find_word(whole, 0, (size_t)(word - whole), key, -1, false, false, &nth);
    return nth;
}

const Name *rewrite_name(Cx *cx, const Names *form, const char *key, const Node *at,
    const char *text, int pos)
{
    const Form *of = form ? form->form : NULL;
    App *app = of ? loading(of->app) : NULL;
    int nth = app ? count_before(at, text, pos, key) : -1;
    Field *f = nth >= 0 ? rewrite_find(of, key) : NULL;
    if (nth >= 0 && !f) f = form_field(of, pin_name(app, node_place(at), of, key));
    if (f) note(cx, app, node_place(at), nth, key, f->key);
    return f ? &f->name : NULL;
}

const Names *rewrite_form_name(Cx *cx, void *ctx, const char *key, const Node *at,
    const char *text, int pos)
{
    App *app = loading(ctx);
    int nth = app ? count_before(at, text, pos, key) : -1;
    Form *f = nth >= 0 ? find_form(app, key) : NULL;
    if (nth >= 0 && !f) f = app_form(app, pin_name(app, node_place(at), NULL, key));
    if (f) note(cx, app, node_place(at), nth, key, f->key);
    return f ? &f->names : NULL;
}

const char *rewrite_role_name(Cx *cx, void *ctx, const char *key, const Node *at,
    const char *text, int pos)
{
    App *app = loading(ctx);
    int nth = app ? count_before(at, text, pos, key) : -1;
    const Role *role = nth >= 0 ? find_role(app, key) : NULL;
    if (nth >= 0 && !role) role = pin_role(app, node_place(at), key);
    if (!role) return NULL;
    note(cx, app, node_place(at), nth, key, role->key);
    return role->key;
}

/* The scalar, key or value, that begins there. */
static const Node *scalar_at(const Node *n, Place at)
{
    if (n->key_at && n->key_at->line == at.line && n->key_at->col == at.col) return n->key_at;
    if (n->kind == NODE_TEXT && n->line == at.line && n->col == at.col) return n;
    for (int i = 0; i < n->n; i++) {
        const Node *found = scalar_at(n->item[i], at);
        if (found) return found;
    }
    return NULL;
}

typedef struct Spot { size_t at; const Rewrite *by; } Spot;
typedef struct Spots { Spot *spot; int n, cap; } Spots;

static bool cannot(Cx *cx, const Rewrite *r)
{
    return cx_issue(cx, r->at, "cannot_rewrite", "`%s` is now `%s`, but this text cannot be "
        "changed safely; write the new name by hand", r->old, r->now);
}

static bool add_spots(Cx *cx, Spots *s, const Source *src, const Node *tree, const Rewrite *r)
{
    const Node *n = scalar_at(tree, r->at);
    bool escapes = n && src->text[n->start] == '"', found = false;
    bool holes = n && r->nth < 0 && strchr(n->text, '{');
    int in_text, in_bytes;
    if (n) {
        find_word(n->text, 0, strlen(n->text), r->old, -1, false, holes, &in_text);
        find_word(src->text, n->start, n->end, r->old, -1, escapes, holes, &in_bytes);
        found = in_text == in_bytes && in_text > (r->nth < 0 ? 0 : r->nth);
    }
    if (!found) return cannot(cx, r);
    for (int i = r->nth < 0 ? 0 : r->nth; i < (r->nth < 0 ? in_bytes : r->nth + 1); i++) {
        Spot spot = { (size_t)find_word(src->text, n->start, n->end, r->old, i, escapes, holes,
            &in_text), r };
        ARENA_PUSH(cx->a, s->spot, s->n, s->cap, spot);
    }
    return true;
}

static int by_at(const void *x, const void *y)
{
    const Spot *a = x, *b = y;
    return (a->at > b->at) - (a->at < b->at);
}

static bool rewrite_source(Cx *cx, const App *app, const Source *src, Source *out)
{
    Spots s = { 0 };
    Cx inner = cx_begin(cx->a, cx->lang);
    const Node *tree = NULL;
    bool ok = true;
    *out = *src;
    for (int i = 0; i < app->nrewrite; i++) {
        if (!str_eq(app->rewrite[i].at.file, src->path)) continue;
        if (!tree) tree = yaml_parse(&inner, src->path, src->text, src->n);
        ok = tree && add_spots(cx, &s, src, tree, &app->rewrite[i]) && ok;
    }
    if (!ok || !s.n) return ok;
    qsort(s.spot, (size_t)s.n, sizeof *s.spot, by_at);
    Str text = str_begin(cx->a);
    size_t at = 0;
    for (int i = 0; i < s.n; i++) {
        if (i && s.spot[i].at == s.spot[i - 1].at) continue;
        str_add_n(&text, src->text + at, s.spot[i].at - at);
        str_add(&text, s.spot[i].by->now);
        at = s.spot[i].at + strlen(s.spot[i].by->old);
    }
    str_add_n(&text, src->text + at, src->n - at);
    out->text = str_show(&text);
    out->n = text.n;
    return true;
}

/* A pin that means the same as the app's own workflow was not loaded, and means the same after. */
static bool rewrite_pin(Cx *cx, const App *app, const Source *now, const Pin *from, Pin *to)
{
    const Workflow *w = pin_workflow(app, from);
    if (!w || w->fresh || w->version != from->version)
        return rewrite_source(cx, app, &from->source, &to->source);
    const Source *own = app_source(now, app->nsource, w->file);
    to->source.text = own->text;
    to->source.n = own->n;
    return true;
}

App *rewrite_app(Cx *cx, App *app)
{
    if (!app->nrewrite) return app_take(app);
    Source *source = ARENA_ARRAY(cx->a, Source, app->nsource);
    bool ok = true;
    for (int i = 0; i < app->nsource; i++)
        ok = rewrite_source(cx, app, &app->source[i], &source[i]) && ok;
    Pins *pins = app->pins ? pins_copy(cx->a, app->pins) : NULL;
    for (int i = 0; pins && i < pins->n; i++)
        ok = rewrite_pin(cx, app, source, &app->pins->pin[i], &pins->pin[i]) && ok;
    if (!ok) return NULL;
    App *now = app_load_over(cx, source, app->nsource, app->dir, pins);
    if (!now || !now->nrewrite) return now;
    cannot(cx, now->rewrite);
    app_give(now);
    return NULL;
}

bool rewrite_write(Cx *cx, const App *from, const App *to)
{
    for (int i = 0; i < to->nsource && from->dir && from != to; i++) {
        const Source *old = &from->source[i], *now = &to->source[i];
        const char *path = path_join(cx->a, from->dir, now->path);
        char *text;
        size_t n;
        if (old->n == now->n && !memcmp(old->text, now->text, now->n)) continue;
        if (!file_read(cx, path, old->n, &text, &n)) return false;
        if (n != old->n || memcmp(text, old->text, n)) continue;
        if (!file_write(cx, path, now->text, now->n)) return false;
    }
    return true;
}
