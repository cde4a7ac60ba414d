/*
 * problem.c — a failure as an answer: RFC 9457 for programs, a page for people.
 *
 * What it was stays in the log with the request id; SQL and tracebacks are for admins.
 */
#include "http/page.h"
#include "base/i18n.h"
#include "base/sys.h"

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
    case E_BUSY: return "The system is busy; please try again";
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
        node_put_text(a, issue, "text", failed->issue[i].text);
        node_put_text(a, issue, "field", failed->issue[i].at.field);
    }
    node_put(a, data, "issues", issues);
    node_put_text(a, data, "request", q->id);
    if (!page_end(w, q, r, "error", data)) problem_json(failed, q, r, status, false);
    r->status = status;
}

static bool wants_page(const Request *q)
{
    const char *accept = request_header(q, "Accept");
    return !str_starts(q->path, "/api/") && accept && strstr(accept, "text/html");
}

void response_problem(Work *w, const Request *q, Response *r)
{
    Cx failed = w->cx;
    int status = err_status(failed.err);
    /* What a handler began to answer is void; cookies it deleted stay deleted. */
    r->fixed = NULL;
    r->cache = NULL;
    if (r->file) fclose(r->file);
    r->file = NULL;
    if (status >= 500)
        sys_log(LOG_ERROR, "request failed", "request", q->id, "path", q->path, "text",
            failed.text ? failed.text : "", "detail", failed.detail ? failed.detail : "",
            "from",
            failed.from ? failed.from : "", NULL);
    cx_clear(&w->cx);
    if (wants_page(q)) problem_page(w, q, r, status, &failed);
    else problem_json(&failed, q, r, status, w->who.admin);
    if (failed.err == E_LIMIT || failed.err == E_BUSY)
        response_header(&w->cx, r, "Retry-After",
            failed.err == E_BUSY ? "1" : str_ends(q->path, "/login") ? "60" : "1");
    if (failed.err == E_LOGIN && str_starts(q->path, "/api/"))
        response_header(&w->cx, r, "WWW-Authenticate", "Bearer");
    w->cx = failed;
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
