/*
 * login_page.c — signing in and out, and the language of whoever looks.
 */
#include "http/handlers.h"
#include "http/page.h"
#include "base/i18n.h"
#include "data/auth.h"

enum { A_WEEK = 7 * 86400 };

/* While the app is a demonstration, who one may be stands on the page. */
static void add_demo(Work *w, Node *page)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Arena *a = w->cx.a;
    bool found;
    Val v;
    Rows rows;

    sql_add(&q, "SELECT \"value\" FROM \"_secret\" WHERE \"name\" = 'demo'");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found) || !found) {
        cx_clear(&w->cx);
        return;
    }
    Node *list = node_put(a, page, "demo", node_list(a));
    node_put_text(a, page, "demo_password", v.kind == VAL_TEXT ? v.t : "");
    Val row[2];
    q = sql_begin(a, db_dialect(w->db));
    sql_add(&q, "SELECT \"login\", \"name\" FROM \"user\" WHERE \"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND \"deleted_at\" IS NULL ORDER BY \"id\" LIMIT 20");
    if (!db_query(&w->cx, w->db, &q, &rows)) { cx_clear(&w->cx); return; }
    while (db_next(&w->cx, &rows, row)) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "login", row[0].kind == VAL_TEXT ? row[0].t : "");
        node_put_text(a, one, "name", row[1].kind == VAL_TEXT ? row[1].t : "");
    }
    db_rows_end(&rows);
    cx_clear(&w->cx);
}

static bool show(Work *w, const Request *q, Response *r, const char *login, const char *next,
    const char *error, int status)
{
    Arena *a = w->cx.a;

    w->who.id = 0;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Sign in"));
    node_put_text(a, page, "login", login);
    node_put_text(a, page, "next", page_back(next, "/"));
    node_put_text(a, page, "error", error);
    node_put_text(a, page, "here", page_url(a, "/login", "next", page_back(next, ""), NULL));
    add_demo(w, page);
    page_end(w, q, r, "login", page);
    r->status = status;
    return true;
}

bool page_login(Work *w, const Request *q, Response *r)
{
    if (w->who.id) {
        response_redirect(&w->cx, r, page_back(request_arg(q, "next"), "/"));
        return true;
    }
    return show(w, q, r, NULL, request_arg(q, "next"), NULL, 200);
}

static const char *posted(const Request *q, const char *name)
{
    const char *text = node_text(node_find(q->form, name));
    return text ? text : "";
}

bool page_login_post(Work *w, const Request *q, Response *r)
{
    const char *login = posted(q, "login"), *next = posted(q, "next");
    char *session;

    if (!auth_login(w, login, posted(q, "password"), q->address, &session)) {
        Err err = w->cx.err;
        if (err != E_LOGIN && err != E_LIMIT && err != E_INPUT) return false;
        const char *why = w->cx.text;
        cx_clear(&w->cx);
        if (err == E_LIMIT) response_header(&w->cx, r, "Retry-After", "60");
        return show(w, q, r, login, next, why, err == E_LIMIT ? 429 : 401);
    }
    response_cookie(&w->cx, r, q, session, A_WEEK);
    response_redirect(&w->cx, r, page_back(next, "/"));
    return true;
}

bool page_logout_post(Work *w, const Request *q, Response *r)
{
    if (q->session && !auth_logout(w, q->session)) return false;
    response_cookie(&w->cx, r, q, "", 0);
    /* Drafts of forms are somebody's data; the language may stay. */
    response_header(&w->cx, r, "Clear-Site-Data", "\"storage\"");
    response_redirect(&w->cx, r, "/login");
    return true;
}

bool page_language_post(Work *w, const Request *q, Response *r)
{
    const char *lang = posted(q, "lang");

    if (str_in(lang, w->app->language, w->app->nlanguage))
        response_remember(&w->cx, r, q, "lang", lang);
    response_redirect(&w->cx, r, page_back(posted(q, "back"), "/"));
    return true;
}
