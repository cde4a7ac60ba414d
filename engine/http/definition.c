/*
 * definition.c — files of the app and what refused them, as JSON.
 */
#include "http/definition.h"
#include "data/version.h"
#include "base/node_yaml.h"

#include <string.h>

/* Plain scalars typed as YAML's core schema does, so that JSON says what YAML says. */
static Node *typed(Arena *a, const Node *n)
{
    static const char *const nulls[] = { "", "~", "null" };
    const char *t = n ? n->text : NULL;

    if (!n) return NULL;
    if (n->kind == NODE_LIST || n->kind == NODE_MAP) {
        Node *out = n->kind == NODE_LIST ? node_list(a) : node_map(a);
        for (int i = 0; i < n->n; i++) {
            if (n->kind == NODE_LIST) node_add(a, out, typed(a, n->item[i]));
            else node_put(a, out, n->item[i]->key, typed(a, n->item[i]));
        }
        return out;
    }
    if (n->kind != NODE_TEXT || !n->plain || str_in(t, nulls, LEN(nulls)))
        return n->plain && n->kind == NODE_TEXT ? node_new_null(a) : node_new_text(a, t);
    if (str_eq(t, "true") || str_eq(t, "false")) return node_new_bool(a, *t == 't');
    size_t sign = *t == '-', whole = strspn(t + sign, "0123456789");
    const char *rest = t + sign + whole;
    size_t part = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    bool number = whole && whole + part < 16 && !(t[sign] == '0' && whole > 1)
        && (part ? !rest[1 + part] : !*rest);
    return number ? node_new_number(a, t) : node_new_text(a, t);
}

static void put_clash(Arena *a, Json *j, const Clash *c, const char *file)
{
    json_map(j);
    json_key(j, "file"); json_text(j, file);
    json_key(j, "path"); json_text(j, c->path);
    json_key(j, "order"); json_bool(j, c->order);
    json_key(j, "base"); json_node(j, typed(a, c->base));
    json_key(j, "theirs"); json_node(j, typed(a, c->theirs));
    json_key(j, "mine"); json_node(j, typed(a, c->mine));
    json_map_end(j);
}

void definition_clashes(Work *w, Json *j, const Merge *clash)
{
    json_list(j);
    for (int i = 0; i < clash->n; i++) put_clash(w->cx.a, j, &clash->clash[i], clash->file);
    json_list_end(j);
}

bool definition_refused(Work *w, Response *r, const Merge *clash, const char *plan_json)
{
    Str s = str_begin(w->cx.a);

    if (clash->n) {
        Json j = json_begin(&s);
        str_add(&s, "\"clashes\":");
        definition_clashes(w, &j, clash);
    }
    if (plan_json) str_printf(&s, "%s\"plan\":%s", s.n ? "," : "", plan_json);
    if (s.n) r->extra = str_show(&s);
    return false;
}

/* Does it begin at the place or before it? */
static bool begins(const Node *n, const Issue *x)
{
    Place at = node_key_place(n);

    return at.line < x->at.line || (at.line == x->at.line && at.col <= x->at.col);
}

/* The keys and positions that lead to what stands at the issue's place. */
static void put_path(Json *j, const Node *tree, const Issue *x)
{
    json_key(j, "path");
    if (!tree) { json_null(j); return; }
    json_list(j);
    for (const Node *n = tree; n && n->n; ) {
        int i = n->n - 1;
        while (i >= 0 && !begins(n->item[i], x)) i--;
        if (i < 0) break;
        if (n->kind == NODE_MAP) json_text(j, n->item[i]->key);
        else json_int(j, i);
        n = n->item[i];
    }
    json_list_end(j);
}

static const char *text_of(Work *w, const char *path)
{
    const Source *s = app_source(w->app->source, w->app->nsource, path);
    Draft *draft;
    int n;

    if (draft_list(w, &draft, &n))
        for (int i = 0; i < n; i++)
            if (str_eq(draft[i].path, path)) return draft[i].text;
    return s ? s->text : NULL;
}

static const Node *tree_of(Work *w, const char *path)
{
    Cx in = cx_begin(w->cx.a, w->cx.lang);
    const char *text = path && str_ends(path, ".yaml") ? text_of(w, path) : NULL;
    const Node *tree = text ? yaml_parse(&in, path, text, strlen(text)) : NULL;

    return in.nissue ? NULL : tree;
}

void definition_issue(Json *j, const Issue *x, const Node *tree)
{
    json_map(j);
    json_key(j, "file"); json_text(j, x->at.file);
    json_key(j, "line"); json_int(j, x->at.line);
    json_key(j, "column"); json_int(j, x->at.col);
    put_path(j, tree, x);
    json_key(j, "field"); json_text(j, x->at.field);
    json_key(j, "code"); json_text(j, x->code);
    json_key(j, "message"); json_text(j, x->text);
    json_key(j, "source"); json_text(j, x->source);
    json_map_end(j);
}

void definition_issues(Work *w, const Cx *failed, Json *j)
{
    const Node *tree = NULL;
    const char *file = NULL;

    json_key(j, "issues");
    json_list(j);
    for (int i = 0; i < failed->nissue; i++) {
        const Issue *x = &failed->issue[i];
        if (!str_eq(x->at.file, file)) tree = tree_of(w, file = x->at.file);
        definition_issue(j, x, tree);
    }
    json_list_end(j);
}

void definition_file(Work *w, Json *j, const char *path, const char *text, int64_t version, bool draft)
{
    json_key(j, "path"); json_text(j, path);
    json_key(j, "kind"); json_text(j, app_path_kind(path));
    json_key(j, "etag"); json_text(j, version_etag(w->cx.a, text));
    json_key(j, "version");
    if (version) json_int(j, version);
    else json_null(j);
    json_key(j, "draft"); json_bool(j, draft);
}

void definition_text(Work *w, Json *j, const char *path, const char *text)
{
    Cx in = cx_begin(w->cx.a, w->cx.lang);
    Node *tree = text && !str_ends(path, ".lua")
        ? yaml_parse(&in, path, text, strlen(text)) : NULL;

    json_key(j, "text"); json_text(j, text);
    json_key(j, "tree");
    if (tree && !in.nissue) json_node(j, typed(w->cx.a, tree));
    else json_null(j);
}

void definition_draft(Work *w, Json *j, const Draft *d)
{
    definition_file(w, j, d->path, d->text, 0, !str_eq(d->base, d->text));
    definition_text(w, j, d->path, d->text);
}

bool definition_path(Work *w, const char *path)
{
    return app_path_kind(path) || cx_fail(&w->cx, E_MISSING, "no file of an app is called %s", path);
}
