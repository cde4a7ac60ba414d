/*
 * api_edit.c — one act on several files of a draft, all of it or nothing; tried first, to say what
 * else it would break. And the word that ends a clash.
 */
#include "http/definition.h"
#include "base/node_yaml.h"
#include "data/version.h"
#include "def/rewrite.h"

#include <string.h>

enum { MOST = 200 };

typedef struct Edits { DraftEdit *edit; int n; bool try; Draft *draft; } Edits;

/* ---- reading ---- */

/* A text, or null for a file that is not there. */
static bool text_or_null(const Node *n, const char **out)
{
    *out = node_text(n);
    return n->kind == NODE_NULL || n->kind == NODE_TEXT;
}

static bool read_edit(Work *w, const Node *one, DraftEdit *e)
{
    static const char *const known[] = { "path", "etag", "base", "ops", "text", "remove",
        "insist" };
    const Node *etag = node_find(one, "etag"), *base = node_find(one, "base");
    const Node *text = node_find(one, "text");
    bool remove = false, fine = node_is(one, NODE_MAP);

    for (int i = 0; fine && i < one->n; i++) fine = str_in(one->item[i]->key, known, LEN(known));
    *e = (DraftEdit){ .path = node_text(node_find(one, "path")), .based = base != NULL,
        .ops = node_find(one, "ops"), .text = node_text(text) };
    fine = fine && e->path && !etag != !base && text_or_null(etag ? etag : base, etag ? &e->etag : &e->base)
        && node_read_bool(&w->cx, one, "remove", &remove)
        && node_read_bool(&w->cx, one, "insist", &e->insist);
    e->whole = !e->ops;
    fine = fine && (e->ops != NULL) + (text != NULL) + remove == 1
        && (!e->ops || (node_is(e->ops, NODE_LIST) && e->ops->n));
    if (!fine) return cx_fail(&w->cx, E_SYNTAX, "an edit says its path, one of ops, text and remove, "
        "and one of etag and base");
    if (text && node_blank(text)) {
        cx_issue(&w->cx, at_field("text"), "required", "is required");
        return cx_check(&w->cx);
    }
    return definition_path(w, e->path);
}

static bool read_act(Work *w, const Request *q, Edits *act)
{
    static const char *const known[] = { "edits", "try", NULL }, *const none[] = { NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    const Node *list = body ? node_find(body, "edits") : NULL;

    *act = (Edits){ 0 };
    if (!body || !node_read_bool(&w->cx, body, "try", &act->try)) return cx_check(&w->cx) && body;
    if (!node_is(list, NODE_LIST) || !list->n || list->n > MOST)
        return cx_fail(&w->cx, E_SYNTAX, "edits is a list of 1 to %d edits", MOST);
    act->edit = ARENA_ARRAY(w->cx.a, DraftEdit, list->n);
    act->draft = ARENA_ARRAY(w->cx.a, Draft, list->n);
    for (; act->n < list->n; act->n++) {
        if (!read_edit(w, list->item[act->n], &act->edit[act->n])) return false;
        for (int i = 0; i < act->n; i++)
            if (str_eq(act->edit[i].path, act->edit[act->n].path))
                return cx_fail(&w->cx, E_SYNTAX, "%s stands here twice", act->edit[i].path);
    }
    return true;
}

/* ---- doing it ---- */

bool definition_check(Work *w, Cx *found)
{
    Merge clash;
    Proposal p;

    *found = cx_begin(w->cx.a, w->cx.lang);
    if (proposal_open(w, PROPOSE_DRAFT, 0, &p, &clash) && proposal_check(w, &p)) return true;
    if (w->cx.err != E_DEF && !clash.n) return false;
    if (!clash.n) cx_copy(found, &w->cx);
    cx_clear(&w->cx);
    return true;
}

static bool answer(Work *w, const Draft *draft, int n, Response *r)
{
    Cx found;

    if (!definition_check(w, &found)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "files");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        definition_draft(w, &j, &draft[i]);
        json_key(&j, "merged"); json_bool(&j, draft[i].moved);
        if (draft[i].moved) { json_key(&j, "was"); json_text(&j, draft[i].was); }
        json_map_end(&j);
    }
    json_list_end(&j);
    definition_issues(w, &found, &j);
    json_map_end(&j);
    return true;
}

/* ---- trying it ---- */

/* The words that an edit takes away: the last of each path that is removed, a file's name. */
static void add_words(Work *w, const DraftEdit *e, const char ***word, int *n, int *cap)
{
    if (e->whole && !e->text) {
        const char *name = strrchr(e->path, '/');
        if (name) ARENA_PUSH(w->cx.a, *word, *n, *cap, arena_dup_n(w->cx.a, name + 1,
            strcspn(name + 1, ".")));
    }
    for (int i = 0; e->ops && i < e->ops->n; i++) {
        const Node *op = e->ops->item[i], *path = node_find(op, "path");
        if (!str_eq(node_text(node_find(op, "op")), "remove") || !path) continue;
        const char *last = path->kind == NODE_LIST && path->n
            ? node_text(path->item[path->n - 1]) : node_text(path);
        if (last && strrchr(last, '.')) last = strrchr(last, '.') + 1;
        if (last) ARENA_PUSH(w->cx.a, *word, *n, *cap, last);
    }
}

/* Those of `now` that are not among `was`, each as often as it is new. */
static void put_new(Work *w, const Cx *was, const Cx *now, const Source *to, int n, Json *j)
{
    bool *told = ARENA_ARRAY(w->cx.a, bool, was->nissue + 1);

    json_key(j, "issues");
    json_list(j);
    for (int i = 0; i < now->nissue; i++) {
        const Issue *x = &now->issue[i];
        int k = 0;
        while (k < was->nissue && (told[k] || !str_eq(was->issue[k].at.file, x->at.file)
            || !str_eq(was->issue[k].text, x->text))) k++;
        if (k < was->nissue) { told[k] = true; continue; }
        Cx in = cx_begin(w->cx.a, w->cx.lang);
        const Source *s = x->at.file ? app_source(to, n, x->at.file) : NULL;
        const Node *tree = s && str_ends(s->path, ".yaml") ? yaml_parse(&in, s->path, s->text, s->n) : NULL;
        definition_issue(j, x, in.nissue ? NULL : tree);
    }
    json_list_end(j);
}

/* The files that a changed name leads to another text of (def/rewrite.h); null where it all does not load. */
static void put_follows(const App *app, const Source *to, int n, Json *j)
{
    json_key(j, "follows");
    if (!app) {
        json_null(j);
        return;
    }
    json_list(j);
    for (int i = 0; i < app->nsource; i++) {
        const Source *now = &app->source[i], *was = app_source(to, n, now->path);
        if (!was || str_eq(was->text, now->text)) continue;
        json_map(j);
        json_key(j, "path"); json_text(j, now->path);
        json_key(j, "text"); json_text(j, now->text);
        json_map_end(j);
    }
    json_list_end(j);
}

/* What would be wrong after the act and is not now; what follows it; lines of rules that mention
   what it removes. */
static bool answer_try(Work *w, const Edits *act, Response *r)
{
    Cx was, now = cx_begin(w->cx.a, w->cx.lang);
    const char **word = NULL;
    Source *change, *all, *to;
    Merge clash;
    int n, nall = 0, nto, nword = 0, cap = 0;

    if (!definition_check(w, &was)) return false;
    if (!draft_changes(w, &change, &n, &clash)) return definition_refused(w, r, &clash, NULL);
    all = ARENA_ARRAY(w->cx.a, Source, n + act->n + 1);
    for (; nall < act->n; nall++) {
        const char *text = act->draft[nall].text;
        all[nall] = (Source){ act->edit[nall].path, text, text ? strlen(text) : 0 };
        add_words(w, &act->edit[nall], &word, &nword, &cap);
    }
    for (int i = 0; i < n; i++)
        if (!app_source(all, act->n, change[i].path)) all[nall++] = change[i];
    engine_lay(w->cx.a, w->app, all, nall, &to, &nto);
    App *app = engine_try(w, to, nto, NULL, NULL, NULL);
    if (!app && w->cx.err != E_DEF) return false;
    if (!app) cx_copy(&now, &w->cx);
    cx_clear(&w->cx);
    Json j = response_json(r, 200);
    json_map(&j);
    put_new(w, &was, &now, to, nto, &j);
    put_follows(app, to, nto, &j);
    app_give(app);
    json_key(&j, "rules"); json_node(&j, rewrite_mentions(w->cx.a, to, nto, word, nword));
    json_map_end(&j);
    return true;
}

bool api_definition_edit(Work *w, const Request *q, Response *r)
{
    Merge clash = { 0 };
    Edits act;

    if (!read_act(w, q, &act)) return false;
    if (!draft_edit_all(w, act.edit, act.n, act.try, act.draft, &clash))
        return definition_refused(w, r, &clash, NULL);
    return act.try ? answer_try(w, &act, r) : answer(w, act.draft, act.n, r);
}

/* ---- a word for each clash ---- */

bool api_definition_settle(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "path", "choose", NULL }, *const none[] = { NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    if (!body) return false;
    const char *path = node_text(node_find(body, "path"));
    const Node *choose = node_find(body, "choose");
    bool fine = path && node_is(choose, NODE_MAP);
    Merge clash = { 0 };
    Draft d;

    for (int i = 0; fine && i < choose->n; i++) {
        const char *word = node_text(choose->item[i]);
        fine = str_eq(word, "mine") || str_eq(word, "theirs");
    }
    if (!fine) return cx_fail(&w->cx, E_SYNTAX, "choose says mine or theirs for each place");
    if (!draft_choose(w, path, choose, &d, &clash)) return definition_refused(w, r, &clash, NULL);
    return answer(w, &d, 1, r);
}
