/*
 * api_login.c — sign in, sign out, who am I.
 */
#include "http/api.h"
#include "data/auth.h"
#include "data/notice.h"

#include <string.h>

static bool write_me(Work *w, const Request *q, Response *r, const char *session)
{
    int64_t unread = 0;
    if (!notice_unread(w, &unread)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "id"); json_int(&j, w->who.id);
    json_key(&j, "login"); json_text(&j, w->who.login);
    json_key(&j, "name"); json_text(&j, w->who.name);
    json_key(&j, "admin"); json_bool(&j, w->who.admin);
    json_key(&j, "roles"); json_list(&j);
    for (int i = 0; i < w->who.nrole; i++) json_text(&j, w->who.role[i]);
    json_list_end(&j);
    json_key(&j, "language"); json_text(&j, q->lang);
    json_key(&j, "languages"); json_list(&j);
    for (int i = 0; i < w->app->nlanguage; i++) json_text(&j, w->app->language[i]);
    json_list_end(&j);
    json_key(&j, "time_zone");
    json_text(&j, zone_name(w->who.zone ? w->who.zone : w->app->zone));
    json_key(&j, "unread"); json_int(&j, unread);
    json_key(&j, "csrf"); json_text(&j, session ? auth_csrf(w, session) : NULL);
    json_map_end(&j);
    return true;
}

bool api_login(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "login", "password", NULL };
    const char *login = NULL, *password = NULL;
    char *session;
    if (!request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!node_read_text(&w->cx, body, "login", &login)
        || !node_read_text(&w->cx, body, "password", &password)) return cx_check(&w->cx);
    if (!login || !*login) cx_issue(&w->cx, at_field("login"), "required", "is required");
    if (!password || !*password)
        cx_issue(&w->cx, at_field("password"), "required", "is required");
    if (!cx_check(&w->cx)) return false;
    if (!auth_login(w, login, password, q->address, &session) || !auth_session(w, session))
        return false;
    response_cookie(&w->cx, r, q, session, 7 * 86400);
    return write_me(w, q, r, session);
}

bool api_logout(Work *w, const Request *q, Response *r)
{
    if (q->session && !auth_logout(w, q->session)) return false;
    response_cookie(&w->cx, r, q, "", 0);
    response_header(&w->cx, r, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
    r->status = 204;
    return true;
}

bool api_me(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    return request_args_only(&w->cx, q, none) && write_me(w, q, r, q->session);
}
