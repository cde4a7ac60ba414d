/*
 * request.c — what came over the wire as names and values.
 *
 * Percent escapes are decoded once, here; what is not UTF-8 afterwards is refused, so nothing
 * behind this file sees broken text. Repeated parameters are refused: two readers of one
 * request must never disagree.
 */
#include "http/request.h"
#include "base/node_json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *request_header(const Request *r, const char *name)
{
    for (int i = 0; i < r->nheader; i++)
        if (strcasecmp(r->header[i].name, name) == 0) return r->header[i].value;
    return NULL;
}

const char *request_arg(const Request *r, const char *name)
{
    for (int i = 0; i < r->narg; i++)
        if (strcmp(r->arg[i].name, name) == 0) return r->arg[i].value;
    return NULL;
}

int64_t request_arg_int(Cx *cx, const Request *r, const char *name, int64_t otherwise,
    int64_t min, int64_t max)
{
    const char *text = request_arg(r, name);
    if (!text || !*text) return otherwise;
    char *end;
    long long i = strtoll(text, &end, 10);
    if (*end || strlen(text) > 18 || i < min || i > max) {
        cx_fail(cx, E_SYNTAX, "%s must be a whole number from %lld to %lld", name,
            (long long)min, (long long)max);
        return otherwise;
    }
    return i;
}

bool request_args_only(Cx *cx, const Request *r, const char *const *known)
{
    int n = 0;
    while (known[n]) n++;
    for (int i = 0; i < r->narg; i++) {
        const char *name = r->arg[i].name;
        if (str_in(name, known, n)) continue;
        const char *near = str_nearest(name, known, n);
        if (near)
            return cx_fail(cx, E_SYNTAX, "unknown parameter %s; did you mean %s?", name, near);
        return cx_fail(cx, E_SYNTAX, "unknown parameter %s", name);
    }
    return !cx->err;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* NULL for a broken escape, a NUL or broken UTF-8. */
static char *decode(Arena *a, const char *text, size_t n, bool plus)
{
    char *out = arena_dup_n(a, text, n), *to = out;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (plus && c == '+') c = ' ';
        if (c == '%') {
            int high = i + 1 < n ? hex(text[i + 1]) : -1;
            int low = i + 2 < n ? hex(text[i + 2]) : -1;
            if (high < 0 || low < 0) return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        *to++ = c;
    }
    *to = 0;
    return utf8_valid(out, (size_t)(to - out)) ? out : NULL;
}

bool request_path(Arena *a, Request *r, const char *raw)
{
    Str path = str_begin(a);
    if (*raw != '/') return false;
    r->npart = 0;
    for (const char *p = raw + 1; ; ) {
        size_t n = strcspn(p, "/");
        char *part = decode(a, p, n, false);
        bool last = !p[n];
        if (!part || r->npart == LEN(r->part)) return false;
        if (str_eq(part, ".") || str_eq(part, "..") || (!*part && !(last && !r->npart)))
            return false;
        if (*part) r->part[r->npart++] = part;
        str_add_char(&path, '/');
        str_add(&path, part);
        if (last) break;
        p += n + 1;
    }
    r->path = str_show(&path);
    return true;
}

/* A form of ten thousand rows; the limit of a body holds besides. */
enum { MAX_VALUES = 200000 };

typedef bool (*OnPair)(Cx *cx, Request *r, const char *name, const char *value);

static bool each_pair(Cx *cx, Request *r, const char *text, size_t n, OnPair on)
{
    const char *end = text + n;
    int count = 0;
    for (const char *p = text; p < end; ) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        if (!stop) stop = end;
        const char *eq = memchr(p, '=', (size_t)(stop - p));
        const char *key_end = eq ? eq : stop;
        if (stop > p) {
            char *name = decode(cx->a, p, (size_t)(key_end - p), true);
            char *value = eq ? decode(cx->a, eq + 1, (size_t)(stop - eq - 1), true)
                             : arena_dup(cx->a, "");
            if (!name || !value)
                return cx_fail(cx, E_SYNTAX, "broken percent escape or UTF-8");
            if (++count > MAX_VALUES) return cx_fail(cx, E_SYNTAX, "too many values");
            if (!on(cx, r, name, value)) return false;
        }
        p = stop + 1;
    }
    return true;
}

static bool add_arg(Cx *cx, Request *r, const char *name, const char *value)
{
    if (request_arg(r, name))
        return cx_fail(cx, E_SYNTAX, "parameter %s is given twice", name);
    if (r->narg >= 64) return cx_fail(cx, E_SYNTAX, "too many values");
    r->arg = arena_grow(cx->a, r->arg, (size_t)r->narg, (size_t)r->narg + 1, sizeof *r->arg);
    r->arg[r->narg++] = (Pair){ name, value };
    return true;
}

/* Thousands of rows come as so many names: where each stands in the map is looked up here,
   1 and up, 0 for none yet. */
static int *form_slot(const Request *r, const char *name, uint32_t hash)
{
    uint32_t at = hash & r->names_mask;
    while (r->names[at] && strcmp(r->form->item[r->names[at] - 1]->key, name))
        at = (at + 1) & r->names_mask;
    return &r->names[at];
}

/* At most half of the places are taken. */
static void grow_names(Cx *cx, Request *r)
{
    uint32_t size = r->names ? 2 * (r->names_mask + 1) : 64;
    if (r->names && 2 * (uint32_t)r->form->n < r->names_mask) return;
    r->names = ARENA_ARRAY(cx->a, int, size);
    r->names_mask = size - 1;
    for (int i = 0; i < r->form->n; i++)
        *form_slot(r, r->form->item[i]->key, r->form->item[i]->hash) = i + 1;
}

bool request_add_value(Cx *cx, Request *r, const char *name, const char *value)
{
    Node *map = (Node *)r->form, *node = node_new_text(cx->a, value);
    uint32_t hash = node_hash(name);
    grow_names(cx, r);
    int *slot = form_slot(r, name, hash);
    Node *old = *slot ? map->item[*slot - 1] : NULL;
    if (!old) {
        node->key = name;
        node->hash = hash;
        ARENA_PUSH(cx->a, map->item, map->n, map->cap, node);
        *slot = map->n;
    } else if (old->kind == NODE_LIST) {
        node_add(cx->a, old, node);
    } else {
        Node *list = node_list(cx->a);
        list->key = old->key;
        list->hash = hash;
        node_add(cx->a, list, node_new_text(cx->a, node_text(old)));
        node_add(cx->a, list, node);
        map->item[*slot - 1] = list;
    }
    return true;
}

const char *request_cookie(Arena *a, const Request *r, const char *name)
{
    const char *p = request_header(r, "Cookie");
    size_t len = strlen(name);
    while (p && *p) {
        p += strspn(p, " \t;");
        size_t n = strcspn(p, ";");
        if (n > len && strncmp(p, name, len) == 0 && p[len] == '=')
            return arena_dup_n(a, p + len + 1, n - len - 1);
        p += n;
    }
    return NULL;
}

static bool trusted(const App *app, const char *address)
{
    return str_in(address, app->proxy, app->nproxy);
}

/* From the right, the first hop that is no proxy of ours: what stands left of it is hearsay. */
static void behind_proxy(Arena *a, Request *r, const App *app)
{
    const char *hops = request_header(r, "X-Forwarded-For");
    const char *proto = request_header(r, "X-Forwarded-Proto");
    char **part;
    if (!trusted(app, r->address)) return;
    r->https = str_eq(proto, "https");
    int n = hops ? str_split(a, hops, ',', &part) : 0;
    while (n-- > 0) {
        const char *hop = str_trim(a, part[n]);
        if (*hop && strlen(hop) < 48) r->address = hop;
        if (!trusted(app, r->address)) break;
    }
}

/* "zh-CN,zh;q=0.9,en;q=0.8": the first that the app has; people order them by preference. */
static const char *language(Arena *a, const Request *r, const App *app)
{
    const char *wish = request_cookie(a, r, "lang");
    if (wish && str_in(wish, app->language, app->nlanguage)) return wish;
    const char *p = request_header(r, "Accept-Language");
    while (p && *p) {
        p += strspn(p, " \t,");
        size_t n = strcspn(p, ",;-_ ");
        for (int i = 0; n && i < app->nlanguage; i++)
            if (strlen(app->language[i]) == n && strncasecmp(p, app->language[i], n) == 0)
                return app->language[i];
        p += strcspn(p, ",");
    }
    return app->nlanguage ? app->language[0] : "en";
}

static bool is_type(const Request *r, const char *type)
{
    const char *have = request_header(r, "Content-Type");
    size_t n = strlen(type);
    return have && strncasecmp(have, type, n) == 0 && (!have[n] || strchr("; \t", have[n]));
}

static bool parse_body(Cx *cx, Request *r)
{
    if (!r->nbody) return true;
    if (is_type(r, "application/x-www-form-urlencoded")) {
        r->form = node_map(cx->a);
        r->posted = true;
        return each_pair(cx, r, r->body, r->nbody, request_add_value);
    }
    if (!is_type(r, "application/json"))
        return cx_fail(cx, E_SYNTAX, "the body must be application/json");
    if (!utf8_valid(r->body, r->nbody))
        return cx_fail(cx, E_SYNTAX, "the body is not UTF-8");
    r->form = json_parse(cx, r->body, r->nbody);
    if (r->form && r->form->kind != NODE_MAP)
        return cx_fail(cx, E_SYNTAX, "the body must be a JSON object");
    return r->form != NULL;
}

bool request_parse(Cx *cx, Request *r, const App *app)
{
    behind_proxy(cx->a, r, app);
    r->lang = language(cx->a, r, app);
    cx->lang = r->lang;
    r->session = request_cookie(cx->a, r, r->https ? "__Host-session" : "session");
    const char *how = request_header(r, "Authorization");
    if (how && strncasecmp(how, "Bearer ", 7) == 0) r->token = str_trim(cx->a, how + 7);
    if (r->query && !each_pair(cx, r, r->query, strlen(r->query), add_arg)) return false;
    return parse_body(cx, r);
}

const Form *request_form(Work *w, const Request *q)
{
    const Form *f = q->nsegment ? app_form(w->app, q->segment[0]) : NULL;
    if (!f || f->parent) {
        cx_fail(&w->cx, E_MISSING, "there is no form %s", q->nsegment ? q->segment[0] : "");
        return NULL;
    }
    return f;
}

bool request_id(Work *w, const Request *q, int at, int64_t *id)
{
    const char *text = q->nsegment > at ? q->segment[at] : "";
    size_t n = strspn(text, "0123456789");
    if (!n || text[n] || n > 18) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    *id = strtoll(text, NULL, 10);
    return true;
}

bool request_record(Work *w, const Request *q, const Form **f, int64_t *id)
{
    *f = request_form(w, q);
    return *f && request_id(w, q, 1, id);
}

bool request_user(Work *w, const Request *q, const Form **f, int64_t *id)
{
    *f = app_form(w->app, "user");
    if (!*f) return cx_fail(&w->cx, E_MISSING, "there is no form %s", "user");
    return request_id(w, q, 0, id);
}

const Node *request_object(Cx *cx, const Request *q, const char *const *known)
{
    static const char *const none[] = { NULL };
    if (!q->form) {
        cx_fail(cx, E_SYNTAX, "the body must be a JSON object");
        return NULL;
    }
    if (known) node_check_keys(cx, q->form, known, none);
    return cx_check(cx) ? q->form : NULL;
}

bool request_version(Cx *cx, const Request *q, int64_t *version)
{
    const char *text = request_header(q, "If-Match");
    *version = 0;
    if (!text || str_eq(text, "*")) return true;
    size_t n = *text == '"' ? strspn(text + 1, "0123456789") : 0;
    if (!n || n > 18 || strcmp(text + 1 + n, "\""))
        return cx_fail(cx, E_SYNTAX, "If-Match must be one ETag as it was given");
    *version = strtoll(text + 1, NULL, 10);
    return true;
}
