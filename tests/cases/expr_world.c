/*
 * expr_world — see the header. Every field type that an expression can meet is here once.
 */
#include "expr_world.h"
#include "base/decimal.h"
#include "base/sys.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TYPE(k) { .kind = k, .decimals = -1 }
#define NUM(d) { .kind = T_NUMBER, .decimals = d }
#define COL(k, t, i) &(const Name){ .key = k, .kind = NAME_COLUMN, .type = t, .column = k, \
    .index = i }
#define LINK(k, f, i) &(const Name){ .key = k, .kind = NAME_COLUMN, .column = k, .index = i, \
    .type = { .kind = T_RECORD, .decimals = -1, .form = f }, .target = f }
#define T(k) TYPE(k)
#define N(d) NUM(d)

static const char *digits_only(Arena *a, const Name *name, const char *text)
{
    Str s = str_begin(a);
    (void)name;
    for (; *text; text++)
        if (*text >= '0' && *text <= '9') str_add_char(&s, *text);
    return str_show(&s);
}

/* A field of three columns; `hint` is not in its text. */
#define PART(w, k, t, n, i) &(const Name){ .key = k, .kind = NAME_COLUMN, .type = t, \
    .whole = &w, .nth = n, .column = "spot__" k, .index = i, .quiet = n == 2 }
#define SPOT(w, i) static const Name w; \
    static const Name *const w##_parts[] = { PART(w, "town", T(T_TEXT), 0, i), \
        PART(w, "lat", N(6), 1, i), PART(w, "hint", T(T_TEXT), 2, i) }; \
    static const Name w = { .key = "spot", .kind = NAME_PARTS, .type = T(T_TEXT), .index = i, \
        .part = w##_parts, .npart = 3 }
SPOT(shop_spot, 6);
SPOT(thing_spot, 21);

static const char *const by_name[] = { "name" };

const Names names_department = { .key = "department", .table = "department", .n = 4,
    .title = by_name, .ntitle = 1, .binned = true,
    .name = (const Name *[]){ COL("id", N(0), 0), COL("name", T(T_TEXT), 1),
        LINK("parent", &names_department, 2), LINK("head", &names_user, 3) } };

const Names names_user = { .key = "user", .table = "user", .n = 7, .title = by_name,
    .ntitle = 1, .binned = true,
    .name = (const Name *[]){ COL("id", N(0), 0), COL("name", T(T_TEXT), 1),
        COL("login", T(T_TEXT), 2), LINK("department", &names_department, 3),
        LINK("manager", &names_user, 4), COL("active", T(T_BOOL), 5),
        &(const Name){ .key = "roles", .kind = NAME_LIST, .table = "user__roles", .index = 6,
            .type = { .kind = T_LIST, .of = T_TEXT, .decimals = -1 } } } };

static const char *const shop_title[] = { "name", "level" };
const Names names_shop = { .key = "shop", .table = "shop", .n = 7, .title = shop_title,
    .ntitle = 2, .binned = true,
    .name = (const Name *[]){ COL("id", N(0), 0), COL("name", T(T_TEXT), 1),
        COL("level", N(0), 2), COL("paid", N(2), 3), LINK("boss", &names_user, 4),
        COL("open", T(T_BOOL), 5), &shop_spot } };

const Names names_item = { .key = "thing__items", .table = "thing__items", .n = 5,
    .parent = &names_thing,
    .name = (const Name *[]){ COL("id", N(0), 0), COL("quantity", N(0), 1),
        COL("price", N(2), 2), COL("label", T(T_TEXT), 3), LINK("shop", &names_shop, 4) } };

static const StageName stages[] = {
    { "long", "first", "open" }, { "long", "talk", "open" }, { "long", "end", "won" },
    { "long", "no", "lost" }, { "short", "first", "open" }, { "short", "end", "done" },
};

const Names names_thing = { .key = "thing", .table = "thing", .n = 23, .title = by_name,
    .ntitle = 1, .binned = true, .stage = stages, .nstage = LEN(stages),
    .name = (const Name *[]){ COL("id", N(0), 0),
        &(const Name){ .key = "name", .kind = NAME_COLUMN, .column = "name", .index = 1,
            .type = TYPE(T_TEXT), .folded = true },
        COL("note", T(T_TEXT), 2), COL("amount", N(2), 3), COL("quantity", N(0), 4),
        COL("rate", N(4), 5), COL("flag", T(T_BOOL), 6), COL("day", T(T_DATE), 7),
        COL("at", T(T_DATETIME), 8), COL("clock", T(T_TIME), 9),
        COL("lasts", T(T_DURATION), 10),
        &(const Name){ .key = "phone", .kind = NAME_COLUMN, .column = "phone", .index = 11,
            .type = TYPE(T_TEXT), .normal = digits_only },
        LINK("shop", &names_shop, 12), LINK("owner", &names_user, 13),
        &(const Name){ .key = "tags", .kind = NAME_LIST, .table = "thing__tags", .index = 14,
            .type = { .kind = T_LIST, .of = T_TEXT, .decimals = -1 } },
        &(const Name){ .key = "shops", .kind = NAME_LIST, .table = "thing__shops", .index = 15,
            .type = { .kind = T_LIST, .of = T_RECORD, .decimals = -1, .form = &names_shop },
            .target = &names_shop },
        &(const Name){ .key = "items", .kind = NAME_ROWS, .table = "thing__items", .index = 16,
            .target = &names_item },
        &(const Name){ .key = "stage", .kind = NAME_STAGE, .type = TYPE(T_TEXT),
            .column = "stage", .index = 17 },
        COL("workflow", T(T_TEXT), 18), COL("until", T(T_DATE), 19),
        COL("big", N(2), 20), &thing_spot,
        &(const Name){ .key = "stage_due", .kind = NAME_COLUMN, .column = "stage_due", .index = 22,
            .type = TYPE(T_DATETIME), .after = true } } };

static const Names *const forms[] =
    { &names_thing, &names_item, &names_shop, &names_user, &names_department };

static const Names *form_named(void *ctx, const char *name)
{
    (void)ctx;
    for (int i = 0; i < LEN(forms); i++)
        if (forms[i] != &names_item && str_eq(forms[i]->key, name)) return forms[i];
    return NULL;
}

static Val read_value(World *w, Type t, const Node *n)
{
    const char *text = node_text(n);
    int64_t i;
    Val d = val_blank();
    if (!n || n->kind == NODE_NULL) return val_blank();
    switch (t.kind) {
    case T_BOOL:     return val_bool(n->b);
    case T_NUMBER:   return decimal_parse(text, t.decimals, &i) ? val_dec(i, t.decimals) : d;
    case T_DATE:     return date_parse(text, &i) ? val_date(i) : d;
    case T_DATETIME: return datetime_parse(text, w->asker.zone, &i) ? val_datetime(i) : d;
    case T_TIME:     return time_parse(text, &i) ? val_time(i) : d;
    case T_DURATION: return duration_parse(text, &d) ? duration_of(duration_seconds(d)) : d;
    case T_RECORD:   return val_rec(atoll(text));
    default:         return val_text(text);
    }
}

static Rec *read_rec(World *w, const Names *form, const Node *from, int64_t id);

static Val read_list(World *w, const Name *name, const Node *n)
{
    Val *item = ARENA_ARRAY(w->cx->a, Val, n ? n->n + 1 : 1);
    Type of = { .kind = name->type.of, .decimals = -1 };
    for (int i = 0; n && i < n->n; i++) {
        if (name->kind == NAME_ROWS) {
            item[i] = val_rec(i + 1);
            item[i].p = read_rec(w, name->target, n->item[i], i + 1);
        } else {
            item[i] = read_value(w, of, n->item[i]);
        }
    }
    return val_list(item, n ? n->n : 0);
}

static Rec *read_rec(World *w, const Names *form, const Node *from, int64_t id)
{
    Rec *r = ARENA_NEW(w->cx->a, Rec);
    *r = (Rec){ .form = form, .id = id, .from = from };
    r->val = ARENA_ARRAY(w->cx->a, Val, form->n);
    for (int i = 0; i < form->n; i++) {
        const Name *name = form->name[i];
        const Node *n = node_find(from, name->key);
        bool list = name->kind == NAME_LIST || name->kind == NAME_ROWS;
        if (name->kind == NAME_PARTS) {
            Val *item = ARENA_ARRAY(w->cx->a, Val, name->npart);
            for (int k = 0; n && k < name->npart; k++)
                item[k] = read_value(w, name->part[k]->type, node_find(n, name->part[k]->key));
            r->val[name->index] = n ? val_list(item, name->npart) : val_blank();
            continue;
        }
        r->val[name->index] = list ? read_list(w, name, n)
            : str_eq(name->key, "id") ? val_dec(id, 0) : read_value(w, name->type, n);
    }
    r->gone = node_find(from, "deleted_at") != NULL;
    return r;
}

static void must(World *w, bool ok)
{
    if (ok) return;
    fprintf(stderr, "%s %s\n", w->cx->text, w->cx->detail ? w->cx->detail : "");
    exit(2);
}

static const char *pg_type(Type t)
{
    switch (t.kind) {
    case T_NUMBER:   return t.decimals ? "numeric" : "bigint";
    case T_BOOL:     return "boolean";
    case T_RECORD:   case T_DURATION: return "bigint";
    case T_DATE:     return "date";
    case T_DATETIME: return "timestamptz";
    case T_TIME:     return "time";
    default:         return "text COLLATE \"C\"";
    }
}

static const char *column_type(Dialect d, Type t)
{
    bool whole = t.kind == T_NUMBER || t.kind == T_BOOL || t.kind == T_RECORD
        || t.kind == T_DURATION;
    return d == DIALECT_PG ? pg_type(t) : whole ? "INTEGER" : "TEXT";
}

static void create_tables(Dialect d, Str *s)
{
    for (int f = 0; f < LEN(forms); f++) {
        str_printf(s, "CREATE TABLE \"%s\" (id BIGINT PRIMARY KEY, deleted_at TEXT, "
            "record BIGINT, position BIGINT", forms[f]->table);
        for (int i = 1; i < forms[f]->n; i++) {
            const Name *n = forms[f]->name[i];
            for (int k = 0; k < n->npart; k++)
                str_printf(s, ", \"%s\" %s", n->part[k]->column, column_type(d, n->part[k]->type));
            if (n->kind != NAME_COLUMN && n->kind != NAME_STAGE) continue;
            str_printf(s, ", \"%s\" %s", n->column, column_type(d, n->type));
            if (n->folded) str_printf(s, ", \"%s__key\" %s", n->column,
                column_type(d, (Type){ .kind = T_TEXT }));
        }
        str_add(s, ");");
        for (int i = 0; i < forms[f]->n; i++)
            if (forms[f]->name[i]->kind == NAME_LIST)
                str_printf(s, "CREATE TABLE \"%s\" (record BIGINT, value %s, position BIGINT);",
                    forms[f]->name[i]->table, d != DIALECT_PG ? ""
                        : pg_type((Type){ .kind = forms[f]->name[i]->type.of }));
    }
    str_add(s, "CREATE INDEX thing_owner ON thing(owner);"
        "CREATE INDEX thing_amount ON thing(amount); CREATE INDEX thing_at ON thing(at);"
        "CREATE INDEX thing_stage ON thing(stage); CREATE INDEX thing_name ON thing(name__key);"
        "CREATE INDEX thing_flag ON thing(flag); CREATE INDEX thing_quantity ON thing(quantity);"
        "CREATE INDEX thing_day ON thing(day);");
}

static void insert_list(World *w, Db *db, const Rec *r, const Name *name);

static void insert_rec(World *w, Db *db, const Rec *r, int64_t parent, int64_t id)
{
    Sql q = sql_begin(w->cx->a, db_dialect(db)), v = sql_begin(w->cx->a, db_dialect(db));
    sql_add(&q, "INSERT INTO ");
    sql_name(&q, r->form->table);
    sql_add(&q, " (id, deleted_at, record, position");
    sql_bind(&v, val_int(id));
    sql_add(&v, ", ");
    sql_bind(&v, r->gone ? val_text("2026-01-01T00:00:00Z") : val_blank());
    sql_add(&v, ", ");
    sql_bind(&v, parent ? val_int(parent) : val_blank());
    sql_add(&v, ", ");
    sql_bind(&v, val_int(r->id));
    for (int i = 1; i < r->form->n; i++) {
        const Name *n = r->form->name[i];
        for (int k = 0; k < n->npart; k++) {
            Val all = r->val[n->index];
            sql_add(&q, ", ");
            sql_name(&q, n->part[k]->column);
            sql_add(&v, ", ");
            sql_bind(&v, all.kind == VAL_LIST ? all.list[k] : val_blank());
        }
        if (n->kind != NAME_COLUMN && n->kind != NAME_STAGE) continue;
        sql_add(&q, ", ");
        sql_name(&q, n->column);
        sql_add(&v, ", ");
        sql_bind(&v, r->val[n->index]);
        if (!n->folded) continue;
        sql_add(&q, ", ");
        sql_name(&q, arena_printf(w->cx->a, "%s__key", n->column));
        sql_add(&v, ", ");
        Val t = r->val[n->index];
        sql_bind(&v, t.kind == VAL_TEXT ? val_text(str_fold(w->cx->a, t.t)) : val_blank());
    }
    sql_add(&q, ") VALUES (");
    sql_join(&q, &v);
    sql_add(&q, ")");
    must(w, db_run(w->cx, db, &q, NULL));
    for (int i = 0; i < r->form->n; i++) insert_list(w, db, r, r->form->name[i]);
}

static void insert_list(World *w, Db *db, const Rec *r, const Name *name)
{
    if (name->kind != NAME_LIST && name->kind != NAME_ROWS) return;
    Val list = r->val[name->index];
    for (int i = 0; list.kind == VAL_LIST && i < list.n; i++) {
        if (name->kind == NAME_ROWS) {
            insert_rec(w, db, list.list[i].p, r->id, i + 1);
            continue;
        }
        Sql q = sql_begin(w->cx->a, db_dialect(db));
        sql_add(&q, "INSERT INTO ");
        sql_name(&q, name->table);
        sql_add(&q, " (record, value, position) VALUES (");
        sql_bind(&q, val_int(r->id));
        sql_add(&q, ", ");
        sql_bind(&q, list.list[i]);
        sql_add(&q, ", ");
        sql_bind(&q, val_int(i));
        sql_add(&q, ")");
        must(w, db_run(w->cx, db, &q, NULL));
    }
}

static bool make_unit(Cx *cx, Db *db, void *arg)
{
    World *w = arg;
    Str s = str_begin(cx->a);
    create_tables(db_dialect(db), &s);
    if (!expr_pg_install(cx, db) || !db_script(cx, db, str_show(&s))) return false;
    for (int i = 0; i < w->nrec; i++) insert_rec(w, db, w->rec[i], 0, w->rec[i]->id);
    return true;
}

static bool given_unit(Cx *cx, Db *db, void *arg)
{
    World *w = arg;
    if (!db_script(cx, db, "DELETE FROM thing; DELETE FROM thing__items; "
        "DELETE FROM thing__tags; DELETE FROM thing__shops;"))
        return false;
    if (w->thing) insert_rec(w, db, w->thing, 0, 1);
    return true;
}

void world_given(World *w, const Node *given, const Node *old)
{
    w->thing = given ? read_rec(w, &names_thing, given, 1) : NULL;
    w->old = old ? read_rec(w, &names_thing, old, 1) : NULL;
    for (int i = 0; i < w->nbase; i++)
        must(w, db_write(w->cx, w->base[i].db, given_unit, w));
}

static bool get(Eval *env, const void *record, const Name *name, Val *out)
{
    const Rec *r = record;
    World *w = env->host;
    if (name->index < 0) {                            /* a row's record */
        *out = val_rec(w->thing->id);
        out->p = w->thing;
    } else {
        *out = r->val[name->index];
    }
    if (name->whole) *out = out->kind == VAL_LIST ? out->list[name->nth] : val_blank();
    return true;
}

static const void *follow(Eval *env, const Names *form, int64_t id)
{
    World *w = env->host;
    for (int i = 0; i < w->nrec; i++)
        if (w->rec[i]->form == form && w->rec[i]->id == id && !w->rec[i]->gone) return w->rec[i];
    return form == &names_thing && w->thing && id == 1 ? w->thing : NULL;
}

static const char *status(Eval *env, const void *record)
{
    const Rec *r = record;
    Val stage = r->val[17], flow = r->val[18];
    (void)env;
    for (int i = 0; i < LEN(stages); i++)
        if (stage.kind == VAL_TEXT && flow.kind == VAL_TEXT
            && str_eq(stage.t, stages[i].stage) && str_eq(flow.t, stages[i].workflow))
            return stages[i].status;
    return NULL;
}

static bool query(Eval *env, const Sql *q, Val *out)
{
    World *w = env->host;
    bool found;
    *out = val_blank();
    return db_one(env->cx, w->now->db, q, out, 1, &found);
}

static const char *title(Eval *env, const Names *form, int64_t id)
{
    const Rec *r = follow(env, form, id);
    if (!r) return NULL;
    Str s = str_begin(env->cx->a);
    for (int i = 0; i < form->ntitle; i++) {
        if (i) str_add(&s, " · ");
        str_add(&s, val_show(env->cx->a, r->val[names_find(form, form->title[i])->index]));
    }
    return str_show(&s);
}

Eval world_eval(World *w)
{
    return (Eval){ .cx = w->cx, .asker = &w->asker, .record = w->thing, .old = w->old,
        .get = get, .follow = follow, .status = status, .query = query, .title = title,
        .dialect = w->now->dialect, .host = w };
}

static bool has_role(void *ctx, const char *name)
{
    static const char *const roles[] = { "admin", "staff", "boss" };
    (void)ctx;
    return str_in(name, roles, LEN(roles));
}

static const char *const *roles_with(void *ctx, const char *name, int *n)
{
    static const char *const staff[] = { "staff", "boss" };
    (void)ctx;
    *n = str_eq(name, "staff") ? 2 : 0;
    return staff;
}

static const Val period[2] = { { .kind = VAL_DATE, .i = 20513 }, { .kind = VAL_DATE, .i = 20543 } };

static bool param_type(void *ctx, const char *name, Type *t)
{
    (void)ctx;
    *t = (Type){ .kind = T_LIST, .of = T_DATE, .decimals = -1 };
    if (str_eq(name, "period")) return true;
    *t = (Type){ .kind = T_NUMBER, .decimals = -1 };
    if (str_eq(name, ":most")) return true;
    *t = (Type){ .kind = T_RECORD, .decimals = -1, .form = &names_shop };
    return str_eq(name, "record('a')");
}

static bool param_value(void *ctx, const char *name, Val *out)
{
    (void)ctx;
    *out = str_eq(name, "period") ? val_list(period, 2)
        : str_eq(name, ":most") ? val_int(12) : val_rec(1);
    return true;
}

static void add_base(World *w, const char *name, const char *url, Dialect dialect)
{
    struct Base *b = &w->base[w->nbase++];
    *b = (struct Base){ .name = name, .dialect = dialect };
    must(w, db_pool_open(w->cx, url, false, &b->pool));
    must(w, db_open(w->cx, b->pool, &b->db));
    must(w, db_write(w->cx, b->db, make_unit, w));
}

static void add_sqlite(World *w)
{
    char url[64];
    snprintf(url, sizeof url, "sqlite:/tmp/tenon_expr_%d.db", (int)getpid());
    remove(url + 7);
    add_base(w, "SQLite", url, DIALECT_SQLITE);
}

static bool odd_settings(Cx *cx, Db *db, void *arg)
{
    World *w = arg;
    return db_script(cx, db, arena_printf(cx->a, "ALTER DATABASE %s SET timezone TO "
        "'America/New_York'; ALTER DATABASE %s SET datestyle TO 'SQL, DMY'; "
        "ALTER DATABASE %s SET extra_float_digits TO -3", w->scratch.name, w->scratch.name,
        w->scratch.name));
}

/* With settings that no function may lean on. */
static void add_pg(World *w, const char *server)
{
    DbPool *pool;
    Db *db;
    if (!server || !*server) return;
    must(w, scratch_make(w->cx, server, &w->scratch));
    must(w, db_pool_open(w->cx, w->scratch.url, false, &pool) && db_open(w->cx, pool, &db)
        && db_write(w->cx, db, odd_settings, w));
    db_close(db);
    db_pool_close(pool);
    add_base(w, "PostgreSQL", w->scratch.url, DIALECT_PG);
}

void world_open(World *w, Cx *cx, const char *folder)
{
    static const char *const roles[] = { "staff" };
    static const int64_t subtree[] = { 3, 4 }, people[] = { 7, 8 };
    char *text, *path = path_join(cx->a, folder, "world.json");
    size_t n;
    *w = (World){ .cx = cx };
    w->asker = (Asker){ .me = 7, .role = roles, .nrole = 1, .department = 3, .subtree = subtree,
        .nsubtree = 2, .people = people, .npeople = 2, .now = INT64_C(1772413200), .zone = zone_find("Asia/Shanghai"),
        .param = param_value };
    w->where = (ExprWhere){ .here = &names_thing, .old = true, .use = USE_CHECK,
        .form = form_named, .role = has_role, .roles_with = roles_with, .param = param_type };
    must(w, file_read(cx, path, 1 << 20, &text, &n));
    must(w, (w->json = json_parse(cx, text, n)) != NULL);
    for (int f = 2; f < LEN(forms); f++) {
        const Node *list = node_find(w->json, forms[f]->key);
        for (int i = 0; i < list->n; i++)
            w->rec[w->nrec++] = read_rec(w, forms[f], list->item[i],
                atoll(node_text(node_find(list->item[i], "id"))));
    }
    expr_init();
    add_sqlite(w);
    add_pg(w, getenv("TENON_TEST_PG"));
    w->now = w->base;
}

void world_close(World *w)
{
    char name[64];
    for (int i = 0; i < w->nbase; i++) {
        db_close(w->base[i].db);
        db_pool_close(w->base[i].pool);
    }
    snprintf(name, sizeof name, "/tmp/tenon_expr_%d.db", (int)getpid());
    remove(name);
    strcat(name, ".lock");
    remove(name);
    if (w->nbase > 1) scratch_drop(&w->scratch);
}
