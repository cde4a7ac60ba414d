/*
 * api_present.c — which file this tab of the designer shows, and what others have open or have drafts of.
 */
#include "http/definition.h"
#include "data/events.h"
#include "data/present.h"

#include <string.h>

enum { TAB = 40, PATH = 300 };

MUST static bool put_open(Work *w, Json *j)
{
    Present *all;
    int n;

    if (!present_list(w, &all, &n)) return false;
    json_key(j, "open");
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "path"); json_text(j, all[i].path);
        json_key(j, "name"); json_text(j, all[i].name);
        json_key(j, "user"); json_int(j, all[i].user);
        json_map_end(j);
    }
    json_list_end(j);
    return true;
}

bool api_definition_here(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "tab", "path", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    const char *tab = NULL, *path = NULL;

    if (!body) return false;
    if (!node_read_text(&w->cx, body, "tab", &tab)
        || (!node_blank(node_find(body, "path")) && !node_read_text(&w->cx, body, "path", &path)))
        return cx_check(&w->cx);
    if (!tab || !*tab || strlen(tab) > TAB || (path && strlen(path) > PATH))
        return cx_fail(&w->cx, E_SYNTAX, "tab names a tab in %d characters at most, path a file", TAB);
    if (!present_say(w, tab, path)) return false;
    events_present(engine_events(w->engine));
    Json j = response_json(r, 200);
    json_map(&j);
    if (!put_open(w, &j) || !definition_others(w, &j)) return false;
    json_map_end(&j);
    return true;
}
