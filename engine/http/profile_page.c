/*
 * profile_page.c — one's own page: password, language, where one is signed in; and the small
 * form by which an admin gives somebody a password.
 *
 * What was typed as a password is never shown again.
 */
#include "http/delegation.h"
#include "http/handlers.h"
#include "http/page.h"
#include "http/ways.h"
#include "base/i18n.h"
#include "data/auth.h"
#include "data/save.h"
#include "data/session.h"

static const char *posted(const Request *q, const char *name)
{
    const char *text = node_text(node_find(q->form, name));
    return text ? text : "";
}

/* The first issue of a field of the form that failed. */
static const char *issue_of(const Cx *failed, const char *field)
{
    for (int i = 0; failed && i < failed->nissue; i++)
        if (str_eq(failed->issue[i].at.field, field)) return failed->issue[i].text;
    return NULL;
}

static void add_password(Work *w, Node *fields, const char *name, const char *label,
    const char *fill, const char *issue)
{
    Arena *a = w->cx.a;
    Node *f = node_add(a, fields, node_map(a));

    node_put_text(a, f, "name", name);
    node_put_text(a, f, "label", i18n_text(w->cx.lang, label));
    node_put_text(a, f, "fill", fill);
    node_put_text(a, f, "issue", issue);
}

static void fact(Work *w, Node *facts, const char *label, const char *text)
{
    Arena *a = w->cx.a;

    if (!text || !*text) return;
    Node *one = node_add(a, facts, node_map(a));
    node_put_text(a, one, "label", i18n_text(w->cx.lang, label));
    node_put_text(a, one, "text", text);
}

static const char *role_names(Work *w)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < w->who.nrole; i++) {
        const Role *role = app_role(w->app, w->who.role[i]);
        if (!role || str_eq(role->key, "everyone")) continue;
        str_printf(&s, "%s%s", s.n ? ", " : "", label_show(&role->label, w->cx.lang, role->key));
    }
    return str_show(&s);
}

static void add_person(Work *w, Node *page)
{
    Node *facts = node_put(w->cx.a, page, "facts", node_list(w->cx.a));
    const Form *d = app_form(w->app, "department");

    fact(w, facts, "Full name", w->who.name);
    fact(w, facts, "Login", w->who.login);
    fact(w, facts, "Roles", role_names(w));
    if (d && w->who.department)
        fact(w, facts, "Department", record_title_of(w, d, w->who.department));
    fact(w, facts, "Time zone", zone_name(page_zone(w)));
}

MUST static bool add_sessions(Work *w, const Request *q, Node *page)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "sessions", node_list(a));
    Session *s;
    int n;

    if (!session_list(w, q->session, &s, &n)) return false;
    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "address", s[i].address);
        node_put_text(a, one, "begun", page_moment(w, s[i].begun));
        node_put_text(a, one, "seen", page_moment(w, s[i].seen));
        node_put_bool(a, one, "current", s[i].current);
    }
    node_put_bool(a, page, "elsewhere", n > 1);
    return true;
}

/* The days one is away, as the form's dates. */
MUST static bool add_away(Work *w, Node *page)
{
    static const char *const keys[] = { "away_from", "away_until" };
    const Form *user = app_form(w->app, "user");
    Record *me;

    if (!record_load(w, user, w->who.id, false, &me)) return false;
    for (int i = 0; i < LEN(keys); i++)
        node_put_text(w->cx.a, page, keys[i], me ? page_value_text(w, form_field(user, keys[i]),
            record_value(me, keys[i])) : "");
    return true;
}

static bool show(Work *w, const Request *q, Response *r, const Cx *failed)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "My profile"));
    Node *fields = node_put(a, page, "fields", node_list(a));

    add_person(w, page);
    add_password(w, fields, "old", "Password now", "current-password", issue_of(failed, "old"));
    add_password(w, fields, "new", "New password", "new-password", issue_of(failed, "new"));
    add_password(w, fields, "again", "New password again", "new-password",
        issue_of(failed, "again"));
    if (failed && !failed->nissue) node_put_text(a, page, "error", failed->text);
    node_put_text(a, page, "here", "/profile");
    if (!add_sessions(w, q, page) || !add_away(w, page) || !delegation_panel(w, page)
        || !ways_panel(w, page) || w->cx.err) return false;
    page_end(w, q, r, "profile", page);
    if (failed) r->status = err_status(failed->err);
    return true;
}

bool page_profile(Work *w, const Request *q, Response *r)
{
    return show(w, q, r, NULL);
}

/* Kept aside, to be shown on the form; false: not one that a form can show. */
static bool keep(Work *w, Cx *failed)
{
    if (w->cx.err != E_INPUT && w->cx.err != E_LIMIT) return false;
    *failed = cx_begin(w->cx.a, w->cx.lang);
    cx_copy(failed, &w->cx);
    cx_clear(&w->cx);
    return true;
}

static bool typed_twice(Work *w, const Request *q)
{
    if (str_eq(posted(q, "new"), posted(q, "again"))) return true;
    cx_issue(&w->cx, at_field("again"), "differs", "is not the same");
    return cx_check(&w->cx);
}

bool page_profile_password_post(Work *w, const Request *q, Response *r)
{
    Cx failed;

    if (typed_twice(w, q)
        && auth_change_password(w, q->session, posted(q, "old"), posted(q, "new"))) {
        response_redirect(&w->cx, r, "/profile?password=1");
        return true;
    }
    return keep(w, &failed) && show(w, q, r, &failed);
}

/* One's own row, in what everybody may say of themselves, whoever may write users. */
MUST static bool save_own(Work *w, const Node *body)
{
    bool as_app = w->as_app;
    SaveAsk ask = { .form = app_form(w->app, "user"), .id = w->who.id, .body = body };
    Saved saved;

    w->as_app = true;
    bool ok = save_record(w, &ask, &saved);
    w->as_app = as_app;
    return ok;
}

bool page_profile_language_post(Work *w, const Request *q, Response *r)
{
    const char *lang = posted(q, "lang");
    Node *body = node_map(w->cx.a);

    if (!str_in(lang, w->app->language, w->app->nlanguage))
        return cx_fail(&w->cx, E_INPUT, "there is no language %s", lang);
    node_put_text(w->cx.a, body, "language", lang);
    if (!save_own(w, body)) return false;
    response_remember(&w->cx, r, q, "lang", lang);
    response_redirect(&w->cx, r, "/profile?saved=1");
    return true;
}

bool page_profile_away_post(Work *w, const Request *q, Response *r)
{
    Node *body = node_map(w->cx.a);

    node_put_text(w->cx.a, body, "away_from", posted(q, "from"));
    node_put_text(w->cx.a, body, "away_until", posted(q, "until"));
    if (!save_own(w, body)) return false;
    response_redirect(&w->cx, r, "/profile?saved=1");
    return true;
}

/* Both days are said, or null. */
bool api_leave_put(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const days[] = { "away_from", "away_until", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, days) : NULL;

    if (!body) return false;
    for (int i = 0; days[i]; i++)
        if (!node_find(body, days[i])) cx_issue(&w->cx, at_field(days[i]), "required", "is required");
    if (!cx_check(&w->cx) || !save_own(w, body)) return false;
    Json j = response_json(r, 200);
    json_node(&j, body);
    return true;
}

bool page_profile_sessions_post(Work *w, const Request *q, Response *r)
{
    if (!session_only(w, q->session)) return false;
    response_redirect(&w->cx, r, "/profile?elsewhere=1");
    return true;
}

/* ---- an admin for somebody else ---- */
static bool show_user(Work *w, const Request *q, Response *r, const Record *rec,
    const Cx *failed)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Set password"));
    Node *fields = node_put(a, page, "fields", node_list(a));

    page_crumbs(w, page, rec->form, rec);
    add_password(w, fields, "password", "New password", "new-password",
        issue_of(failed, "password"));
    node_put_text(a, page, "action", page_below(a, rec->form, record_id(rec), "password"));
    node_put_text(a, page, "back", page_href(a, rec->form, record_id(rec)));
    if (failed && !failed->nissue) node_put_text(a, page, "error", failed->text);
    page_end(w, q, r, "password", page);
    if (failed) r->status = err_status(failed->err);
    return true;
}

bool page_user_password(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    int64_t id;

    return request_user(w, q, &f, &id) && query_one(w, f, id, &rec)
        && show_user(w, q, r, rec, NULL);
}

bool page_user_password_post(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    int64_t id;
    Cx failed;

    if (!request_user(w, q, &f, &id) || !query_one(w, f, id, &rec)) return false;
    if (auth_set_password(w, id, posted(q, "password"))) {
        response_redirect(&w->cx, r,
            page_url(w->cx.a, page_href(w->cx.a, f, id), "password", "1", NULL));
        return true;
    }
    return keep(w, &failed) && show_user(w, q, r, rec, &failed);
}
