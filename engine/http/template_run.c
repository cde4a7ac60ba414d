/*
 * template_run.c — ops and a Node → text, and the templates of the program.
 *
 * Scopes form a chain on the stack: what {#each} and `with` bring stands before the page's own
 * map. Under --web DIR a changed file makes a whole new set; a set that does not compile is
 * logged once and the last good one stays.
 */
#include "http/template_tree.h"
#include "base/asset.h"
#include "base/i18n.h"
#include "base/out.h"
#include "base/sys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 40 };

typedef struct Set { Arena *a; Template **list; const Asset **from; int n, cap; } Set;
static Set *current;
static bool live;                              /* files of a folder win: look for changes */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- running ---- */
typedef struct Scope Scope;
struct Scope {
    const Scope *up;
    const Node *map;                           /* its keys are names, or */
    const char *var; const Node *value;        /* one name */
    int index, count;
};
typedef struct Run { const char *lang; Str *out; Arena *a; int depth; } Run;
typedef struct Found { const Node *node; const char *text; bool truth, is_truth; } Found;

static void run_block(Run *r, const Block *b, const Scope *scope);

static bool loop_value(const Scope *s, const char *name, Found *f)
{
    if (str_eq(name, "first")) f->truth = s->index == 0;
    else if (str_eq(name, "last")) f->truth = s->index == s->count - 1;
    else if (str_eq(name, "index")) {
        f->text = NULL;
        f->truth = true;
    } else return false;
    f->is_truth = true;
    return true;
}

static Found look_up(Run *r, const Path *path, const Scope *scope)
{
    Found f = { 0 };
    const Scope *s = scope;
    const char *name = path->name[0];
    for (; s; s = s->up) {
        if (s->var && *s->var == *name && str_eq(s->var, name)) { f.node = s->value; break; }
        if (s->map && (f.node = node_find_hashed(s->map, name, path->hash[0]))) break;
    }
    if (s && s->var && path->n == 2 && s->count && loop_value(s, path->name[1], &f)) {
        if (str_eq(path->name[1], "index")) f.text = arena_printf(r->a, "%d", s->index);
        f.node = NULL;
        return f;
    }
    for (int i = 1; i < path->n && f.node; i++)
        f.node = node_find_hashed(f.node, path->name[i], path->hash[i]);
    return f;
}

static const char *text_of(Run *r, Found f)
{
    if (f.is_truth) return f.text ? f.text : f.truth ? "true" : "";
    if (!f.node || f.node->kind == NODE_NULL) return "";
    if (f.node->kind == NODE_LIST || f.node->kind == NODE_MAP) return node_json(r->a, f.node);
    return node_text(f.node);
}

static bool is_true(Found f)
{
    if (f.is_truth) return f.truth;
    if (!f.node) return false;
    switch (f.node->kind) {
    case NODE_NULL: return false;
    case NODE_BOOL: return f.node->b;
    case NODE_NUMBER: return strtod(f.node->text, NULL) != 0;
    case NODE_TEXT: return f.node->text && f.node->text[0];
    case NODE_LIST: return f.node->n > 0;
    case NODE_MAP: return true;
    }
    return false;
}

static const char *operand(Run *r, const Test *t, const Scope *scope)
{
    return t->kind == TEST_TEXT ? t->text : text_of(r, look_up(r, &t->path, scope));
}

static bool holds(Run *r, const Test *t, const Scope *scope)
{
    switch (t->kind) {
    case TEST_PATH: return is_true(look_up(r, &t->path, scope));
    case TEST_TEXT: return t->text && *t->text;
    case TEST_NOT: return !holds(r, t->a, scope);
    case TEST_AND: return holds(r, t->a, scope) && holds(r, t->b, scope);
    case TEST_OR: return holds(r, t->a, scope) || holds(r, t->b, scope);
    case TEST_EQ: return str_eq(operand(r, t->a, scope), operand(r, t->b, scope));
    case TEST_NE: return !str_eq(operand(r, t->a, scope), operand(r, t->b, scope));
    }
    return false;
}

/* Nothing that a browser would run or send elsewhere without saying so. */
static bool safe_url(const char *url)
{
    static const char *const schemes[] = { "http://", "https://", "mailto:", "tel:" };
    if (url[0] == '/') return url[1] != '/' && url[1] != '\\';
    if (url[0] == '#' || url[0] == '?' || !url[0]) return true;
    for (int i = 0; i < LEN(schemes); i++)
        if (!strncasecmp(url, schemes[i], strlen(schemes[i]))) return true;
    return false;
}

static void write_as(Run *r, Escape as, const char *text)
{
    switch (as) {
    case AS_TEXT: html_text(r->out, text); break;
    case AS_ATTR: html_attr(r->out, text); break;
    case AS_URL: html_attr(r->out, safe_url(text) ? text : "#"); break;
    case AS_URL_PART: url_part(r->out, text); break;
    }
}

static void run_t(Run *r, const Op *op, const Scope *scope)
{
    const char *key = op->text ? op->text : text_of(r, look_up(r, &op->path, scope));
    const char *text = i18n_text(r->lang, key);
    Str s = str_begin(r->a);
    for (const char *p = text; *p; p++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        const Fill *fill = NULL;
        for (int i = 0; end && i < op->nfill; i++)
            if (strlen(op->fill[i].name) == (size_t)(end - p - 1)
                && !strncmp(op->fill[i].name, p + 1, (size_t)(end - p - 1)))
                fill = &op->fill[i];
        if (fill) {
            str_add(&s, text_of(r, look_up(r, &fill->path, scope)));
            p = end;
        } else {
            str_add_char(&s, *p);
        }
    }
    write_as(r, op->as, str_show(&s));
}

static void run_each(Run *r, const Op *op, const Scope *scope)
{
    const Node *list = look_up(r, &op->path, scope).node;
    int n = list && (list->kind == NODE_LIST || list->kind == NODE_MAP) ? list->n : 0;
    for (int i = 0; i < n; i++) {
        Scope inner = { .up = scope, .var = op->text, .value = list->item[i], .index = i,
            .count = n };
        run_block(r, &op->body, &inner);
    }
    if (!n) run_block(r, &op->other, scope);
}

static void run_part(Run *r, const Op *op, const Scope *scope)
{
    const Template *to = op->to;
    Scope inner = { .up = scope };
    const Scope *in = scope;
    if (op->path.n) {
        inner.map = look_up(r, &op->path, scope).node;
        in = &inner;
    }
    if (!to && !str_ends(op->part, "/")) {
        to = template_find(op->part);
        BUG_IF(!to);
    } else if (!to) {
        static const char *const field[] = { "control" }, *const page[] = { "template" };
        bool is_field = str_eq(op->part, "fields/");
        Path path = { .name = (const char **)(is_field ? field : page), .n = 1 };
        path.hash = &(uint32_t){ node_hash(path.name[0]) };
        const char *name = text_of(r, look_up(r, &path, in));
        to = template_find(arena_printf(r->a, "%s%s", op->part, name));
        if (!to && is_field) to = template_find("fields/text");
        BUG_IF(!to);
    }
    if (r->depth > MAX_DEPTH) return;
    r->depth++;
    run_block(r, &to->block, in);
    r->depth--;
}

static void run_op(Run *r, const Op *op, const Scope *scope)
{
    switch (op->kind) {
    case OP_TEXT: str_add_n(r->out, op->text, op->len); break;
    case OP_SHOW: write_as(r, op->as, text_of(r, look_up(r, &op->path, scope))); break;
    case OP_IF: run_block(r, holds(r, op->test, scope) ? &op->body : &op->other, scope); break;
    case OP_EACH: run_each(r, op, scope); break;
    case OP_PART: run_part(r, op, scope); break;
    case OP_T: run_t(r, op, scope); break;
    case OP_ASSET: {
        const Asset *asset = asset_find(op->text);
        BUG_IF(!asset);
        html_attr(r->out, arena_printf(r->a, "/assets/%s/%s", asset->hash, op->text));
    }
    }
}

static void run_block(Run *r, const Block *b, const Scope *scope)
{
    for (int i = 0; i < b->n; i++) run_op(r, &b->op[i], scope);
}

void template_run(const Template *t, const Node *data, const char *lang, Str *out)
{
    Run r = { .lang = lang, .out = out, .a = out->a };
    Scope page = { .map = data };
    run_block(&r, &t->block, &page);
}

/* ---- the program's templates ---- */
const Template *template_find(const char *name)
{
    Set *set = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    for (int i = 0; set && i < set->n; i++)
        if (!strcmp(set->list[i]->name, name)) return set->list[i];
    return NULL;
}

static const Template *in_set(const Set *set, const char *name)
{
    for (int i = 0; i < set->n; i++)
        if (!strcmp(set->list[i]->name, name)) return set->list[i];
    return NULL;
}

static void link_parts(Cx *cx, const Set *set, const Template *t, Block *b)
{
    for (int i = 0; i < b->n; i++) {
        Op *op = &b->op[i];
        link_parts(cx, set, t, &op->body);
        link_parts(cx, set, t, &op->other);
        if (op->kind != OP_PART || str_ends(op->part, "/")) continue;
        op->to = in_set(set, op->part);
        if (!op->to)
            cx_issue(cx, at_line(t->name, op->line, 1), "template", "there is no part %s",
                op->part);
    }
}

static bool is_template(const char *path)
{
    return str_ends(path, ".html") && (str_starts(path, "pages/") || str_starts(path,
        "fields/"));
}

static Set *compile(Cx *cx)
{
    int n;
    const Asset *all = asset_list(&n);
    Set *set = ARENA_NEW(cx->a, Set);
    set->a = cx->a;
    set->list = ARENA_ARRAY(cx->a, Template *, n + 1);
    set->from = ARENA_ARRAY(cx->a, const Asset *, n + 1);
    for (int i = 0; i < n; i++) {
        if (!is_template(all[i].path)) continue;
        const Asset *asset = asset_find(all[i].path);
        char *name = arena_dup_n(cx->a, all[i].path, strlen(all[i].path) - 5);
        Template *t = template_parse(cx, name, (const char *)asset->data);
        live |= asset != &all[i];
        set->from[set->n] = asset;
        if (t) set->list[set->n++] = t;
    }
    for (int i = 0; i < set->n; i++) link_parts(cx, set, set->list[i], &set->list[i]->block);
    return cx_check_as(cx, E_DEF) ? set : NULL;
}

bool template_init(Cx *cx)
{
    Arena *a = arena_new();
    Cx own = cx_begin(a, cx->lang);
    Set *set = compile(&own);
    if (set) {
        __atomic_store_n(&current, set, __ATOMIC_RELEASE);
        return true;
    }
    cx_copy(cx, &own);
    arena_free(a);
    return false;
}

/* Under --web DIR: anything new? The old set stays in memory, others may be rendering it. */
static void refresh(void)
{
    static int64_t told;
    bool changed = false;
    int64_t sum = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < current->n; i++) {
        const Asset *now = asset_find(arena_printf(current->a, "%s.html",
            current->list[i]->name));
        changed |= now != current->from[i];
        sum += (int64_t)(intptr_t)now;
    }
    if (changed && sum != told) {
        Arena *a = arena_new();
        Cx cx = cx_begin(a, NULL);
        bool ok = template_init(&cx);
        for (int i = 0; i < cx.nissue; i++)
            sys_log(LOG_ERROR, "template", "file", cx.issue[i].at.file,
                "text", cx.issue[i].text,
                NULL);
        told = ok ? 0 : sum;
        arena_free(a);
    }
    pthread_mutex_unlock(&lock);
}

void template_render(const char *name, const Node *data, const char *lang, Str *out)
{
    if (live) refresh();
    const Template *t = template_find(arena_printf(out->a, "pages/%s", name));
    BUG_IF(!t);
    template_run(t, data, lang, out);
}
