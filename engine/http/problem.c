/*
 * problem.c — a failure as an answer: RFC 9457 for programs, a page for people.
 *
 * What it was stays in the log with the request id; SQL and tracebacks are for admins.
 */
#include "http/page.h"
#include "base/i18n.h"
#include "base/sys.h"
#include "data/people_show.h"

#include <stdlib.h>
#include <string.h>

static const char *title_of(Err err)
{
    switch (err) {
    case E_INPUT: return "Some values need your attention";
    case E_SYNTAX: return "The request could not be understood";
    case E_LOGIN: return "Please sign in";
    case E_DENIED: return "You may not do this";
    case E_MISSING: return "Not found";
    case E_CONFLICT: return "This conflicts with other data";
    case E_STALE: return "Someone else changed this record";
    case E_SIZE: return "Too large";
    case E_LIMIT: return "Too many requests";
    case E_BUSY: case E_MOVED: return "The system is busy; please try again";
    case E_RULE: return "A rule failed";
    default: return "Something went wrong";
    }
}

static void write_issue(Json *j, const Issue *i)
{
    json_map(j);
    json_key(j, "code");
    json_text(j, i->code);
    json_key(j, "message");
    json_text(j, i->text);
    if (i->at.file) { json_key(j, "file"); json_text(j, i->at.file); }
    if (i->at.line) { json_key(j, "line"); json_int(j, i->at.line); }
    if (i->at.col) { json_key(j, "column"); json_int(j, i->at.col); }
    if (i->source) { json_key(j, "source"); json_text(j, i->source); }
    json_map_end(j);
}

/* The first issue of each field stands for it; the others follow in `issues`. */
static bool is_first(const Cx *cx, int at)
{
    for (int i = 0; i < at; i++)
        if (str_eq(cx->issue[i].at.field, cx->issue[at].at.field)) return false;
    return true;
}

static void write_issues(Json *j, const Cx *cx)
{
    int others = 0;
    json_key(j, "fields");
    json_map(j);
    for (int i = 0; i < cx->nissue; i++) {
        if (!cx->issue[i].at.field || !is_first(cx, i)) { others++; continue; }
        json_name(j, cx->issue[i].at.field);
        write_issue(j, &cx->issue[i]);
    }
    json_map_end(j);
    if (!others) return;
    json_key(j, "issues");
    json_list(j);
    for (int i = 0; i < cx->nissue; i++)
        if (!cx->issue[i].at.field || !is_first(cx, i)) write_issue(j, &cx->issue[i]);
    json_list_end(j);
}

static void problem_json(const Cx *cx, const Request *q, Response *r, int status, bool admin)
{
    Json j = response_json(r, status);
    r->type = "application/problem+json";
    json_map(&j);
    json_key(&j, "type");
    json_text(&j, "about:blank");
    json_key(&j, "title");
    json_text(&j, i18n_text(cx->lang, title_of(cx->err)));
    json_key(&j, "status");
    json_int(&j, status);
    json_key(&j, "code");
    json_text(&j, err_code(cx->err));
    json_key(&j, "detail");
    json_text(&j, cx->text);
    if (cx->nissue) write_issues(&j, cx);
    if (r->extra) {
        str_add_char(&r->body, ',');
        str_add(&r->body, r->extra);
    }
    if (admin && (cx->detail || status >= 500)) {
        json_key(&j, "trace");
        json_text(&j, cx->detail);
        json_key(&j, "from");
        json_text(&j, cx->from);
    }
    json_key(&j, "request");
    json_text(&j, q->id);
    json_map_end(&j);
}

/* What one can do about it, when nothing better is known. */
static const char *advice_of(Err err)
{
    switch (err) {
    case E_INPUT: case E_SYNTAX: return "Go back, correct it and try again.";
    case E_DENIED: return "Whoever keeps the rights here can give you this one.";
    case E_MISSING: return "It may have been deleted or moved, or it is not for you to see.";
    case E_CONFLICT: return "Change what is named here first, then try again.";
    case E_STALE: return "Nothing was saved. Load the page again and make your change anew.";
    case E_SIZE: return "Send less at once.";
    case E_LIMIT: return "Wait a minute, then try again.";
    case E_BUSY: case E_MOVED: return "Nothing was saved. Try again in a moment.";
    default: return "Nothing was saved. Tell an administrator, with the number below.";
    }
}

static const Form *form_of(const Work *w, const Request *q)
{
    bool below = q->npart > 1 && (str_eq(q->part[0], "f") || str_eq(q->part[0], "bin"));
    return below ? app_form(w->app, q->part[1]) : NULL;
}

/* What the address is about to do to a record; -1: nothing that a scope speaks of. */
static int act_of(const Request *q)
{
    static const struct { const char *part; Act act; } acts[] = {
        { "edit", ACT_UPDATE }, { "action", ACT_UPDATE }, { "delete", ACT_DELETE },
        { "restore", ACT_DELETE },
    };
    if (q->npart == 3 && str_eq(q->part[2], "new")) return ACT_CREATE;
    for (int i = 0; q->npart > 3 && i < LEN(acts); i++)
        if (str_eq(q->part[3], acts[i].part)) return (int)acts[i].act;
    return -1;
}

/* The rules that spoke against it, of a record one may see. */
static bool add_rules(Work *w, Node *rules, const Form *f, const Request *q, Act act)
{
    Arena *a = w->cx.a;
    Because *b;
    Record *r;
    int n;

    if (!query_one(w, f, strtoll(q->part[2], NULL, 10), &r) || perm_on(w, act, r)
        || !perm_explain(w, act, r, &b, &n)) return false;
    for (int i = 0; i < n; i++) {
        const Role *role = b[i].role ? app_role(w->app, b[i].role) : NULL;
        const char *name = role ? label_show(&role->label, w->cx.lang, b[i].role) : b[i].role;
        if (b[i].allowed) continue;
        node_add(a, rules, node_new_text(a, name ? arena_printf(a, "%s: %s", name, b[i].text)
            : b[i].text));
    }
    return true;
}

/* Which rule refused, and who can. */
static void add_advice(Work *w, const Request *q, Node *data, const Cx *failed)
{
    Arena *a = w->cx.a;
    const Form *f = form_of(w, q);
    int act = act_of(q);
    Node *rules = node_put(a, data, "rules", node_list(a));

    node_put_text(a, data, "advice", i18n_text(failed->lang, advice_of(failed->err)));
    if (failed->err != E_DENIED || !f || act < 0 || !w->who.id) return;
    bool refused = act == ACT_CREATE ? !perm_may(w, f, ACT_CREATE)
        : add_rules(w, rules, f, q, (Act)act);
    if (refused)
        node_put_text(a, data, "advice", page_say(w, "Who may do this: %s.",
            people_roles(w, f, (Act)act)));
    cx_clear(&w->cx);
}

/* Where one came from, on this host; else the list, else the start. */
static const char *back_of(Arena *a, const Request *q)
{
    const char *from = request_header(q, "Referer"), *host = request_header(q, "Host");
    const char *name = from ? strstr(from, "://") : NULL;
    size_t n = host ? strlen(host) : 0;

    if (name && n && !strncmp(name + 3, host, n) && name[3 + n] == '/') {
        const char *path = page_back(name + 3 + n, NULL);
        size_t same = strcspn(path ? path : "", "?#");
        if (path && (strlen(q->path) != same || strncmp(path, q->path, same))) return path;
    }
    if (q->npart > 2 && str_eq(q->part[0], "f"))
        return arena_printf(a, "/f/%s", q->part[1]);
    return "/";
}

static void problem_page(Work *w, const Request *q, Response *r, int status, const Cx *failed)
{
    Arena *a = w->cx.a;
    const char *lang = failed->lang;
    if (failed->err == E_LOGIN && (str_eq(q->method, "GET") || str_eq(q->method, "HEAD"))) {
        Str to = str_begin(a);
        str_add(&to, "/login");
        if (!str_eq(q->path, "/")) {
            str_add(&to, "?next=");
            url_part(&to, q->query && *q->query
                ? arena_printf(a, "%s?%s", q->path, q->query) : q->path);
        }
        response_redirect(&w->cx, r, str_show(&to));
        return;
    }
    Node *data = page_begin(w, q, i18n_text(lang, title_of(failed->err)));
    Node *issues = node_list(a);
    node_put_int(a, data, "status", status);
    node_put_text(a, data, "code", err_code(failed->err));
    node_put_text(a, data, "text", failed->text);
    if (w->who.admin) node_put_text(a, data, "detail", failed->detail);
    for (int i = 0; i < failed->nissue; i++) {
        Node *issue = node_add(a, issues, node_map(a));
        const char *key = failed->issue[i].at.field;
        const Form *f = form_of(w, q);
        const Field *field = f && key ? form_field(f, key) : NULL;
        node_put_text(a, issue, "text", failed->issue[i].text);
        node_put_text(a, issue, "label", field ? field_label(field, lang) : NULL);
    }
    node_put(a, data, "issues", issues);
    node_put_text(a, data, "request", status >= 500 ? q->id : NULL);
    node_put_text(a, data, "back", back_of(a, q));
    add_advice(w, q, data, failed);
    if (!page_end(w, q, r, "error", data)) problem_json(failed, q, r, status, false);
    r->status = status;
}

static bool wants_page(const Request *q)
{
    const char *accept = request_header(q, "Accept");
    return !str_starts(q->path, "/api/") && !str_starts(q->path, "/hooks/") && accept && strstr(accept, "text/html");
}

void response_problem(Work *w, const Request *q, Response *r)
{
    Cx failed = w->cx;
    int status = err_status(failed.err);
    /* What a handler began to answer is void; cookies it deleted stay deleted. */
    r->fixed = NULL;
    r->cache = NULL;
    r->csp = NULL;
    r->file_n = 0;
    if (r->file) fclose(r->file);
    r->file = NULL;
    r->content = NULL;
    if (status >= 500)
        sys_log(LOG_ERROR, "request failed", "request", q->id, "path", q->path, "text",
            failed.text ? failed.text : "", "detail", failed.detail ? failed.detail : "",
            "from",
            failed.from ? failed.from : "", NULL);
    cx_clear(&w->cx);
    if (wants_page(q)) problem_page(w, q, r, status, &failed);
    else problem_json(&failed, q, r, status, w->who.admin);
    if (failed.err == E_LIMIT || failed.err == E_BUSY || failed.err == E_MOVED)
        response_header(&w->cx, r, "Retry-After",
            failed.err == E_LIMIT && str_ends(q->path, "/login") ? "60" : "1");
    if (failed.err == E_LOGIN && (str_starts(q->path, "/api/") || str_starts(q->path, "/hooks/")))
        response_header(&w->cx, r, "WWW-Authenticate", "Bearer");
    w->cx = failed;
}

/* A page drawn without the app: what is known is the browser's language. */
static void problem_page_bare(const Request *q, Response *r, int status, Err err)
{
    Arena *a = r->body.a;
    const char *accept = request_header(q, "Accept-Language");
    const char *lang = accept && str_starts(accept, "zh") ? "zh" : "en";
    Node *data = node_map(a);

    node_put_text(a, data, "template", "error");
    node_put_text(a, data, "lang", lang);
    node_put_text(a, data, "app", "Tenon");
    node_put_bool(a, data, "bare", true);
    node_put_text(a, data, "title", i18n_text(lang, title_of(err)));
    node_put_text(a, data, "advice", i18n_text(lang, advice_of(err)));
    node_put_text(a, data, "back", back_of(a, q));
    str_clear(&r->body);
    template_render("frame", data, lang, &r->body);
    r->status = status;
    r->type = "text/html; charset=utf-8";
}

void response_problem_early(const Request *q, Response *r, int status, Err err,
    const char *code, const char *text)
{
    if (wants_page(q)) problem_page_bare(q, r, status, err);
    else response_problem_bare(r, status, code, text, q->id);
}

void response_problem_bare(Response *r, int status, const char *code, const char *text,
    const char *id)
{
    Json j = response_json(r, status);
    r->type = "application/problem+json";
    json_map(&j);
    json_key(&j, "type");
    json_text(&j, "about:blank");
    json_key(&j, "title");
    json_text(&j, status_text(status));
    json_key(&j, "status");
    json_int(&j, status);
    json_key(&j, "code");
    json_text(&j, code);
    json_key(&j, "detail");
    json_text(&j, text);
    if (id) { json_key(&j, "request"); json_text(&j, id); }
    json_map_end(&j);
}
