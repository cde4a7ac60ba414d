/*
 * cmd_user.c — user add, passwd, list; token add.
 */
#include "main/ops.h"
#include "data/query.h"

#include <stdio.h>

static bool need_login(Cmd *c, int *status)
{
    if (cmd_option(c, "login")) return true;
    *status = cmd_usage(c, "--login is missing");
    return false;
}

static bool read_password(Cmd *c, Node *args, int *status)
{
    if (!cmd_flag(c, "password-stdin")) return true;
    char *password = cmd_stdin_line(c);
    if (password && *password) {
        node_put_text(c->a, args, "password", password);
        return true;
    }
    *status = cmd_usage(c, "no password came on standard input");
    return false;
}

static Node *options(Cmd *c)
{
    Node *args = node_map(c->a);
    for (int i = 0; i < c->noption; i++)
        if (*c->value[i]) node_put_text(c->a, args, c->name[i], c->value[i]);
    return args;
}

/* Runs it and prints the answer; `show` names the member shown without --json. */
static int finish(Cmd *c, const char *op, const Node *args, const char *said, const char *show)
{
    Node *out;
    if (!ops_call(c, op, args, &out)) return cmd_failed(c);
    if (c->json) printf("%s\n", node_json(c->a, out));
    else if (show) printf("%s\n", node_text(node_find(out, show)));
    else printf("%s\n", said);
    return EXIT_DONE;
}

int run_user_add(Cmd *c)
{
    int status = 0;
    Node *args = options(c);
    if (!need_login(c, &status) || !read_password(c, args, &status)) return status;
    return finish(c, "user_add", args,
        arena_printf(c->a, "user %s was added", cmd_option(c, "login")), NULL);
}

int run_user_passwd(Cmd *c)
{
    int status = 0;
    Node *args = options(c);
    if (!cmd_flag(c, "password-stdin")) return cmd_usage(c, "--password-stdin is missing");
    if (!need_login(c, &status) || !read_password(c, args, &status)) return status;
    return finish(c, "user_passwd", args, "the password was set; all sessions ended", NULL);
}

int run_token_add(Cmd *c)
{
    int status = 0;
    if (!need_login(c, &status)) return status;
    return finish(c, "token_add", options(c), "", "token");
}

typedef struct Listing { Cmd *c; Json *j; } Listing;

static const char *shown(Work *w, const Record *r, const char *key)
{
    const Field *f = form_field(r->form, key);
    Val v = record_value(r, key);
    if (!f || v.kind == VAL_BLANK) return "";
    if (v.kind == VAL_REC) return record_title_of(w, f->to, v.i);
    if (v.kind != VAL_LIST) return val_show(w->cx.a, v);
    Str s = str_begin(w->cx.a);
    for (int i = 0; i < v.n; i++) {
        if (i) str_add_char(&s, ',');
        str_add(&s, val_show(w->cx.a, v.list[i]));
    }
    return str_show(&s);
}

static bool list_one(Work *w, Record *r, void *arg)
{
    static const char *const keys[] = { "login", "name", "roles", "department", "active" };
    Listing *l = arg;
    if (!l->c->json) {
        printf("%-16s %-20s %-24s %-16s %s\n", shown(w, r, keys[0]), shown(w, r, keys[1]),
            shown(w, r, keys[2]), shown(w, r, keys[3]), record_value(r, "active").i ? ""
                : "disabled");
        return true;
    }
    json_map(l->j);
    json_key(l->j, "id"); json_int(l->j, record_id(r));
    for (int i = 0; i < LEN(keys) - 1; i++) {
        json_name(l->j, keys[i]);
        json_text(l->j, shown(w, r, keys[i]));
    }
    json_key(l->j, "active"); json_bool(l->j, record_value(r, "active").i != 0);
    json_map_end(l->j);
    return true;
}

static bool list_all(Work *w, void *arg)
{
    const Form *f = app_form(w->app, "user");
    ListAsk ask = { .form = f, .limit = 500, .field = f->field, .nfield = f->nfield };
    return query_each(w, &ask, list_one, arg);
}

int run_user_list(Cmd *c)
{
    Str s = str_begin(c->a);
    Json j = json_begin(&s);
    Listing l = { c, &j };
    Engine *e;
    if (!cmd_open(c, true, &e)) return cmd_failed(c);
    json_list(&j);
    bool ok = cmd_with(c, e, list_all, &l);
    json_list_end(&j);
    engine_close(e);
    if (!ok) return cmd_failed(c);
    if (c->json) printf("%s\n", str_show(&s));
    return EXIT_DONE;
}
