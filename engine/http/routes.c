/*
 * routes.c — the table of all URLs.
 */
#include "http/handlers.h"

#define API "/api/v1"
#define FORM API "/forms/{form}"
#define REC FORM "/records/{id}"
enum { PAGE = ROUTE_PAGE, POST = ROUTE_PAGE | ROUTE_WRITE, WRITE = ROUTE_WRITE,
    OPEN = ROUTE_OPEN, ADMIN = ROUTE_ADMIN, BARE = ROUTE_BARE };

static const Route table[] = {
    { "GET", "/", PAGE, page_workbench, "today's work" },
    { "GET", "/login", PAGE | OPEN, page_login, "sign in" },
    { "POST", "/login", POST | OPEN, page_login_post, "sign in" },
    { "POST", "/logout", POST, page_logout_post, "sign out" },
    { "POST", "/language", POST | OPEN, page_language_post, "switch the language" },
    { "GET", "/profile", PAGE, page_profile, "oneself: password, language, sessions" },
    { "POST", "/profile/password", POST, page_profile_password_post, "change one's password" },
    { "POST", "/profile/language", POST, page_profile_language_post, "one's language" },
    { "POST", "/profile/sessions", POST, page_profile_sessions_post, "sign out elsewhere" },
    { "GET", "/messages", PAGE, page_messages, "the inbox" },
    { "POST", "/messages/read", POST, page_messages_read_post, "mark messages as read" },
    { "POST", "/messages/{id}/snooze", POST, page_snooze_post, "be reminded again later" },
    { "GET", "/admin", PAGE | ADMIN, page_admin, "state of the system" },
    { "GET", "/bin/{form}", PAGE, page_bin, "recycle bin" },
    { "GET", "/f/{form}", PAGE, page_list, "a list, board, calendar or gallery of records" },
    { "GET", "/f/{form}/filter", PAGE, page_filter, "the filter of a list as rows" },
    { "GET", "/f/{form}/columns", PAGE, page_columns, "columns and order of a list" },
    { "GET", "/f/{form}/views", PAGE, page_views, "save what a list shows; saved views" },
    { "POST", "/f/{form}/views", POST, page_views_post, "save a view, or what opens first" },
    { "GET", "/f/{form}/views/{id}", PAGE, page_view, "a saved view" },
    { "POST", "/f/{form}/views/{id}", POST, page_view_post, "rename, share, delete it" },
    { "GET", "/f/{form}/new", PAGE, page_new, "a new record" },
    { "POST", "/f/{form}/new", POST, page_new_post, "create the record" },
    { "GET", "/f/{form}/{id}", PAGE, page_record, "one record" },
    { "GET", "/f/user/{id}/password", PAGE | ADMIN, page_user_password, "give a password" },
    { "POST", "/f/user/{id}/password", POST | ADMIN, page_user_password_post,
        "give a password" },
    { "GET", "/f/{form}/{id}/edit", PAGE, page_edit, "change a record" },
    { "POST", "/f/{form}/{id}/edit", POST, page_edit_post, "save the change" },
    { "POST", "/f/{form}/{id}/delete", POST, page_delete_post, "move to the bin" },
    { "POST", "/f/{form}/{id}/restore", POST, page_restore_post, "take out of the bin" },
    { "POST", "/f/{form}/{id}/comment", POST, page_comment_post, "say something" },
    { "GET", "/f/{form}/{id}/move/{transition}", PAGE, page_move, "what a move asks for" },
    { "POST", "/f/{form}/{id}/move/{transition}", POST, page_move_post, "make the move" },
    { "GET", "/f/{form}/{id}/action/{name}", PAGE, page_action, "what an action asks for" },
    { "POST", "/f/{form}/{id}/action/{name}", POST, page_action_post, "run the action" },
    { "GET", "/assets/{hash}/{path*}", BARE, assets_serve, "styles and scripts" },

    { "POST", API "/login", WRITE | OPEN, api_login, "sign in: {login, password}" },
    { "POST", API "/logout", WRITE, api_logout, "end this session" },
    { "GET", API "/me", 0, api_me, "who I am, with the CSRF token" },
    { "POST", API "/me/password", WRITE, api_my_password, "change one's password: {old, new}" },
    { "GET", API "/messages", 0, api_messages, "the inbox" },
    { "POST", API "/messages/read", WRITE, api_messages_read, "mark messages as read: {ids}" },
    { "POST", API "/messages/{id}/snooze", WRITE, api_snooze,
        "a reminder comes again: {until}" },
    { "GET", API "/forms", 0, api_forms, "forms, fields and views one may use" },
    { "GET", FORM "/views", 0, api_views, "saved views: one's own and those shared with one" },
    { "POST", FORM "/views", WRITE, api_view_create,
        "save one: {name, view, filter, sort, columns, shared, default}" },
    { "PATCH", FORM "/views/{id}", WRITE, api_view_change, "change what is named of it" },
    { "DELETE", FORM "/views/{id}", WRITE, api_view_delete, "delete a saved view" },
    { "GET", FORM "/records", 0, api_list, "list records" },
    { "POST", FORM "/records", WRITE, api_create, "create a record" },
    { "POST", API "/forms/user/records/{id}/password", WRITE | ADMIN, api_user_password,
        "give a user a password: {password}" },
    { "GET", REC, 0, api_read, "read a record" },
    { "PATCH", REC, WRITE, api_patch, "change the fields named" },
    { "DELETE", REC, WRITE, api_delete, "move to the recycle bin" },
    { "POST", REC "/restore", WRITE, api_restore, "take out of the bin" },
    { "POST", REC "/transitions/{name}", WRITE, api_transition, "move: {values, comment}" },
    { "POST", REC "/actions/{name}", WRITE, api_action, "run a plugin's action: {params}" },
    { "GET", REC "/allowed", 0, api_allowed, "fields, actions and moves one has here" },
    { "GET", REC "/history", 0, api_history, "changes, newest first" },
    { "GET", REC "/why", 0, api_why, "which role and rule allow or refuse" },
    { "GET", REC "/timeline", 0, api_timeline, "changes, comments and what comes next" },
    { "POST", REC "/comments", WRITE, api_comment, "say something: {text}" },
    { "PUT", FORM "/by/{field}/{value}", WRITE, api_upsert,
        "create or change by a unique field" },
    { "POST", FORM "/batch", WRITE, api_batch, "many changes in one transaction" },
    { "GET", FORM "/aggregate", 0, api_aggregate, "groups and totals" },
    { "GET", FORM "/export.csv", 0, api_export_csv, "all records as CSV" },
    { "GET", FORM "/export.json", 0, api_export_json, "all records as JSON" },
    { "POST", FORM "/preview", 0, api_preview,
        "formulas and conditions of a record being typed" },
    { "GET", FORM "/options", 0, api_options, "records a link field may choose" },
    { "GET", "/healthz", BARE, api_healthz, "is the process alive" },
    { "GET", "/readyz", OPEN, api_readyz, "can it answer" },
    { "GET", "/metrics", OPEN, api_metrics, "figures for Prometheus" },
};

int route_list(const Route **out)
{
    *out = table;
    return LEN(table);
}
