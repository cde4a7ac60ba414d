/*
 * ops.c — the operations, as a table.
 */
#include "main/ops.h"
#include "main/control.h"
#include "data/auth.h"
#include "data/file.h"
#include "data/pins.h"
#include "data/publish.h"
#include "data/recompute.h"
#include "data/save.h"
#include "data/trim.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

typedef bool (*OpFn)(Work *w, const Node *args, Json *out);
typedef struct Op { const char *name; OpFn run; } Op;

static const char *text(const Node *args, const char *key)
{
    return node_text(node_find(args, key));
}

/* Names of departments may repeat: then which one is meant cannot be told by its name. */
MUST static bool add_department(Work *w, const char *name, Node *body)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    int64_t id = 0;
    int n = 0;
    Val v;
    sql_add(&q, "SELECT \"id\" FROM \"department\" WHERE \"deleted_at\" IS NULL "
        "AND \"name\" = ");
    sql_bind(&q, val_text(name));
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, &v)) {
        id = v.i;
        n++;
    }
    db_rows_end(&rows);
    if (w->cx.err) return false;
    if (!n) return cx_fail(&w->cx, E_INPUT, "there is no department `%s`", name);
    if (n > 1) return cx_fail(&w->cx, E_INPUT, "there are several departments `%s`", name);
    node_put_int(w->cx.a, body, "department", id);
    return true;
}

static Node *user_body(Work *w, const Node *args)
{
    static const char *const plain[] = { "login", "name", "email", "language" };
    Arena *a = w->cx.a;
    Node *body = node_map(a);
    char **role;
    for (int i = 0; i < LEN(plain); i++)
        if (text(args, plain[i])) node_put_text(a, body, plain[i], text(args, plain[i]));
    if (!text(args, "name")) node_put_text(a, body, "name", text(args, "login"));
    if (text(args, "roles")) {
        Node *list = node_put(a, body, "roles", node_list(a));
        int n = str_split(a, text(args, "roles"), ',', &role);
        for (int i = 0; i < n; i++) node_add(a, list, node_new_text(a, str_trim(a, role[i])));
    }
    node_put_bool(a, body, "active", true);
    return body;
}

static bool user_add(Work *w, const Node *args, Json *out)
{
    Node *body = user_body(w, args);
    SaveAsk ask = { .form = app_form(w->app, "user"), .body = body };
    const char *password = text(args, "password");
    Saved saved = { 0 };
    if (password && !auth_password_ok(&w->cx, password)) return cx_check(&w->cx);
    if (text(args, "department") && !add_department(w, text(args, "department"), body))
        return false;
    if (!save_record(w, &ask, &saved)) return false;
    if (password && !auth_set_password(w, saved.id, password)) return false;
    json_map(out);
    json_key(out, "id"); json_int(out, saved.id);
    json_key(out, "login"); json_text(out, text(args, "login"));
    json_map_end(out);
    return true;
}

static bool user_passwd(Work *w, const Node *args, Json *out)
{
    const char *password = text(args, "password");
    int64_t id;
    if (!password || !auth_password_ok(&w->cx, password)) return cx_check(&w->cx);
    if (!auth_user_by_login(w, text(args, "login"), &id) || !auth_set_password(w, id, password))
        return false;
    json_map(out);
    json_key(out, "id"); json_int(out, id);
    json_map_end(out);
    return true;
}

static bool token_add(Work *w, const Node *args, Json *out)
{
    const char *name = text(args, "name");
    int64_t id;
    char *token;
    if (!auth_user_by_login(w, text(args, "login"), &id)
        || !auth_token_new(w, id, name ? name : "command line", &token)) return false;
    json_map(out);
    json_key(out, "token"); json_text(out, token);
    json_map_end(out);
    return true;
}

MUST static bool read_fill(Work *w, const char *text, PlanFill *out)
{
    Arena *a = w->cx.a;
    const char *eq = strchr(text, '=');
    if (eq && plan_fill_read(a, arena_dup_n(a, text, (size_t)(eq - text)), node_new_text(a, eq + 1), out))
        return true;
    return cx_fail(&w->cx, E_INPUT, "--fill wants FORM.FIELD=VALUE, not %s", text);
}

MUST static bool read_ask(Work *w, const Node *args, PublishAsk *ask)
{
    const Node *fill = node_find(args, "fill");
    int n = fill ? fill->n : 0;
    PlanFill *fills = ARENA_ARRAY(w->cx.a, PlanFill, n + 1);
    *ask = (PublishAsk){ .author = text(args, "author"), .note = text(args, "note"),
        .asked = true, .fill = fills, .nfill = n };
    for (int i = 0; i < n; i++)
        if (!read_fill(w, node_text(fill->item[i]), &fills[i])) return false;
    return pins_moves(&w->cx, node_find(args, "migrate"), &ask->move, &ask->nmove)
        && node_read_bool(&w->cx, args, "allow_loss", &ask->loss);
}

/* Both sides of what collides, as issues. */
static bool told_clashes(Work *w, const Merge *m)
{
    for (int i = 0; i < m->n; i++) {
        const Clash *c = &m->clash[i];
        cx_issue(&w->cx, (Place){ .file = m->file }, "clash", "%s, %s: published %s, in the "
            "folder %s, now to become %s", m->file, c->path, node_json(w->cx.a, c->base),
            node_json(w->cx.a, c->theirs), node_json(w->cx.a, c->mine));
    }
    return false;
}

static void put_published(const Published *p, Json *out)
{
    json_map(out);
    json_key(out, "version"); json_int(out, p->version);
    json_key(out, "plan"); json_raw(out, p->plan_json);
    json_map_end(out);
}

static bool apply(Work *w, const Node *args, Json *out)
{
    PublishAsk ask;
    Published done;
    if (!read_ask(w, args, &ask) || !engine_publish(w->engine, &w->cx, &ask, &done))
        return false;
    put_published(&done, out);
    return true;
}

static bool revert(Work *w, const Node *args, Json *out)
{
    PublishAsk ask;
    Published done;
    Merge clash;
    int64_t version = 0;
    if (!node_int(node_find(args, "version"), &version) || !read_ask(w, args, &ask)) return false;
    if (!ask.note) ask.note = arena_printf(w->cx.a, "version %lld again", (long long)version);
    if (!proposal_publish(w, PROPOSE_VERSION, version, &ask, &done, &clash))
        return told_clashes(w, &clash);
    put_published(&done, out);
    return true;
}

/* Without `yes` only what would go. */
static bool trim(Work *w, const Node *args, Json *out)
{
    Plan plan = { 0 };
    bool yes = false;
    node_bool(node_find(args, "yes"), &yes);
    if (yes ? !trim_run(&w->cx, w->db, &plan) : !trim_plan(&w->cx, w->db, &plan)) return false;
    json_map(out);
    json_key(out, "done"); json_bool(out, yes);
    json_key(out, "text"); json_text(out, plan_show(w->cx.a, &plan));
    json_key(out, "plan"); plan_json(&plan, out);
    json_map_end(out);
    return true;
}

static bool tick(Work *w, const Node *args, Json *out)
{
    int64_t now = sys_now();
    node_int(node_find(args, "now"), &now);
    int64_t fired = engine_tick(w->engine, &w->cx, now);
    if (w->cx.err) return false;
    json_map(out);
    json_key(out, "fired"); json_int(out, fired);
    json_map_end(out);
    return true;
}

static bool repair(Work *w, const Node *args, Json *out)
{
    RecomputeAsk ask = { .repair = true };
    Recomputed sum;
    if (text(args, "form") && !(ask.form = cmd_form(w, text(args, "form")))) return false;
    if (!recompute(w, &ask, &sum)) return false;
    json_map(out);
    json_key(out, "records"); json_int(out, sum.records);
    json_key(out, "drifts"); json_int(out, sum.drifts);
    json_map_end(out);
    return true;
}

static bool backup(Work *w, const Node *args, Json *out)
{
    const char *path = text(args, "path");
    if (file_exists(path)) return cx_fail(&w->cx, E_CONFLICT, "%s is there already", path);
    bool without = false;
    int64_t n = 0;
    node_bool(node_find(args, "no_files"), &without);
    /* Database first, and no sweep within a day takes what it names. */
    if (!db_backup(&w->cx, engine_pool(w->engine), path, NULL)
        || (!without && !files_copy(w, contents_folder(w->cx.a, "", path), &n))) return false;
    json_map(out);
    json_key(out, "path"); json_text(out, path);
    json_key(out, "files"); json_int(out, n);
    json_map_end(out);
    return true;
}

static const Op table[] = {
    { "user_add", user_add }, { "user_passwd", user_passwd }, { "token_add", token_add },
    { "apply", apply }, { "revert", revert }, { "trim", trim }, { "tick", tick },
    { "backup", backup }, { "recompute", repair },
};

bool ops_run(Engine *e, Cx *cx, const char *name, const Node *args, Str *out)
{
    const Op *op = NULL;
    for (int i = 0; i < LEN(table); i++)
        if (str_eq(table[i].name, name)) op = &table[i];
    if (!op) return cx_fail(cx, E_INPUT, "there is no operation %s", name);
    Work *w = engine_take(e, cx, "en");
    if (!w) return false;
    auth_become_app(w, "cli");
    Json j = json_begin(out);
    bool ok = op->run(w, args, &j);
    if (!ok) cx_copy(cx, &w->cx);
    engine_give(w);
    return ok;
}

bool ops_call(Cmd *c, const char *name, const Node *args, Node **out)
{
    const char *db = cmd_db(c);
    bool answered = false;
    if (str_starts(db, "sqlite:")
        && !control_ask(&c->cx, db + 7, name, args, out, &answered)) return false;
    if (answered) return true;
    Engine *e;
    Str result = str_begin(c->a);
    if (!cmd_open(c, false, &e)) return false;
    bool ok = ops_run(e, &c->cx, name, args, &result);
    engine_close(e);
    *out = ok ? json_parse(&c->cx, str_show(&result), result.n) : NULL;
    return ok && *out;
}
